//! The two transports of an Engine.IO session.
//!
//! Must not know: how they carry packets.

use std::fmt;

/// How the packets of a connection travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// HTTP long-polling: one request that waits for the server's packets, and one at a time that
    /// brings it this side's. Works wherever HTTP does.
    Polling,
    /// One WebSocket: the faster and cheaper one.
    WebSocket,
}

impl Transport {
    /// The name in URLs and handshakes (Engine.IO protocol 4.1, "Query parameters").
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Polling => "polling",
            Self::WebSocket => "websocket",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Polling, Self::WebSocket].into_iter().find(|transport| transport.name() == name)
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
