//! What can go wrong with the bytes' way to the server and back, and why it ends.
//!
//! Must not know: namespaces, payloads.

use std::{fmt, io, sync::Arc, time::Duration};

use thiserror::Error;

use super::{DecodeError, EngineRefusal, HookError, ProxyError, Transport};

/// What went wrong with the bytes' way to the server and back. The network's fault, or of
/// something on the way, where a variant says no other.
///
/// What is told of a system's error is all there, so [`source`](std::error::Error::source) does
/// not give it once more.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The name could not be resolved or no address accepted a connection.
    #[error("could not connect to {address}: {source}")]
    Connect {
        /// Host and port.
        address: String,
        /// The system's own error.
        r#source: Arc<io::Error>,
    },
    /// The TLS handshake failed, most often because of the server's certificate.
    #[error("TLS with {host} failed: {source}")]
    Tls {
        /// The host the certificate has to be for.
        host: String,
        /// What the TLS library found.
        r#source: Arc<io::Error>,
    },
    /// The way through the proxy did not open.
    #[error("proxy {proxy}: {error}")]
    Proxy {
        /// The proxy's host and port.
        proxy: String,
        /// What went wrong with it.
        error: ProxyError,
    },
    /// The server, or something before it, refused a request: with another status than 200 to
    /// long-polling, than 101 to a WebSocket. A 404 means a wrong path; what Engine.IO itself
    /// refuses has a [`refusal`](Self::Status::refusal).
    #[error("the server answered the {transport} request with HTTP status {status}{}", Said(.refusal.as_ref(), .body))]
    Status {
        /// Which transport's request it was.
        transport: Transport,
        /// The HTTP status.
        status: u16,
        /// What Engine.IO said, where the answer is its.
        refusal: Option<EngineRefusal>,
        /// The start of the answer's body, at most [`limits::ERROR_BODY_EXCERPT`](crate::limits::ERROR_BODY_EXCERPT) bytes.
        body: String,
    },
    /// The server, or something before it, sends the client elsewhere, where it does not go: what it
    /// has to say is for the server that it was given. Most often the URL is to begin with
    /// `https://`, or a page to log in stands in front of the server.
    #[error("the server redirected the {transport} request with HTTP status {status}{}, which is not followed", Towards(.target.as_deref()))]
    Redirected {
        /// Which transport's request it was.
        transport: Transport,
        /// The HTTP status.
        status: u16,
        /// Whereto, as scheme, host and port: path and query may be secret. `None` where it is to
        /// the same server, or cannot be read.
        target: Option<String>,
    },
    /// What came back is not HTTP (peer, or something on the way).
    #[error("the server does not speak HTTP: {reason}")]
    NotHttp {
        /// What is wrong with it.
        reason: String,
    },
    /// What came back to the request for a WebSocket is not HTTP, or no WebSocket (peer, or
    /// something on the way).
    #[error("the server does not speak WebSocket: {reason}")]
    NotWebSocket {
        /// What is wrong with it.
        reason: String,
    },
    /// The body of an answer is not text, which no Engine.IO server sends (peer, or something on
    /// the way).
    #[error("the answer to the {transport} request is not Engine.IO: {reason}")]
    InvalidBody {
        /// Which transport's request it was.
        transport: Transport,
        /// What is wrong with it.
        reason: String,
    },
    /// The [request hook](crate::ClientBuilder::request_hook) failed (caller).
    #[error("the request hook failed: {0}")]
    Hook(HookError),
    /// A message, or a packet with its attachments, is larger than this client accepts (peer).
    #[error("a message of {size} bytes is over this client's limit of {limit}")]
    MessageTooLarge {
        /// Size in bytes, as far as it was announced or has come.
        size: usize,
        /// [`ClientBuilder::max_message_size`](crate::ClientBuilder::max_message_size).
        limit: usize,
    },
    /// A long-polling request was not answered in time.
    #[error("a long-polling request was not answered within {after:?}")]
    RequestTimeout {
        /// [`ClientBuilder::request_timeout`](crate::ClientBuilder::request_timeout).
        after: Duration,
    },
    /// An open connection broke.
    #[error("the connection broke: {source}")]
    Io {
        /// The system's own error.
        r#source: Arc<io::Error>,
    },
    /// The connection was closed while it was being opened. Many servers do so, without a word,
    /// where a WebSocket is asked for under a wrong path.
    #[error("the server closed the connection{}", CloseCode(*.code))]
    Closed {
        /// The WebSocket close code, where the server gave one.
        code: Option<u16>,
    },
}

