//! The client's options.
//!
//! Must not know: the connection's task.

use std::{fmt, sync::Arc, time::Duration};

use http::Uri;

use super::{Client, shared::Server, transport_options::TransportOptions};
use crate::{
    codec::{Parser, Transport},
    driver::{ClientConfig, Endpoint, isolate},
    error::{BuildError, Failure, RetryDecision},
    limits,
    proto::RetryPolicy,
};

/// The options of a [`Client`]. Every option has a default, and every time and limit of those is
/// a constant in [`limits`]. An option that is set twice has the later value, unless it says that
/// it may be repeated.
#[must_use = "a builder does nothing before `build`"]
pub struct ClientBuilder {
    url: String,
    path: String,
    add_trailing_slash: bool,
    pub(super) transport: TransportOptions,
    pub(super) config: ClientConfig,
}

impl ClientBuilder {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            path: limits::DEFAULT_PATH.to_owned(),
            add_trailing_slash: true,
            transport: TransportOptions::default(),
            config: ClientConfig::default(),
        }
    }

    /// Checks the options and makes a client with a connection of its own. Nothing is sent.
    ///
    /// # Errors
    /// When the URL, or another option that can be wrong, cannot be used; the error says which.
    pub fn build(self) -> Result<Client, BuildError> {
        if self.config.manager.transports.is_empty() {
            return Err(BuildError::NoTransports);
        }
        let (endpoint, query) = parse_url(&self.url, &self.path, self.add_trailing_slash)?;
        let transport = self.transport.check(endpoint, &query, &self.config)?;
        Client::start(transport, self.config)
    }

    /// Checks the options and makes the client that [`Client::shared`] gives for this URL from now
    /// on, as long as somebody uses it.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use socketio_runtime::Client;
    /// # fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// // Once, where the program starts.
    /// let client = Client::builder("https://example.com")
    ///     .ack_timeout(Duration::from_secs(5))
    ///     .build_shared()?;
    /// // Anywhere, while `client` or one of its sockets lives.
    /// let same = Client::shared("https://example.com")?;
    /// # Ok(())
    /// # }
    /// # run().unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`build`](Self::build), and [`BuildError::AlreadyShared`] when a client is shared for
    /// this URL and [`path`](Self::path) already, since its options would differ.
    pub fn build_shared(self) -> Result<Client, BuildError> {
        let (server, url) = (Server::new(&self.url, &self.path), redacted(&self.url));
        let client = self.build()?;
        match server.and_then(|server| server.share(&client)) {
            Some(_) => Err(BuildError::AlreadyShared { url }),
            None => Ok(client),
        }
    }
}

/// # Transports
impl ClientBuilder {
    /// The path of the Engine.IO endpoint. Default: `/socket.io/`, [`limits::DEFAULT_PATH`]. It is
    /// not a namespace. A trailing slash is added if it is missing.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Whether [`path`](Self::path) ends with a slash; if not, one that is there is taken away.
    /// Default: yes, as servers expect.
    pub fn add_trailing_slash(mut self, is_on: bool) -> Self {
        self.add_trailing_slash = is_on;
        self
    }

    /// The transports that may be used, in the order in which they are tried. Default: WebSocket,
    /// then long-polling, [`limits::DEFAULT_TRANSPORTS`], which says why.
    ///
    /// With long-polling first, as the JavaScript client has it by default, the connection
    /// changes to a WebSocket where the server offers it: see [`upgrade`](Self::upgrade). A
    /// transport that stands in the list twice counts once; an empty list is refused by
    /// [`build`](Self::build).
    ///
    /// ```
    /// use socketio_runtime::{Client, Transport};
    ///
    /// // Nothing but HTTP requests, whatever happens.
    /// let client = Client::builder("https://chat.example.com")
    ///     .transports([Transport::Polling])
    ///     .build()?;
    /// # Ok::<(), socketio_runtime::error::BuildError>(())
    /// ```
    pub fn transports(mut self, transports: impl IntoIterator<Item = Transport>) -> Self {
        let order = &mut self.config.manager.transports;
        order.clear();
        for transport in transports {
            if !order.contains(&transport) {
                order.push(transport);
            }
        }
        self
    }

    /// Whether the other [transports](Self::transports) are tried, in the same attempt, when the
    /// first one cannot open a connection: for networks that let HTTP through and no WebSocket.
    /// Default: yes; the JavaScript client's `tryAllTransports` is off. Where another transport
    /// cannot help, as when nobody listens, none is tried. Each attempt begins with the first one
    /// again, and one that has just failed is not tried once more by an [`upgrade`](Self::upgrade).
    ///
    /// The error of an attempt in which all have failed is the first one's; the log has the
    /// others'.
    pub fn try_all_transports(mut self, is_on: bool) -> Self {
        self.config.manager.try_all_transports = is_on;
        self
    }

