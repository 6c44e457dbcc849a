//! What servers, proxies and the caller's own hook say when an HTTP request is not granted.
//!
//! Must not know: the requests, how they are made.

use std::{fmt, io, sync::Arc};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use thiserror::Error;

/// What an Engine.IO server says when it refuses a request (peer).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message} (Engine.IO code {})", .code.number())]
#[non_exhaustive]
pub struct EngineRefusal {
    /// What the server objects to.
    pub code: RefusalCode,
    /// Its words: a fixed text for each code, except that middleware and `allowRequest` may say
    /// what they like.
    pub message: String,
}

/// The codes of `Server.errors` in `engine.io/lib/server.ts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalCode {
    /// 0: the server has not enabled this transport.
    TransportUnknown,
    /// 1: the server has no such session: it has ended or, where there are several servers, the
    /// request has reached another one than the handshake did; sessions have to stick.
    SessionUnknown,
    /// 2: the handshake was made by another method than GET.
    BadHandshakeMethod,
    /// 3: the request does not fit the session, or the server's middleware failed.
    BadRequest,
    /// 4: the server's `allowRequest` said no.
    Forbidden,
    /// 5: the server speaks another revision of Engine.IO.
    UnsupportedProtocolVersion,
    /// A code that this client does not know.
    Other(u32),
}

/// Why a proxy did not open the way to the server.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// No connection to the proxy (network).
    #[error("could not connect: {0}")]
    Connect(Arc<io::Error>),
    /// The TLS handshake with an `https://` proxy failed (network or proxy).
    #[error("TLS failed: {0}")]
    Tls(Arc<io::Error>),
    /// The proxy refused (proxy). 407 means that it wants other credentials, 502 to 504 that it
    /// cannot reach the server.
    #[error("it refused with HTTP status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The connection ended, or what answers does not speak HTTP (proxy).
    #[error("it is no HTTP proxy: {reason}")]
    NotAProxy {
        /// What is wrong with it.
        reason: String,
    },
}

/// The failure of a request hook, from any error by `?`.
///
/// It deliberately does not implement [`std::error::Error`], so that every error converts into
/// it.
#[derive(Clone)]
pub struct HookError(Arc<dyn std::error::Error + Send + Sync>);

impl EngineRefusal {
    /// Reads the body of a refusal: `{"code":1,"message":"Session ID unknown"}` or, where a
    /// WebSocket was asked for, the bare message (`engine.io/lib/server.ts`, `abortRequest` and
    /// `abortUpgrade`).
    pub(crate) fn read(body: &str) -> Option<Self> {
        let body = body.trim();
        if let Some(code) = RefusalCode::KNOWN.into_iter().find(|(_, message)| *message == body) {
            return Some(Self { code: code.0, message: body.to_owned() });
        }
        serde_json::from_str(body).ok()
    }
}

impl RefusalCode {
    const KNOWN: [(Self, &str); 6] = [
        (Self::TransportUnknown, "Transport unknown"),
        (Self::SessionUnknown, "Session ID unknown"),
        (Self::BadHandshakeMethod, "Bad handshake method"),
        (Self::BadRequest, "Bad request"),
        (Self::Forbidden, "Forbidden"),
        (Self::UnsupportedProtocolVersion, "Unsupported protocol version"),
    ];

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Self::TransportUnknown => 0,
            Self::SessionUnknown => 1,
            Self::BadHandshakeMethod => 2,
            Self::BadRequest => 3,
            Self::Forbidden => 4,
            Self::UnsupportedProtocolVersion => 5,
            Self::Other(number) => number,
        }
    }

    fn from_number(number: u32) -> Self {
        let mut known = Self::KNOWN.into_iter().map(|(code, _)| code);
        known.find(|code| code.number() == number).unwrap_or(Self::Other(number))
    }
}

impl HookError {
    /// A failure told in words.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(Box::<dyn std::error::Error + Send + Sync>::from(reason.into()).into())
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for HookError {
    fn from(error: E) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Debug for HookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for HookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<'de> Deserialize<'de> for EngineRefusal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RefusalVisitor)
    }
}

struct RefusalVisitor;

impl<'de> Visitor<'de> for RefusalVisitor {
    type Value = EngineRefusal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an Engine.IO refusal")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<EngineRefusal, A::Error> {
        let (mut code, mut message) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match &*key {
                "code" => code = Some(RefusalCode::from_number(map.next_value()?)),
                "message" => message = Some(map.next_value()?),
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        let missing = serde::de::Error::missing_field;
        Ok(EngineRefusal {
            code: code.ok_or_else(|| missing("code"))?,
            message: message.ok_or_else(|| missing("message"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read_from_json_and_from_bare_text() {
        let refusal = |code, message: &str| Some(EngineRefusal { code, message: message.into() });
        for (body, expected) in [
            (
                r#"{"code":1,"message":"Session ID unknown"}"#,
                refusal(RefusalCode::SessionUnknown, "Session ID unknown"),
            ),
            (
                r#"{"code":4,"message":"no token","context":{}}"#,
                refusal(RefusalCode::Forbidden, "no token"),
            ),
            (r#"{"code":9,"message":"new"}"#, refusal(RefusalCode::Other(9), "new")),
            ("Bad request", refusal(RefusalCode::BadRequest, "Bad request")),
            ("<h1>Not Found</h1>", None),
            (r#"{"message":"not Engine.IO"}"#, None),
            (r#"{"code":-1,"message":"x"}"#, None),
            ("", None),
        ] {
            assert_eq!(EngineRefusal::read(body), expected, "{body}");
        }
    }
}
