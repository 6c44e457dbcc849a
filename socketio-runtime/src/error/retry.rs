//! Which failures are worth another attempt.
//!
//! Must not know: when the next attempt is made, who asks.

use super::{ConnectError, DisconnectReason, RefusalCode, TransportError};

/// What went wrong with a socket, for a
/// [`retry_policy`](crate::ClientBuilder::retry_policy) to judge.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Failure<'a> {
    /// An attempt to connect failed, or was refused by the server.
    Attempt(&'a ConnectError),
    /// A socket that was connected is no more.
    Loss(&'a DisconnectReason),
}

impl Failure<'_> {
    /// Whether another attempt follows where no policy says otherwise:
    /// [`ConnectError::is_retried`] and [`DisconnectReason::is_retried`].
    #[must_use]
    pub fn is_retried(&self) -> bool {
        match self {
            Self::Attempt(error) => error.is_retried(),
            Self::Loss(reason) => reason.is_retried(),
        }
    }
}

/// What a [`retry_policy`](crate::ClientBuilder::retry_policy) says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RetryDecision {
    /// As [`Failure::is_retried`] says.
    #[default]
    Default,
    /// Another attempt, after the usual delay, if
    /// [`reconnection_attempts`](crate::ClientBuilder::reconnection_attempts) leave one.
    Retry,
    /// No further attempt until [`Socket::connect`](crate::Socket::connect) is called.
    GiveUp,
}

impl ConnectError {
    /// Whether another attempt follows where no
    /// [`retry_policy`](crate::ClientBuilder::retry_policy) says otherwise.
    ///
    /// As in the JavaScript client, everything on the way to the server is tried again: networks
    /// heal, servers restart, a certificate is renewed, a proxy stops answering for a server that
    /// is down (which is why 404 and 5xx are retried too); and so is an authentication provider
    /// that failed. These are not:
    ///
    /// - HTTP 401, 403 and 407: the request was understood and turned down, and the same one
    ///   would be again. The JavaScript client retries these for ever. Where they pass by
    ///   themselves, as with a firewall that throttles, a policy says so.
    /// - HTTP 400 whose body is Engine.IO's error 0 ("Transport unknown") or 5 ("Unsupported
    ///   protocol version"; `engine.io/lib/server.ts`, `Server.errors`): the server is set up so.
    /// - [`Refused`](Self::Refused) and [`UnsupportedServer`](Self::UnsupportedServer): the
    ///   service has given its word.
    /// - What is the caller's to change: [`NamespaceInUse`](Self::NamespaceInUse),
    ///   [`InvalidNamespace`](Self::InvalidNamespace), [`AuthMissing`](Self::AuthMissing),
    ///   [`NoRuntime`](Self::NoRuntime).
    /// - [`Disconnected`](Self::Disconnected) for a reason that [is not](DisconnectReason::is_retried).
    #[must_use]
    pub fn is_retried(&self) -> bool {
        match self {
            Self::Transport(TransportError::Status { status, refusal, .. }) => {
                let code = refusal.as_ref().map(|refusal| refusal.code);
                !matches!(status, 401 | 403 | 407)
                    && !matches!(
                        code,
                        Some(
                            RefusalCode::TransportUnknown | RefusalCode::UnsupportedProtocolVersion
                        )
                    )
            }
            Self::Transport(_)
            | Self::Handshake { .. }
            | Self::OpenTimeout { .. }
            | Self::NamespaceTimeout { .. }
            | Self::Auth(_) => true,
            Self::Disconnected(reason) => reason.is_retried(),
            Self::Refused { .. }
            | Self::UnsupportedServer
            | Self::NamespaceInUse { .. }
            | Self::InvalidNamespace { .. }
            | Self::AuthMissing { .. }
            | Self::NoRuntime => false,
        }
    }

    /// Why a socket is disconnected whose last attempt failed so.
    pub(crate) fn as_reason(&self) -> DisconnectReason {
        match self {
            Self::Refused { .. } | Self::UnsupportedServer => DisconnectReason::Refused,
            Self::Transport(error) => DisconnectReason::TransportError(error.clone()),
            Self::Disconnected(reason) => reason.clone(),
            _ => DisconnectReason::ReconnectFailed,
        }
    }
}

impl DisconnectReason {
    /// Whether the socket is reconnected where no
    /// [`retry_policy`](crate::ClientBuilder::retry_policy) says otherwise: what befell the
    /// connection is mended, what somebody wanted is respected. So it is for
    /// [`PingTimeout`](Self::PingTimeout), [`TransportClose`](Self::TransportClose),
    /// [`TransportError`](Self::TransportError) and [`ParseError`](Self::ParseError), as in the
    /// JavaScript client, and for no other reason.
    #[must_use]
    pub fn is_retried(&self) -> bool {
        match self {
            Self::PingTimeout
            | Self::TransportClose { .. }
            | Self::TransportError(_)
            | Self::ParseError(_) => true,
            Self::ServerDisconnect
            | Self::ClientDisconnect
            | Self::ReconnectFailed
            | Self::Refused
            | Self::Shutdown => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc, time::Duration};

    use super::{
        super::{EngineRefusal, Transport},
        *,
    };

    fn status(status: u16, body: &str) -> ConnectError {
        let (transport, refusal) = (Transport::Polling, EngineRefusal::read(body));
        TransportError::Status { transport, status, refusal, body: body.to_owned() }.into()
    }

    #[test]
    fn what_may_pass_by_itself_is_retried() {
        let source = Arc::new(io::Error::from(io::ErrorKind::ConnectionRefused));
        let address = "localhost:1".to_owned();
        for error in [
            ConnectError::Transport(TransportError::Connect { address, source }),
            ConnectError::Transport(TransportError::Closed { code: None }),
            ConnectError::Handshake { reason: "a login page".to_owned() },
            ConnectError::OpenTimeout { after: Duration::ZERO },
            ConnectError::Disconnected(DisconnectReason::PingTimeout),
            status(404, "no such route yet"),
            status(429, ""),
            status(502, "Bad Gateway"),
            // A session that another server of the cluster has.
            status(400, r#"{"code":1,"message":"Session ID unknown"}"#),
            status(400, "Bad Request"),
        ] {
            assert!(error.is_retried(), "{error}");
            assert!(Failure::Attempt(&error).is_retried());
        }
    }

    #[test]
    fn what_a_second_attempt_would_meet_again_is_not_retried() {
        for error in [
            status(401, ""),
            status(403, r#"{"code":4,"message":"Forbidden"}"#),
            status(407, ""),
            status(400, r#"{"code":0,"message":"Transport unknown"}"#),
            status(400, r#"{"code":5,"message":"Unsupported protocol version"}"#),
            ConnectError::UnsupportedServer,
            ConnectError::NoRuntime,
            ConnectError::Disconnected(DisconnectReason::ServerDisconnect),
        ] {
            assert!(!error.is_retried(), "{error}");
        }
        assert!(!Failure::Loss(&DisconnectReason::ServerDisconnect).is_retried());
        assert!(!Failure::Loss(&DisconnectReason::ClientDisconnect).is_retried());
    }
}
