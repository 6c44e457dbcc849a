//! The public errors, one enum per operation; each variant says what happened and whose fault
//! it is.
//!
//! Must not know: tokio, the state machine, the handles. Every layer may name these types, so
//! that an error keeps its identity from where it happened to the caller.

use std::{convert::Infallible, fmt, io, sync::Arc, time::Duration};

use serde::de::DeserializeOwned;
use thiserror::Error;

pub use crate::codec::DecodeError;

/// Why a [`Client`](crate::Client) could not be built. Always the caller's mistake.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The URL is not one this client can dial.
    #[error("`{url}` is not a Socket.IO server URL: {reason}")]
    InvalidUrl {
        /// The URL as given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A header name or value has characters that HTTP does not allow.
    #[error("`{name}` is not a valid extra header: {reason}")]
    InvalidHeader {
        /// The name as given; the value is not repeated, since it may be secret.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A certificate could not be read.
    #[error("a root certificate could not be read: {reason}")]
    InvalidCertificate {
        /// What is wrong with it.
        reason: String,
    },
    /// The URL asks for TLS, and the `tls` feature is off.
    #[error("`{url}` needs the `tls` feature of socketio-runtime")]
    TlsDisabled {
        /// The URL as given.
        url: String,
    },
}

/// Why a socket is not connected to its namespace.
///
/// Cheap to clone: it is kept in the [state](crate::SocketState), sent to the
/// [lifecycle](crate::Lifecycle) and returned from [`connect`](crate::Socket::connect).
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// No bytes reached a server, or the connection broke while it was being opened (network).
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// Something answered, but it does not speak Engine.IO v4 (peer).
    #[error("the server's Engine.IO handshake is not valid: {reason}")]
    Handshake {
        /// What is wrong with it.
        reason: String,
    },
    /// The connection did not open in time (network or peer).
    #[error("the connection did not open within {after:?}")]
    OpenTimeout {
        /// [`ClientBuilder::open_timeout`](crate::ClientBuilder::open_timeout).
        after: Duration,
    },
    /// The server did not answer the CONNECT of this namespace in time (peer), or the
    /// authentication provider took too long (caller).
    #[error("the server did not accept namespace `{namespace}` within {after:?}")]
    NamespaceTimeout {
        /// The namespace's path.
        namespace: String,
        /// [`ClientBuilder::connect_timeout`](crate::ClientBuilder::connect_timeout).
        after: Duration,
    },
    /// The server refused this namespace with a `CONNECT_ERROR` packet (peer). It is not asked
    /// again until [`connect`](crate::Socket::connect) is called.
    #[error("the server refused namespace `{namespace}`: {}", .refusal.message())]
    Refused {
        /// The namespace's path.
        namespace: String,
        /// What the server said.
        refusal: Refusal,
    },
    /// The server accepted the namespace without a session id, as servers before Socket.IO 3
    /// do (peer).
    #[error(
        "the server speaks an older revision of the Socket.IO protocol: its CONNECT reply has no `sid`"
    )]
    UnsupportedServer,
    /// The authentication provider failed (caller).
    #[error("the authentication payload could not be made: {0}")]
    Auth(AuthError),
    /// The connection ended before the namespace was accepted (network, peer or caller).
    #[error("disconnected before the namespace was accepted: {0}")]
    Disconnected(DisconnectReason),
    /// Another socket of the same client uses this namespace (caller): clone that one, or use
    /// another client.
    #[error("namespace `{namespace}` is already in use by another socket of this client")]
    NamespaceInUse {
        /// The namespace's path.
        namespace: String,
    },
    /// There is no tokio runtime to run the connection on, or it has shut down (caller).
    #[error("no tokio runtime is running the connection")]
    NoRuntime,
}

/// What the server said when it refused a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    message: Arc<str>,
    data: Option<Arc<str>>,
}

impl Refusal {
    pub(crate) fn new(message: &str, data: Option<&str>) -> Self {
        Self { message: message.into(), data: data.map(Into::into) }
    }

    /// The message of the error that the server's middleware passed to `next`.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The `data` property of that error, as JSON text.
    #[must_use]
    pub fn data(&self) -> Option<&str> {
        self.data.as_deref()
    }

    /// That `data`, decoded; `None` if the server sent none.
    pub(crate) fn decode<T: DeserializeOwned>(
        &self,
        namespace: &str,
    ) -> Option<Result<T, PayloadError>> {
        let mut json = serde_json::Deserializer::from_str(self.data()?);
        let decoded = serde_path_to_error::deserialize(&mut json);
        Some(decoded.map_err(|error| PayloadError {
            subject: PayloadSubject::Refusal,
            event: namespace.to_owned(),
            argument: None,
            path: error.path().to_string(),
            reason: error.into_inner().to_string(),
        }))
    }
}

