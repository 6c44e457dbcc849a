//! The client's options for what lies below Engine.IO: HTTP, TLS, proxies, sockets.
//!
//! Must not know: the connection's task.

use std::{fmt, net::IpAddr};

use http::{HeaderMap, HeaderName, HeaderValue};

use super::ClientBuilder;
use crate::{
    driver::{
        ClientConfig, Endpoint, HookOutput, HttpConfig, Proxy, ProxyRoute, Query, RequestHook,
        TlsConfig, TransportConfig, check_timestamp_param, parse_header,
    },
    error::BuildError,
};

/// As users set them, not yet checked.
#[derive(Default)]
pub(super) struct TransportOptions {
    headers: Vec<(String, String)>,
    protocols: Vec<String>,
    tls: TlsConfig,
    proxy: ProxyOption,
    local_address: Option<IpAddr>,
    http: HttpConfig,
}

#[derive(Default)]
enum ProxyOption {
    #[default]
    None,
    Given(Proxy),
    FromEnv,
}

/// # HTTP
impl ClientBuilder {
    /// A header for every HTTP request and the WebSocket handshake, at every attempt. May be
    /// repeated. `Host` replaces the one from the URL; `Cookie` is joined with the
    /// [cookies](Self::cookies) that the server sets. Those that the client sets itself are
    /// refused by [`build`](Self::build): `Accept-Encoding`, `Connection`, `Content-Length`,
    /// `Content-Type`, `Proxy-Authorization`, `Transfer-Encoding`, `Upgrade` and all that begin with
    /// `Sec-WebSocket-`. Default: none. For what changes from attempt to attempt there is
    /// [`request_hook`](Self::request_hook).
    pub fn extra_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.transport.headers.push((name.into(), value.into()));
        self
    }

    /// A parameter in the URL of every HTTP request and of the WebSocket handshake, after those
    /// in the client's URL. It is percent-encoded, and may be repeated. Default: none. The names `EIO`,
    /// `transport`, `sid`, `t`, `j` and `b64` are Engine.IO's own, and refused by
    /// [`build`](Self::build).
    ///
    /// URLs end up in the logs of servers and proxies, so this is no place for secrets. A parameter
    /// whose name is that of one, such as `token`, `access_token`, `api_key` or `password`, here or in
    /// the client's URL, is warned of in the log when the client is built.
    pub fn query(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.transport.http.query.append(name.as_ref(), value.as_ref());
        self
    }

    /// Asked before every attempt to open a connection, what headers and query parameters its
    /// requests are to have besides the client's own, such as a token that is fresh. It is a
    /// closure or an async closure, which may return a `Result`, and has to be done within
    /// [`open_timeout`](Self::open_timeout). Default: none.
    ///
    /// Where it fails or panics, so does the attempt, with
    /// [`TransportError::Hook`](crate::error::TransportError::Hook).
    ///
    /// ```no_run
    /// use socketio_runtime::{Client, RequestParts};
    ///
    /// # async fn fresh_token() -> Result<String, std::io::Error> { Ok(String::new()) }
    /// # fn run() -> Result<(), socketio_runtime::error::BuildError> {
    /// let client = Client::builder("https://chat.example.com")
    ///     .request_hook(async || {
    ///         let token = fresh_token().await?;
    ///         Ok(RequestParts::new().header("authorization", format!("Bearer {token}")))
    ///     })
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request_hook<F, R, M>(mut self, hook: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: HookOutput<M>,
    {
        self.transport.http.hook = Some(RequestHook::new(hook));
        self
    }

    /// Whether cookies that the server sets are sent back to it. Default: yes, since load
    /// balancers keep a session on its server by one. They are kept for one session, in memory,
    /// and go to the endpoint of this client alone.
    pub fn cookies(mut self, is_on: bool) -> Self {
        self.transport.http.keeps_cookies = is_on;
        self
    }

    /// Whether each request has a parameter that no other has, so that no cache answers it.
    /// Default: those of long-polling have, the WebSocket handshake has not, as the JavaScript
    /// client does it.
    pub fn timestamp_requests(mut self, is_on: bool) -> Self {
        self.transport.http.timestamps = Some(is_on);
        self
    }

    /// The name of that parameter. Default: `t`,
    /// [`limits::DEFAULT_TIMESTAMP_PARAM`](crate::limits::DEFAULT_TIMESTAMP_PARAM).
    pub fn timestamp_param(mut self, name: impl Into<String>) -> Self {
        self.transport.http.timestamp_param = name.into();
        self
    }

    /// The WebSocket subprotocols that are offered to the server, the best first. A server that
    /// then chooses none is not accepted. Default: none are offered. A name that HTTP does not
    /// allow is refused by [`build`](Self::build).
    pub fn protocols<P: Into<String>>(mut self, protocols: impl IntoIterator<Item = P>) -> Self {
        self.transport.protocols = protocols.into_iter().map(Into::into).collect();
        self
    }

    /// Whether attachments travel as base64 text even where they could travel as bytes, for
    /// something on the way that does not let binary frames through. Default: no; it costs a
    /// third more.
    pub fn force_base64(mut self, is_on: bool) -> Self {
        self.config.manager.force_base64 = is_on;
        self
    }
}

