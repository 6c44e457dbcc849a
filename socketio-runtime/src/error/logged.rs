//! What the log says of an error: nothing that the server or the user has put into it, since that
//! may be a payload, or a secret that is repeated in an answer.
//!
//! Must not know: who logs it.

use std::fmt;

use super::{
    ConnectError, DisconnectReason, EmitError, InvalidEvent, PayloadError, TransportError,
};

/// An error as it is logged. Its [`Display`](fmt::Display) tells less than the error's own.
pub(crate) struct Logged<'a, E>(pub(crate) &'a E);

impl fmt::Display for Logged<'_, ConnectError> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ConnectError::Transport(error) => Logged(error).fmt(f),
            ConnectError::Handshake { .. } => {
                f.write_str("the server's Engine.IO handshake is not valid")
            }
            ConnectError::Refused { namespace, .. } => {
                write!(f, "the server refused namespace `{namespace}`")
            }
            ConnectError::Auth(_) => f.write_str("the authentication payload could not be made"),
            ConnectError::Disconnected(reason) => {
                write!(f, "disconnected before the namespace was accepted: {}", Logged(reason))
            }
            error => error.fmt(f),
        }
    }
}

impl fmt::Display for Logged<'_, DisconnectReason> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            DisconnectReason::TransportError(error) => {
                write!(f, "transport error: {}", Logged(error))
            }
            reason => reason.fmt(f),
        }
    }
}

impl fmt::Display for Logged<'_, TransportError> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            TransportError::Status { transport, status, refusal, .. } => {
                write!(f, "the server answered the {transport} request with HTTP status {status}")?;
                match refusal {
                    Some(refusal) => write!(f, " (Engine.IO code {})", refusal.code.number()),
                    None => Ok(()),
                }
            }
            TransportError::Redirected { transport, status, .. } => {
                write!(f, "the server redirected the {transport} request with HTTP status {status}")
            }
            TransportError::Hook(_) => f.write_str("the request hook failed"),
            error => error.fmt(f),
        }
    }
}

impl fmt::Display for Logged<'_, InvalidEvent> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            InvalidEvent::Payload(PayloadError { subject, event, .. }) => {
                write!(f, "{subject} `{event}` does not fit its declaration")
            }
            InvalidEvent::Emit(EmitError::Serialize { argument, event, .. }) => {
                write!(f, "argument {argument} of event `{event}` cannot be written as JSON")
            }
            invalid => invalid.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{AuthError, EngineRefusal, PayloadSubject, Refusal, Transport};

    #[test]
    fn what_others_have_put_into_an_error_is_not_logged() {
        let status = || TransportError::Status {
            transport: Transport::Polling,
            status: 403,
            refusal: EngineRefusal::read(r#"{"code":4,"message":"secret"}"#),
            body: "/?token=secret".to_owned(),
        };
        let refusal = Refusal::new("secret is wrong", Some(r#""secret""#));
        for error in [
            ConnectError::Transport(status()),
            ConnectError::Transport(TransportError::Redirected {
                transport: Transport::WebSocket,
                status: 302,
                target: Some("https://secret.test".to_owned()),
            }),
            ConnectError::Handshake { reason: "found secret".to_owned() },
            ConnectError::Refused { namespace: "/".to_owned(), refusal },
            ConnectError::Auth(AuthError::new("https://id.test/?client_secret=secret")),
            ConnectError::Disconnected(DisconnectReason::TransportError(status())),
        ] {
            assert!(format!("{error:?}").contains("secret"), "{error:?}");
            let logged = Logged(&error).to_string();
            assert!(!logged.is_empty() && !logged.contains("secret"), "{logged}");
        }
        for invalid in [
            InvalidEvent::Payload(PayloadError {
                subject: PayloadSubject::Event,
                event: "login".to_owned(),
                argument: None,
                path: "secret.key".to_owned(),
                reason: "invalid type: string \"secret\"".to_owned(),
            }),
            InvalidEvent::Emit(EmitError::Serialize {
                event: "login".to_owned(),
                argument: 0,
                reason: "not secret".to_owned(),
            }),
        ] {
            let logged = Logged(&invalid).to_string();
            assert!(logged.contains("login") && !logged.contains("secret"), "{logged}");
        }
    }
}
