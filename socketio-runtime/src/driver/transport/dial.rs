//! Opens a byte stream to the server: TCP, through a proxy where there is one, and TLS on it.
//!
//! Must not know: what is spoken on the stream, so that every transport can share it.

use std::{error::Error, fmt, io, net::IpAddr, sync::Arc};

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;

#[cfg(feature = "testing")]
use super::memory;
#[cfg(feature = "tls")]
use super::tls;
use super::{
    config::TlsConfig,
    endpoint::{self, Endpoint},
    proxy::{self, ProxyRoute},
    stream::ByteStream,
};
use crate::{
    error::{BuildError, ProxyError, TransportError},
    limits,
};

pub(in crate::driver) struct Dialer {
    pub(in crate::driver) endpoint: Endpoint,
    proxy: Option<ProxyRoute>,
    /// Races IPv6 and IPv4 (RFC 8305).
    tcp: HttpConnector,
    #[cfg(feature = "tls")]
    tls: Option<tokio_rustls::TlsConnector>,
}

impl Dialer {
    #[cfg_attr(
        not(feature = "tls"),
        expect(clippy::unnecessary_wraps, reason = "only certificates can be wrong")
    )]
    pub(in crate::driver) fn new(
        endpoint: Endpoint,
        tls: &TlsConfig,
        proxy: Option<ProxyRoute>,
        local_address: Option<IpAddr>,
    ) -> Result<Self, BuildError> {
        let mut tcp = HttpConnector::new();
        // Packets are small and answered: waiting to fill a segment only delays them.
        tcp.set_nodelay(true);
        tcp.set_happy_eyeballs_timeout(Some(limits::HAPPY_EYEBALLS_DELAY));
        tcp.set_local_address(local_address);
        #[cfg(feature = "tls")]
        let uses_tls = endpoint.is_tls || proxy.as_ref().is_some_and(|proxy| proxy.is_tls);
        #[cfg(feature = "tls")]
        let tls = uses_tls.then(|| tls::connector(tls)).transpose()?;
        #[cfg(not(feature = "tls"))]
        let _ = tls;
        Ok(Self {
            endpoint,
            proxy,
            tcp,
            #[cfg(feature = "tls")]
            tls,
        })
    }

    /// A stream on which the server is spoken to.
    pub(super) async fn dial(&self) -> Result<Box<dyn ByteStream>, TransportError> {
        #[cfg(feature = "testing")]
        if let Some(dialled) = memory::dial(&self.endpoint.host).await {
            return dialled.map_err(|source| self.unreachable(source));
        }
        let stream = match &self.proxy {
            None => self.dial_server().await?,
            Some(proxy) => self.dial_proxy(proxy).await.map_err(|error| {
                let proxy = endpoint::address(&proxy.host, proxy.port);
                TransportError::Proxy { proxy, error }
            })?,
        };
        #[cfg(feature = "tls")]
        if let Some(connector) = self.tls.as_ref().filter(|_| self.endpoint.is_tls) {
            let host = &self.endpoint.host;
            let stream = tls::handshake(connector, host, stream).await;
            return stream.map_err(|source| TransportError::Tls {
                host: host.clone(),
                source: Arc::new(source),
            });
        }
        Ok(stream)
    }

    async fn dial_server(&self) -> Result<Box<dyn ByteStream>, TransportError> {
        let Endpoint { host, port, .. } = &self.endpoint;
        self.dial_tcp(host, *port).await.map_err(|source| self.unreachable(source))
    }

    fn unreachable(&self, source: io::Error) -> TransportError {
        TransportError::Connect { address: self.endpoint.address(), source: Arc::new(source) }
    }

    async fn dial_proxy(&self, proxy: &ProxyRoute) -> Result<Box<dyn ByteStream>, ProxyError> {
        let stream = self.dial_tcp(&proxy.host, proxy.port).await;
        let stream = stream.map_err(|error| ProxyError::Connect(Arc::new(error)))?;
        #[cfg(feature = "tls")]
        let stream = match &self.tls {
            Some(connector) if proxy.is_tls => tls::handshake(connector, &proxy.host, stream)
                .await
                .map_err(|error| ProxyError::Tls(Arc::new(error)))?,
            _ => stream,
        };
        proxy::tunnel(stream, &self.endpoint.address(), proxy.authorization.as_ref()).await
    }

    async fn dial_tcp(&self, host: &str, port: u16) -> io::Result<Box<dyn ByteStream>> {
        let url = format!("http://{}/", endpoint::address(host, port));
        let url = url.parse::<Uri>().map_err(io::Error::other)?;
        let stream = tower_service::Service::call(&mut self.tcp.clone(), url).await;
        Ok(Box::new(stream.map_err(|error| system_error(&error))?.into_inner()))
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// The system's own error inside of a library's, whose own words would hide it.
pub(super) fn system_error(error: &(dyn Error + 'static)) -> io::Error {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if let Some(found) = current.downcast_ref::<io::Error>() {
            return match found.raw_os_error() {
                Some(code) => io::Error::from_raw_os_error(code),
                None => io::Error::new(found.kind(), found.to_string()),
            };
        }
        cause = current.source();
    }
    io::Error::other(error.to_string())
}
