//! The client's options.
//!
//! Must not know: the connection's task.

use std::{fmt, time::Duration};

use http::{
    HeaderName, HeaderValue, Uri,
    header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE},
};

use super::Client;
use crate::{
    codec::Parser,
    driver::{ClientConfig, Endpoint},
    error::BuildError,
    limits,
};

/// The options of a [`Client`]. Every option has a default, and every time and limit of those is
/// a constant in [`limits`].
#[must_use = "a builder does nothing before `build`"]
pub struct ClientBuilder {
    url: String,
    path: String,
    headers: Vec<(String, String)>,
    root_certificates: Vec<Vec<u8>>,
    config: ClientConfig,
}

impl ClientBuilder {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            path: limits::DEFAULT_PATH.to_owned(),
            headers: Vec::new(),
            root_certificates: Vec::new(),
            config: ClientConfig::default(),
        }
    }

    /// The path of the Engine.IO endpoint. Default: `/socket.io/`, [`limits::DEFAULT_PATH`]. It is
    /// not a namespace. A trailing slash is added if it is missing.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// A header for the WebSocket handshake, at every attempt. `Host` replaces the one from the
    /// URL; those of the handshake itself are refused by [`build`](Self::build).
    pub fn extra_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// A certificate authority to trust besides Mozilla's, in PEM form; a file of several is
    /// fine.
    #[cfg(feature = "tls")]
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Whether a lost connection is made again. Default: yes.
    pub fn reconnection(mut self, is_on: bool) -> Self {
        self.config.manager.reconnection = is_on;
        self
    }

    /// How many reconnection attempts are made in a row before
    /// [`Lifecycle::ReconnectFailed`](crate::Lifecycle::ReconnectFailed). Default: no limit.
    pub fn reconnection_attempts(mut self, attempts: u32) -> Self {
        self.config.manager.reconnection_attempts = Some(attempts);
        self
    }

    /// The delay before the first reconnection attempt; it doubles with each further one.
    /// Default: 1 s, [`limits::DEFAULT_RECONNECTION_DELAY`].
    pub fn reconnection_delay(mut self, delay: Duration) -> Self {
        self.config.manager.reconnection_delay = delay;
        self
    }

    /// The delay that doubling stops at. Default: 5 s,
    /// [`limits::DEFAULT_RECONNECTION_DELAY_MAX`].
    pub fn reconnection_delay_max(mut self, delay: Duration) -> Self {
        self.config.manager.reconnection_delay_max = delay;
        self
    }

    /// How far delays are spread at random, so that many clients do not return at once: 0 not at
    /// all, 1 by up to the whole delay. Values outside are brought to the nearer end. Default:
    /// 0.5, [`limits::DEFAULT_RANDOMIZATION_FACTOR`].
    pub fn randomization_factor(mut self, factor: f64) -> Self {
        self.config.manager.randomization_factor =
            if factor.is_nan() { 0.0 } else { factor.clamp(0.0, 1.0) };
        self
    }

    /// How long an attempt may take from the first look-up of the name to the Engine.IO
    /// handshake. Default: 20 s, [`limits::DEFAULT_OPEN_TIMEOUT`].
    pub fn open_timeout(mut self, timeout: Duration) -> Self {
        self.config.manager.open_timeout = timeout;
        self
    }

    /// How long a namespace may take from the Engine.IO handshake, the authentication provider
    /// included, until the server accepts it. Default: 20 s, [`limits::DEFAULT_CONNECT_TIMEOUT`].
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.config.manager.connect_timeout = timeout;
        self
    }

    /// How long an emit waits for its answer, where neither the event nor the call says.
    /// Default: 20 s, [`limits::DEFAULT_ACK_TIMEOUT`].
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.config.ack_timeout = timeout;
        self
    }

    /// How packets are written, as the server expects it. Default: [`Parser::Json`].
    ///
    /// With the feature `msgpack`, for a server made with `socket.io-msgpack-parser`:
    ///
    /// ```
    /// # #[cfg(feature = "msgpack")]
    /// # fn build() -> Result<socketio_runtime::Client, socketio_runtime::error::BuildError> {
    /// use socketio_runtime::{Client, Parser};
    ///
    /// let client = Client::builder("https://chat.example.com").parser(Parser::Msgpack).build()?;
    /// # Ok(client)
    /// # }
    /// ```
    pub fn parser(mut self, parser: Parser) -> Self {
        self.config.manager.parser = parser;
        self
    }

    /// How many attachments a packet may have, in both directions. Default: 10,
    /// [`limits::DEFAULT_MAX_ATTACHMENTS`], which is what JavaScript peers accept.
    pub fn max_attachments(mut self, count: usize) -> Self {
        self.config.manager.max_attachments = count;
        self
    }

    /// The largest message that is accepted from the server, in bytes; a larger one ends the
    /// connection. Default: 100 MB, [`limits::DEFAULT_MAX_MESSAGE_SIZE`].
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.config.max_message_size = bytes;
        self
    }

    /// How many bytes of packets may wait for the network, over all sockets of the client; past
    /// it an emit fails. One packet alone is accepted whatever its size. Default: 16 MiB, [`limits::DEFAULT_SEND_BUFFER_LIMIT`].
    pub fn send_buffer_limit(mut self, bytes: usize) -> Self {
        self.config.send_buffer_limit = bytes;
        self
    }

    /// How many events may wait for each async listener, handler and stream; past it events are
    /// missed, and counted. At least 1. Default: 1,024, [`limits::DEFAULT_LISTENER_QUEUE`].
    pub fn listener_queue(mut self, events: usize) -> Self {
        self.config.listener_queue = events.clamp(1, tokio::sync::Semaphore::MAX_PERMITS);
        self
    }

    /// Checks the options. Nothing is sent.
    ///
    /// # Errors
    /// When the URL, a header or a certificate cannot be used.
    pub fn build(self) -> Result<Client, BuildError> {
        let endpoint = parse_url(&self.url, &self.path)?;
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| parse_header(name, value))
            .collect::<Result<_, _>>()?;
        Client::start(endpoint, headers, &self.root_certificates, self.config)
    }
}