/// # TLS, proxies, sockets
impl ClientBuilder {
    /// A certificate authority to trust besides Mozilla's, in PEM form; a file of several is
    /// fine. Used for `https://` servers and proxies. May be repeated. Default: none. What cannot be
    /// read is refused by [`build`](Self::build).
    #[cfg(feature = "tls")]
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.transport.tls.roots.push(pem.into());
        self
    }

    /// Whether Mozilla's certificate authorities are trusted. Default: yes. Without them, only
    /// those given by [`root_certificate`](Self::root_certificate) are.
    #[cfg(feature = "tls")]
    pub fn built_in_roots(mut self, is_on: bool) -> Self {
        self.transport.tls.has_built_in_roots = is_on;
        self
    }

    /// The certificate that this client shows to a server that asks for one, with its chain, and
    /// its private key (PKCS #8, PKCS #1 or SEC1), both in PEM form. Default: none.
    #[cfg(feature = "tls")]
    pub fn client_certificate(
        mut self,
        certificate: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        self.transport.tls.client = Some((certificate.into(), key.into()));
        self
    }

    /// **Danger.** Whether every certificate is believed: expired, for another host, or made by
    /// an attacker. Default: no, and yes is for experiments on one's own machine alone: TLS then
    /// protects from nobody who can reach into the network, who can read and change everything,
    /// tokens included. A warning is logged. To trust a private authority, use
    /// [`root_certificate`](Self::root_certificate).
    #[cfg(feature = "tls")]
    pub fn danger_accept_invalid_certificates(mut self, is_on: bool) -> Self {
        self.transport.tls.accepts_invalid_certificates = is_on;
        self
    }

    /// The HTTP proxy that leads to the server. Default: none; the environment is not asked
    /// unless by [`proxy_from_env`](Self::proxy_from_env), in whose place this comes.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.transport.proxy = ProxyOption::Given(proxy);
        self
    }

    /// Uses the proxy that the environment names when the client is built, by curl's rules:
    /// `HTTPS_PROXY` or `HTTP_PROXY`, by the server's scheme (`wss` counts as `https`), then
    /// `ALL_PROXY`, unless the server is in `NO_PROXY`; each also in lower case. In a CGI process
    /// none is used. A value that is no URL of a proxy counts as none. Takes the place of
    /// [`proxy`](Self::proxy).
    pub fn proxy_from_env(mut self) -> Self {
        self.transport.proxy = ProxyOption::FromEnv;
        self
    }

    /// The address of this machine to connect from. Only server (or proxy) addresses of the same
    /// family are tried then. Default: the system's choice.
    pub fn local_address(mut self, address: IpAddr) -> Self {
        self.transport.local_address = Some(address);
        self
    }
}

impl TransportOptions {
    pub(super) fn check(
        self,
        endpoint: Endpoint,
        url_query: &str,
        config: &ClientConfig,
    ) -> Result<TransportConfig, BuildError> {
        let Self { headers, protocols, tls, proxy, local_address, mut http } = self;
        check_timestamp_param(&http.timestamp_param)?;
        let mut query = Query::default();
        query.append_encoded(url_query);
        query.append_query(&http.query);
        query.check(&http.timestamp_param)?;
        query.warn_of_secrets();
        http.query = query;
        http.headers = parse_headers(&headers)?;
        http.protocols = parse_protocols(&protocols)?;
        http.asks_for_base64 = config.manager.force_base64;
        let proxy = match proxy {
            ProxyOption::None => None,
            ProxyOption::Given(proxy) => proxy.route(&endpoint)?,
            ProxyOption::FromEnv => ProxyRoute::from_env(&endpoint)?,
        };
        Ok(TransportConfig { endpoint, tls, proxy, local_address, http })
    }
}

impl fmt::Debug for TransportOptions {
    /// Most of it may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportOptions").finish_non_exhaustive()
    }
}

fn parse_headers(headers: &[(String, String)]) -> Result<HeaderMap, BuildError> {
    let mut parsed = HeaderMap::new();
    for (name, value) in headers {
        let (name, value) = parse_header(name, value)?;
        parsed.append(name, value);
    }
    Ok(parsed)
}