    /// Whether a connection over long-polling changes to a WebSocket where the server offers it
    /// and the [transports](Self::transports) have it. Default: yes. No packet is lost, and none
    /// overtakes another; where no WebSocket can be opened within
    /// [`limits::UPGRADE_TIMEOUT`], the connection stays as it is.
    pub fn upgrade(mut self, is_on: bool) -> Self {
        self.config.manager.upgrade = is_on;
        self
    }

    /// Whether, after a WebSocket has worked, the next connection begins with a WebSocket at
    /// once, whatever the order of the [transports](Self::transports), until a connection fails.
    /// Default: no.
    pub fn remember_upgrade(mut self, is_on: bool) -> Self {
        self.config.manager.remember_upgrade = is_on;
        self
    }

    /// How long one long-polling request may take. The server answers a waiting one with its
    /// next heartbeat at the latest, so it has to be longer than the server's `pingInterval`,
    /// which is 25 s by default. Default: no limit but the heartbeat's: a
    /// request that takes longer than the server's `pingInterval` and `pingTimeout` together, 45 s by
    /// default, costs the connection.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.config.manager.request_timeout = Some(timeout);
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
}

/// # Reconnection
impl ClientBuilder {
    /// Whether a lost connection is made again. Default: yes. If not, a socket whose connection is
    /// lost, or could not be made, stays disconnected until
    /// [`Socket::connect`](crate::Socket::connect) is called again.
    pub fn reconnection(mut self, is_on: bool) -> Self {
        self.config.manager.reconnection = is_on;
        self
    }

    /// How many reconnection attempts are made in a row before
    /// [`Lifecycle::ReconnectFailed`](crate::Lifecycle::ReconnectFailed). Default: no limit. The
    /// first attempt is none of them; 0 means none, where it means no limit to the JavaScript
    /// client.
    ///
    /// Attempts are counted, and delays grow, until a namespace has been connected for
    /// [`limits::STABLE_CONNECTION`], so a server that accepts and drops uses them up as well.
    pub fn reconnection_attempts(mut self, attempts: u32) -> Self {
        self.config.manager.reconnection_attempts = Some(attempts);
        self
    }

    /// The delay before the first reconnection attempt; it doubles with each further one, and is
    /// [spread at random](Self::randomization_factor). With zero all attempts follow at once.
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

    /// Decides what is tried again. It is asked for each socket whose attempt to connect failed,
    /// that was refused, or that was disconnected against its user's will. Default:
    /// [`Failure::is_retried`], which also says why.
    ///
    /// What it wants retried waits for the usual delay and counts as a
    /// [reconnection attempt](Self::reconnection_attempts). It is not asked with
    /// [`reconnection`](Self::reconnection) off. It runs on the connection's task and must not
    /// block; a panic in it is logged and stands for [`RetryDecision::Default`].
    ///
    /// ```no_run
    /// use socketio_runtime::{
    ///     Client, ConnectError, DisconnectReason,
    ///     error::{Failure, RetryDecision, TransportError},
    /// };
    ///
    /// # fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::builder("https://chat.example.com")
    ///     .retry_policy(|failure| match failure {
    ///         // The firewall before this service answers so for a minute or two.
    ///         Failure::Attempt(ConnectError::Transport(TransportError::Status {
    ///             status: 403, ..
    ///         })) => RetryDecision::Retry,
    ///         // The service sends clients away before it restarts.
    ///         Failure::Loss(DisconnectReason::ServerDisconnect) => RetryDecision::Retry,
    ///         _ => RetryDecision::Default,
    ///     })
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn retry_policy<F>(mut self, policy: F) -> Self
    where
        F: Fn(Failure<'_>) -> RetryDecision + Send + Sync + 'static,
    {
        let policy = move |failure: Failure<'_>| {
            isolate("retry policy", || policy(failure)).unwrap_or_default()
        };
        self.config.manager.retry_policy = Some(RetryPolicy(Arc::new(policy)));
        self
    }
}

/// # Timeouts and limits
impl ClientBuilder {
    /// How long an attempt may take from the [request hook](Self::request_hook), or the look-up of
    /// the server's name, to the Engine.IO handshake, over all [transports](Self::transports) that
    /// are tried. [`Duration::MAX`] is for ever. Default: 20 s, [`limits::DEFAULT_OPEN_TIMEOUT`].
    pub fn open_timeout(mut self, timeout: Duration) -> Self {
        self.config.manager.open_timeout = timeout;
        self
    }