impl fmt::Debug for ClientBuilder {
    /// Header values stay out, since they may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("path", &self.path)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

fn parse_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), BuildError> {
    let invalid = |reason: String| BuildError::InvalidHeader { name: name.to_owned(), reason };
    let parsed = name.parse::<HeaderName>().map_err(|error| invalid(error.to_string()))?;
    let mut value = value.parse::<HeaderValue>().map_err(|error| invalid(error.to_string()))?;
    value.set_sensitive(true);
    let is_handshake = matches!(parsed, CONNECTION | CONTENT_LENGTH | TRANSFER_ENCODING | UPGRADE);
    if is_handshake || parsed.as_str().starts_with("sec-websocket-") {
        return Err(invalid("the WebSocket handshake sets it itself".to_owned()));
    }
    Ok((parsed, value))
}

/// A URL for a message: without the parts that may be secret.
fn redacted(url: &str) -> String {
    let (url, query) = url.split_once('?').map_or((url, ""), |(url, _)| (url, "?…"));
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}{query}"),
        _ => format!("{url}{query}"),
    }
}

fn parse_url(url: &str, path: &str) -> Result<Endpoint, BuildError> {
    let invalid = |reason: &str| {
        let reason = reason.to_owned();
        BuildError::InvalidUrl { url: redacted(url), reason }
    };
    let uri = url.parse::<Uri>().map_err(|error| invalid(&error.to_string()))?;
    let is_tls = match uri.scheme_str() {
        Some("http" | "ws") => false,
        Some("https" | "wss") => true,
        Some(_) => return Err(invalid("the scheme must be http, https, ws or wss")),
        None => return Err(invalid("it needs a scheme, such as https://")),
    };
    let authority = uri.authority().ok_or_else(|| invalid("it has no host"))?;
    if authority.as_str().contains('@') {
        return Err(invalid("credentials in a URL end up in logs; use `auth` or `extra_header`"));
    }
    if !matches!(uri.path(), "" | "/") {
        let hint = "its path is neither the endpoint's, which `path` sets, nor a namespace, which \
                    the socket's type says";
        return Err(invalid(hint));
    }
    if is_tls && cfg!(not(feature = "tls")) {
        return Err(BuildError::TlsDisabled { url: redacted(url) });
    }
    Endpoint::new(is_tls, authority, path, uri.query()).map_err(|reason| invalid(&reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_cannot_be_dialled_are_refused_with_the_reason() {
        for (url, reason) in [
            ("chat.example.com", "scheme"),
            ("ftp://chat.example.com", "scheme"),
            ("https://", "empty"),
            ("https://me:secret@chat.example.com", "credentials"),
            ("https://chat.example.com/admin", "namespace"),
            ("https://chat example.com", "invalid"),
            ("https://chat.example.com/admin?token=secret", "namespace"),
        ] {
            let error = Client::builder(url).build().expect_err(url).to_string();
            assert!(error.contains(reason), "{url}: {error}");
            assert!(!error.contains("secret"), "{url}: {error}");
        }
    }

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
    }
}