fn parse_protocols(protocols: &[String]) -> Result<Option<HeaderValue>, BuildError> {
    // The names of protocols and of headers are of the same characters (RFC 9110, 5.6.2).
    let is_token = |protocol: &String| HeaderName::from_bytes(protocol.as_bytes()).is_ok();
    if protocols.is_empty() {
        return Ok(None);
    }
    match protocols.iter().find(|protocol| !is_token(protocol)) {
        Some(protocol) => Err(BuildError::InvalidProtocol { protocol: protocol.clone() }),
        None => Ok(HeaderValue::from_str(&protocols.join(", ")).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Client;

    #[test]
    fn a_header_of_the_handshake_itself_is_refused() {
        for name in ["Upgrade", "Connection", "Sec-WebSocket-Key"] {
            let error = Client::builder("http://localhost").extra_header(name, "x").build();
            assert!(matches!(error, Err(BuildError::InvalidHeader { .. })), "{name}");
        }
        Client::builder("http://localhost").extra_header("Host", "x").build().expect("a real need");
    }

    #[test]
    fn a_header_that_http_does_not_allow_is_refused_without_its_value() {
        let error = Client::builder("http://localhost").extra_header("x", "se\ncret").build();
        let error = error.expect_err("a line break").to_string();
        assert!(error.contains("`x`") && !error.contains("cret"), "{error}");
        // All of it in place of the name.
        let error = Client::builder("http://localhost").extra_header("x: secret", "").build();
        let error = error.expect_err("no name has a colon").to_string();
        assert!(error.contains("`x…`") && !error.contains("cret"), "{error}");
    }

    fn build_error(builder: ClientBuilder) -> BuildError {
        builder.build().expect_err("it cannot be used")
    }

    #[test]
    fn a_query_that_engine_io_uses_itself_is_refused_wherever_it_stands() {
        for url in ["http://localhost?EIO=3", "http://localhost?a=1&sid=x", "http://localhost?b64"]
        {
            let error = build_error(Client::builder(url));
            assert!(matches!(error, BuildError::InvalidQuery { .. }), "{url}: {error}");
        }
        let localhost = || Client::builder("http://localhost");
        let error = build_error(localhost().query("transport", "secret"));
        assert!(matches!(&error, BuildError::InvalidQuery { name, .. } if name == "transport"));
        assert!(!error.to_string().contains("secret"), "{error}");
        let error = build_error(localhost().timestamp_param("stamp").query("stamp", "1"));
        assert!(matches!(error, BuildError::InvalidQuery { .. }), "{error}");
        let error = build_error(localhost().timestamp_param("sid"));
        assert!(matches!(error, BuildError::InvalidQuery { .. }), "{error}");
        Client::builder("http://localhost?tt=1")
            .query("sidecar", "2")
            .build()
            .expect("both are fine");
    }

    #[test]
    fn a_subprotocol_that_http_does_not_allow_is_refused() {
        let error = build_error(Client::builder("http://localhost").protocols(["chat", "a b"]));
        assert!(matches!(&error, BuildError::InvalidProtocol { protocol } if protocol == "a b"));
        let none: [&str; 0] = [];
        Client::builder("http://localhost").protocols(none).build().expect("none is fine");
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_refused_without_its_password() {
        for url in ["socks5://me:secret@proxy", "http://", "http://me:secret@proxy:99999", "pro xy"]
        {
            let error = build_error(Client::builder("http://localhost").proxy(Proxy::new(url)));
            assert!(matches!(error, BuildError::InvalidProxy { .. }), "{url}: {error:?}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{url}: {error:?}");
        }
        let proxy = Proxy::new("http://me:secret@proxy").credentials("me", "secret");
        assert!(!format!("{proxy:?}").contains("secret"), "{proxy:?}");
    }

    #[cfg(feature = "tls")]
    #[test]
    fn certificates_that_cannot_be_used_are_refused() {
        let https = || Client::builder("https://localhost");
        let error = build_error(https().root_certificate("no PEM"));
        assert!(matches!(error, BuildError::InvalidCertificate { .. }), "{error}");
        let error = build_error(https().built_in_roots(false));
        assert!(matches!(error, BuildError::InvalidCertificate { .. }), "{error}");
        let error = build_error(https().client_certificate("no PEM", "no key"));
        assert!(matches!(error, BuildError::InvalidClientCertificate { .. }), "{error}");
    }

    #[cfg(feature = "tls")]
    #[test]
    fn a_key_that_cannot_be_read_is_not_repeated() {
        // As it comes out of an environment variable that has lost its line breaks, and worse.
        for key in [
            "-----BEGIN PRIVATE KEY-----secret-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----secret",
            "-----BEGIN secret",
            "-----BEGIN PRIVATE KEY-----\nsecret!\n-----END PRIVATE KEY-----",
            "secret",
        ] {
            let builder = Client::builder("https://localhost").client_certificate("no PEM", key);
            let error = build_error(builder);
            assert!(matches!(error, BuildError::InvalidClientCertificate { .. }), "{error}");
            let text = format!("{error} {error:?}");
            // Bytes may be told as numbers, 101 and 99 for `ec`.
            assert!(!text.contains("secret") && !text.contains("101, 99"), "{text}");
        }
    }
}