/// What went wrong with the bytes' way to the server and back. The network's fault, or of
/// something on the way.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The name could not be resolved or no address accepted a connection.
    #[error("could not connect to {address}: {source}")]
    Connect {
        /// Host and port.
        address: String,
        /// The system's own error.
        source: Arc<io::Error>,
    },
    /// The TLS handshake failed, most often because of the server's certificate.
    #[error("TLS with {host} failed: {source}")]
    Tls {
        /// The host the certificate has to be for.
        host: String,
        /// What the TLS library found.
        source: Arc<io::Error>,
    },
    /// The server, or a proxy before it, answered the WebSocket request with something else
    /// than a switch of protocols. A 404 means a wrong path, a 400 most often an Engine.IO
    /// refusal.
    #[error("the server answered the WebSocket request with HTTP status {status}{}{body}", if .body.is_empty() { "" } else { ": " })]
    Status {
        /// The HTTP status.
        status: u16,
        /// The start of the answer's body, at most [`limits::ERROR_BODY_EXCERPT`](crate::limits::ERROR_BODY_EXCERPT) bytes.
        body: String,
    },
    /// What came back is not HTTP or not WebSocket.
    #[error("the server does not speak WebSocket: {reason}")]
    NotWebSocket {
        /// What is wrong with it.
        reason: String,
    },
    /// A message is larger than this client accepts.
    #[error("a message of {size} bytes is over this client's limit of {limit}")]
    MessageTooLarge {
        /// Size of the message in bytes, as far as it was announced.
        size: usize,
        /// [`ClientBuilder::max_message_size`](crate::ClientBuilder::max_message_size).
        limit: usize,
    },
    /// An open connection broke.
    #[error("the connection broke: {source}")]
    Io {
        /// The system's own error.
        source: Arc<io::Error>,
    },
    /// The connection was closed while it was being opened.
    #[error("the server closed the connection{}", CloseCode(*.code))]
    Closed {
        /// The WebSocket close code, where the server gave one.
        code: Option<u16>,
    },
}

/// Why a socket was disconnected; [`Display`](fmt::Display) begins with the reference
/// client's own words.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// The server disconnected this namespace (peer). Not reconnected automatically.
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

/// Why an event was not accepted for sending. Nothing of it was sent.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum EmitError {
    /// An argument could not be written as JSON (caller).
    #[error("argument {argument} of event `{event}` cannot be written as JSON: {reason}")]
    Serialize {
        /// The event's wire name.
        event: String,
        /// The argument's position, from 0.
        argument: usize,
        /// What its `Serialize` implementation said.
        reason: String,
    },
    /// A payload with attachments also has an object with a key `_placeholder`, which the
    /// server would take for an attachment (caller).
    #[error("event `{event}` has a key `_placeholder`, which is reserved beside binary data")]
    ReservedKey {
        /// The event's wire name.
        event: String,
    },
    /// More attachments than a Socket.IO decoder accepts in one packet (caller).
    #[error("event `{event}` has {count} attachments, over the limit of {limit}")]
    TooManyAttachments {
        /// The event's wire name.
        event: String,
        /// How many there are.
        count: usize,
        /// [`ClientBuilder::max_attachments`](crate::ClientBuilder::max_attachments).
        limit: usize,
    },
    /// The event, or one attachment, is larger than the server accepts; sent, it would have
    /// cost the whole connection (caller).
    #[error(
        "event `{event}` has a part of {size} bytes, over the server's `maxPayload` of {limit}"
    )]
    TooLarge {
        /// The event's wire name.
        event: String,
        /// Size in bytes of the largest part.
        size: usize,
        /// The server's `maxPayload`, in bytes.
        limit: usize,
    },
    /// The send buffer is full: the network takes less than is emitted, or the socket has been
    /// offline for long.
    #[error(
        "event `{event}` of {size} bytes does not fit the send buffer: {buffered} of {limit} bytes are waiting"
    )]
    BufferFull {
        /// The event's wire name.
        event: String,
        /// Size in bytes of the event with its attachments.
        size: usize,
        /// Bytes that are waiting.
        buffered: usize,
        /// [`ClientBuilder::send_buffer_limit`](crate::ClientBuilder::send_buffer_limit).
        limit: usize,
    },
    /// A volatile event could not be sent at once. Only an emit with ack reports it.
    #[error("volatile event `{event}` was dropped: it could not be sent at once")]
    VolatileDropped {
        /// The event's wire name.
        event: String,
    },
    /// The socket is disconnected and will not reconnect by itself.
    #[error("event `{event}` was not sent: the socket is disconnected ({reason})")]
    Disconnected {
        /// The event's wire name.
        event: String,
        /// Why it is disconnected.
        reason: DisconnectReason,
    },
}

