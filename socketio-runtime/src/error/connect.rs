//! What can go wrong with making a client and with entering a namespace.
//!
//! Must not know: packets, how bytes travel.

use std::{fmt, sync::Arc, time::Duration};

use serde::de::DeserializeOwned;
use thiserror::Error;

use super::{DisconnectReason, PayloadError, PayloadSubject, TransportError, excerpt};

/// Why a [`Client`](crate::Client) could not be built. Always the caller's mistake.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The URL is not one this client can dial.
    #[error("`{url}` is not a Socket.IO server URL: {reason}")]
    InvalidUrl {
        /// The URL, without credentials and query, which may be secret.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A header name or value has characters that HTTP does not allow, or the client sets the
    /// header itself.
    #[error("`{name}` is not a valid extra header: {reason}")]
    InvalidHeader {
        /// The name as given, up to where it is none; the value is not repeated, since it may be
        /// secret.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A root certificate could not be read, or there is none to trust.
    #[error("a root certificate could not be read: {reason}")]
    InvalidCertificate {
        /// What is wrong with it.
        reason: String,
    },
    /// There is no transport to connect with.
    #[error("the list of transports is empty")]
    NoTransports,
    /// A client of this server is shared already; its options would differ.
    #[error("a client of `{url}` is shared already")]
    AlreadyShared {
        /// The URL, without credentials and query, which may be secret.
        url: String,
    },
    /// The client's own certificate or its key could not be read, or they do not belong together.
    #[error("the client certificate cannot be used: {reason}")]
    InvalidClientCertificate {
        /// What is wrong with it.
        reason: String,
    },
    /// A query parameter has a name that Engine.IO uses itself, or none.
    #[error("`{name}` is not a valid query parameter: {reason}")]
    InvalidQuery {
        /// The name as given; the value is not repeated, since it may be secret.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A WebSocket subprotocol has characters that HTTP does not allow in its name.
    #[error("`{protocol}` is not a valid WebSocket subprotocol")]
    InvalidProtocol {
        /// The name as given.
        protocol: String,
    },
    /// The proxy is not one this client can use.
    #[error("the proxy cannot be used: {reason}")]
    InvalidProxy {
        /// What is wrong with it; its URL is not repeated, since it may have credentials.
        reason: String,
    },
    /// The URL asks for TLS, and the `tls` feature is off.
    #[error("`{url}` needs the `tls` feature of socketio-runtime")]
    TlsDisabled {
        /// The URL, without credentials and query, which may be secret.
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
    /// The connection could not be opened, or broke meanwhile, or an HTTP request was refused
    /// (network, or whom the [`TransportError`] names).
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
    /// again until [`connect`](crate::Socket::connect) is called, unless a
    /// [`retry_policy`](crate::ClientBuilder::retry_policy) says so.
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
    /// The path that was given at run time is not a namespace's (caller).
    #[error("`{namespace}` is not a namespace: {reason}")]
    InvalidNamespace {
        /// The path as given.
        namespace: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The namespace declares an authentication payload, and
    /// [`SocketBuilder::auth`](crate::SocketBuilder::auth) was not called (caller).
    #[error("namespace `{namespace}` declares an authentication payload, and none was given")]
    AuthMissing {
        /// The namespace's path.
        namespace: String,
    },
    /// There is no tokio runtime to run the connection on, or it has shut down (caller).
    #[error("no tokio runtime is running the connection")]
    NoRuntime,
}

impl ConnectError {
    /// Whether another transport may do better: something answered, or may have swallowed the
    /// request, on the layers above TCP and TLS.
    pub(crate) fn depends_on_transport(&self) -> bool {
        match self {
            Self::Transport(error) => error.depends_on_transport(),
            Self::Handshake { .. } | Self::Disconnected(_) => true,
            _ => false,
        }
    }

    /// Whether this, with which the preferred transport failed, is what the user is told, and not
    /// `next`, with which the next one did. It is, unless it would be the end of all attempts, or
    /// is a connection closed without a word.
    pub(crate) fn says_more_than(&self, next: &Self) -> bool {
        let is_wordless = matches!(self, Self::Transport(TransportError::Closed { code: None }));
        self.is_retried() && !(is_wordless && next.is_retried())
    }
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
            path: excerpt(&error.path().to_string()),
            reason: excerpt(&error.into_inner().to_string()),
        }))
    }
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
