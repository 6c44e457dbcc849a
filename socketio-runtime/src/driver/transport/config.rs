//! The options of everything below Engine.IO.
//!
//! Must not know: how users set them.

use std::{fmt, net::IpAddr};

use http::{HeaderMap, HeaderValue};

use super::{endpoint::Endpoint, hook::RequestHook, proxy::ProxyRoute, query::Query};
use crate::limits;

/// How the server is reached, and what every HTTP request to it says.
#[derive(Debug)]
pub(crate) struct TransportConfig {
    pub(crate) endpoint: Endpoint,
    pub(crate) tls: TlsConfig,
    pub(crate) proxy: Option<ProxyRoute>,
    pub(crate) local_address: Option<IpAddr>,
    pub(crate) http: HttpConfig,
}

/// Whom to trust, and as whom to appear. Certificates and keys in PEM form.
#[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "there is no TLS then"))]
pub(crate) struct TlsConfig {
    pub(crate) has_built_in_roots: bool,
    pub(crate) roots: Vec<Vec<u8>>,
    /// Certificate chain and key.
    pub(crate) client: Option<(Vec<u8>, Vec<u8>)>,
    pub(crate) accepts_invalid_certificates: bool,
}

impl Default for TlsConfig {
    fn default() -> Self {
        Self {
            has_built_in_roots: true,
            roots: Vec::new(),
            client: None,
            accepts_invalid_certificates: false,
        }
    }
}

impl fmt::Debug for TlsConfig {
    /// Certificates and keys stay out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsConfig")
            .field("has_built_in_roots", &self.has_built_in_roots)
            .field("accepts_invalid_certificates", &self.accepts_invalid_certificates)
            .finish_non_exhaustive()
    }
}

/// What every HTTP request says, the WebSocket handshake included.
#[derive(Debug)]
pub(crate) struct HttpConfig {
    pub(crate) headers: HeaderMap,
    pub(crate) query: Query,
    pub(crate) hook: Option<RequestHook>,
    /// The value of `Sec-WebSocket-Protocol`.
    pub(crate) protocols: Option<HeaderValue>,
    /// `None`: long-polling is stamped, a WebSocket is not.
    pub(crate) timestamps: Option<bool>,
    pub(crate) timestamp_param: String,
    pub(crate) keeps_cookies: bool,
    pub(crate) asks_for_base64: bool,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            headers: HeaderMap::new(),
            query: Query::default(),
            hook: None,
            protocols: None,
            timestamps: None,
            timestamp_param: limits::DEFAULT_TIMESTAMP_PARAM.to_owned(),
            keeps_cookies: true,
            asks_for_base64: false,
        }
    }
}