/// Why an emit has no answer. `E` is the error that the service itself answers with, for
/// events declared with `ack = error_first`.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum AckError<E = Infallible>
where
    E: fmt::Debug,
{
    /// The event was not accepted for sending, or was still waiting to be sent when the socket
    /// was disconnected. The server has not seen it.
    #[error(transparent)]
    Emit(#[from] EmitError),
    /// No answer came in time (peer or network). The server may have handled the event.
    #[error("no answer to `{event}` came within {after:?}")]
    Timeout {
        /// The event's wire name.
        event: &'static str,
        /// The timeout that passed.
        after: Duration,
    },
    /// The connection ended after the event was sent and before its answer (network). The
    /// server may have handled the event.
    #[error("disconnected before `{event}` was answered: {reason}")]
    Disconnected {
        /// The event's wire name.
        event: &'static str,
        /// Why the connection ended.
        reason: DisconnectReason,
    },
    /// The answer does not fit the declared type (peer).
    #[error(transparent)]
    Decode(#[from] PayloadError),
    /// The service answered with an error of its own.
    #[error("the server answered with an error: {0:?}")]
    Remote(E),
}

/// A payload that does not fit its declared type: the peer's fault, or the schema's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{subject} `{event}` does not fit its declaration: {argument}{at}: {reason}", argument = ArgumentName(argument.as_ref()), at = At(path))]
#[non_exhaustive]
pub struct PayloadError {
    /// Whether this is about an event's arguments or about an answer.
    pub subject: PayloadSubject,
    /// The event's wire name.
    pub event: String,
    /// The argument that does not fit; `None` when it is the list of arguments itself.
    pub argument: Option<ArgumentPosition>,
    /// Where in the argument, such as `rooms[2].name`; empty for the argument itself.
    pub path: String,
    /// What was expected and what was found.
    pub reason: String,
}

/// Which payload a [`PayloadError`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayloadSubject {
    /// The arguments of an event.
    Event,
    /// The values of an acknowledgement.
    Answer,
    /// The `data` of a refused connection.
    Refusal,
}

/// An argument by position, and by name where the schema gives one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArgumentPosition {
    /// Position, from 0.
    pub index: usize,
    /// The name in the schema.
    pub name: Option<&'static str>,
}

/// Something the server sent on a socket that could not be handed to any listener, or
/// something emitted that had to be thrown away later. See [`Socket::on_invalid`](crate::Socket::on_invalid).
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum InvalidEvent {
    /// The schema has no such event (peer, or an old schema).
    #[error("the server sent event `{event}`, which the schema does not declare")]
    Undeclared {
        /// The event's wire name.
        event: String,
    },
    /// The arguments do not fit the declaration (peer, or an old schema).
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// The packet broke the protocol and was dropped; the connection goes on (peer).
    #[error("a packet was dropped: {0}")]
    Packet(DecodeError),
    /// An event that had been accepted for sending was thrown away (caller).
    #[error(transparent)]
    Emit(EmitError),
}

/// A [`once`](crate::Socket::once) whose socket was disconnected before the event came (caller).
#[derive(Debug, Clone, Error)]
#[error("the socket was disconnected before event `{event}` came")]
#[non_exhaustive]
pub struct ListenerEnded {
    /// The event's wire name.
    pub event: &'static str,
}

/// The connection's task has ended, because the tokio runtime that it ran on has shut down
/// (caller).
#[derive(Debug, Clone, Error)]
#[error("the runtime that ran the connection has shut down")]
#[non_exhaustive]
pub struct Shutdown;

/// The failure of an authentication provider, from any error by `?`.
///
/// It deliberately does not implement [`std::error::Error`], so that every error converts into
/// it.
#[derive(Clone)]
pub struct AuthError(Arc<dyn std::error::Error + Send + Sync>);

impl AuthError {
    /// A failure told in words.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(Box::<dyn std::error::Error + Send + Sync>::from(reason.into()).into())
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for AuthError {
    fn from(error: E) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Debug for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Display for PayloadSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Event => "event",
            Self::Answer => "the answer to",
            Self::Refusal => "the refusal of",
        })
    }
}

struct ArgumentName<'a>(Option<&'a ArgumentPosition>);

impl fmt::Display for ArgumentName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(ArgumentPosition { name: Some(name), .. }) => write!(f, "argument `{name}`"),
            Some(ArgumentPosition { index, name: None }) => write!(f, "argument {index}"),
            None => f.write_str("the payload"),
        }
    }
}

struct At<'a>(&'a str);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " at `{}`", self.0) }
    }
}

struct CloseCode(Option<u16>);

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |code| write!(f, " (code {code})"))
    }
}