impl TransportError {
    /// As [`ConnectError::depends_on_transport`](super::ConnectError).
    pub(super) fn depends_on_transport(&self) -> bool {
        let is_below = matches!(self, Self::Connect { .. } | Self::Tls { .. } | Self::Proxy { .. });
        !is_below && !matches!(self, Self::Hook(_))
    }
}

/// Why a socket was disconnected; [`Display`](fmt::Display) begins with the reference
/// client's own words.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// The server disconnected this namespace (peer). Not reconnected automatically, unless a
    /// [`retry_policy`](crate::ClientBuilder::retry_policy) says so.
    ServerDisconnect,
    /// [`disconnect`](crate::Socket::disconnect) was called, or the last handle was dropped
    /// (caller). Not reconnected automatically.
    ClientDisconnect,
    /// The server's heartbeat did not come in time (network or peer).
    PingTimeout,
    /// The connection was closed in good order (network or peer).
    TransportClose {
        /// The WebSocket close code, where the server gave one; 1009 means that a message was
        /// over the server's `maxPayload`.
        code: Option<u16>,
    },
    /// The connection broke (network).
    TransportError(TransportError),
    /// The server sent something that is not Socket.IO (peer).
    ParseError(DecodeError),
    /// Reconnection gave up, after [`reconnection_attempts`](crate::ClientBuilder::reconnection_attempts).
    ReconnectFailed,
    /// The server refused the namespace; the cause is the state's last error (peer).
    Refused,
    /// The runtime that ran the connection has shut down (caller).
    Shutdown,
}

impl fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServerDisconnect => f.write_str("io server disconnect"),
            Self::ClientDisconnect => f.write_str("io client disconnect"),
            Self::PingTimeout => f.write_str("ping timeout"),
            Self::TransportClose { code } => write!(f, "transport close{}", CloseCode(*code)),
            Self::TransportError(error) => write!(f, "transport error: {error}"),
            Self::ParseError(error) => write!(f, "parse error: {error}"),
            Self::ReconnectFailed => f.write_str("reconnection failed"),
            Self::Refused => f.write_str("refused by the server"),
            Self::Shutdown => f.write_str("the runtime has shut down"),
        }
    }
}

/// What a refusal says in its body, in the shortest form there is.
struct Said<'a>(Option<&'a EngineRefusal>, &'a str);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(Some(refusal), _) => write!(f, ": {refusal}"),
            Self(None, "") => Ok(()),
            Self(None, body) => write!(f, ": {body}"),
        }
    }
}

struct Towards<'a>(Option<&'a str>);

impl fmt::Display for Towards<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |target| write!(f, " to {target}"))
    }
}

struct CloseCode(Option<u16>);

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |code| write!(f, " (code {code})"))
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::{super::ConnectError, *};

    #[test]
    fn a_report_of_an_error_with_its_sources_says_each_thing_once() {
        let source = || Arc::new(io::Error::other("the cause"));
        for error in [
            TransportError::Connect { address: "localhost:1".to_owned(), source: source() },
            TransportError::Tls { host: "localhost".to_owned(), source: source() },
            TransportError::Io { source: source() },
        ] {
            let error = ConnectError::Transport(error);
            let first: Option<&dyn Error> = Some(&error);
            let chain = std::iter::successors(first, |&error| error.source());
            let report = chain.map(ToString::to_string).collect::<Vec<_>>().join(": ");
            assert_eq!(report.matches("the cause").count(), 1, "{report}");
        }
    }
}