    /// How long a namespace may take from the Engine.IO handshake, the authentication provider
    /// included, until the server accepts it. [`Duration::MAX`] is for ever. Default: 20 s,
    /// [`limits::DEFAULT_CONNECT_TIMEOUT`].
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.config.manager.connect_timeout = timeout;
        self
    }

    /// How long an emit waits for its answer, where neither the socket, the event nor the call
    /// says. [`Duration::MAX`] is for ever. Default: 20 s, [`limits::DEFAULT_ACK_TIMEOUT`].
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.config.ack_timeout = timeout;
        self
    }

    /// How many attachments a packet may have, in both directions. Default: 10,
    /// [`limits::DEFAULT_MAX_ATTACHMENTS`], which is what JavaScript peers accept. An emit with more
    /// fails with [`EmitError::TooManyAttachments`](crate::EmitError::TooManyAttachments); a packet
    /// with more from the server ends the connection. A larger number helps only where the server's
    /// decoder has the same.
    pub fn max_attachments(mut self, count: usize) -> Self {
        self.config.manager.max_attachments = count;
        self
    }

    /// The largest message that is accepted from the server, in bytes, and the largest packet with
    /// all its attachments; a larger one ends the connection with
    /// [`TransportError::MessageTooLarge`](crate::error::TransportError::MessageTooLarge). Of an
    /// answer to long-polling it limits the body, both as it comes and inflated. Default: 100 MB,
    /// [`limits::DEFAULT_MAX_MESSAGE_SIZE`].
    ///
    /// This bounds what a server can make a connection hold: at most four times as much and a few
    /// megabytes, for a moment, while it sends the largest there is; what listeners' queues and the
    /// payload types make of it comes on top. Where memory is scarce, set it to what the service
    /// really sends.
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.config.manager.max_message_size = bytes;
        self
    }

    /// How many bytes of packets may wait for the network, over all sockets of the client; past
    /// it an emit fails with [`EmitError::BufferFull`](crate::EmitError::BufferFull). One packet
    /// alone is accepted whatever its size. Default: 16 MiB, [`limits::DEFAULT_SEND_BUFFER_LIMIT`].
    ///
    /// What goes over the wire is counted. In memory a packet that waits takes up to 600 bytes more,
    /// for its place in the queue, its options and its ack: where a service emits a great many tiny
    /// events, 16 MiB of them (some 800,000 of 20 bytes) take about 500 MB.
    pub fn send_buffer_limit(mut self, bytes: usize) -> Self {
        self.config.send_buffer_limit = bytes;
        self
    }

    /// How many bytes of events may wait for each async listener, handler and stream; past it events
    /// are missed, and counted, as past their [number](Self::listener_queue). One event alone is
    /// accepted whatever its size. Default: 100 MB, [`limits::DEFAULT_LISTENER_QUEUE_BYTES`].
    pub fn listener_queue_bytes(mut self, bytes: usize) -> Self {
        self.config.listener_queue.bytes = bytes;
        self
    }

    /// How many events may wait for each async listener, handler and stream; past it events are
    /// missed, and counted. At least 1. Default: 1,024, [`limits::DEFAULT_LISTENER_QUEUE`].
    pub fn listener_queue(mut self, events: usize) -> Self {
        self.config.listener_queue.events = events.clamp(1, tokio::sync::Semaphore::MAX_PERMITS);
        self
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

/// A URL for a message: without the parts that may be secret. It may be none, and be cut up otherwise
/// than its author meant, as by a `?` in a password; so nothing is said of it where an `@` stands
/// behind its host.
fn redacted(url: &str) -> String {
    let is_scheme = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric());
    let parts = url.split_once("://").filter(|(scheme, _)| is_scheme(scheme));
    let (scheme, rest) = parts.unwrap_or(("", url));
    let separator = if scheme.is_empty() { "" } else { "://" };
    let (host, rest) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    if rest.contains('@') {
        return format!("{scheme}{separator}…");
    }
    let host = host.rsplit_once('@').map_or(host.to_owned(), |(_, host)| format!("…@{host}"));
    let path = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
    let hidden = if path.len() < rest.len() { "?…" } else { "" };
    format!("{scheme}{separator}{host}{path}{hidden}")
}

/// The endpoint, and the query of the URL.
fn parse_url(
    url: &str,
    path: &str,
    add_trailing_slash: bool,
) -> Result<(Endpoint, String), BuildError> {
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
    let endpoint = Endpoint::new(is_tls, authority, path, add_trailing_slash);
    let query = uri.query().unwrap_or_default().to_owned();
    Ok((endpoint.map_err(|reason| invalid(&reason))?, query))
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
    fn a_url_in_a_message_has_nothing_that_may_be_secret() {
        for (url, said) in [
            ("https://host/admin", "https://host/admin"),
            ("https://host/admin?token=secret", "https://host/admin?…"),
            ("https://host#access_token=secret", "https://host?…"),
            ("https://me:secret@host:1/admin", "https://…@host:1/admin"),
            ("https://me:sec@ret@host/admin", "https://…@host/admin"),
            // A scheme was forgotten.
            ("me:secret@host", "…@host"),
            ("host/?next=secret://x", "host/?…"),
            // What is to be encoded in a password was not.
            ("https://me:sec?ret@host", "https://…"),
            ("https://me:sec/ret@host", "https://…"),
            ("https://me:sec#ret@host", "https://…"),
            ("me:sec/ret@host", "…"),
            ("https://host/?mail=secret@host", "https://…"),
        ] {
            assert_eq!(redacted(url), said, "{url}");
            if let Err(error) = Client::builder(url).build() {
                let text = format!("{error} {error:?}");
                assert!(!text.contains("sec") && !text.contains("ret"), "{url}: {text}");
            }
        }
    }
}
