//! What the client in its own process says of itself, a line of JSON each, and what it is told.

use serde::{Deserialize, Serialize};

/// How the client is to behave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) url: String,
    pub(crate) transports: Vec<String>,
    /// A round is one event of each kind.
    pub(crate) round_ms: u64,
    /// Bytes that each event carries along.
    pub(crate) padding: usize,
    pub(crate) open_timeout_ms: u64,
    pub(crate) ack_timeout_ms: u64,
    /// Whether each round also has an event that is sent again.
    pub(crate) retries: bool,
}

/// What the client is told, a line of JSON each.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Order {
    /// Emits binary data of this size, a multiple of ten, to be answered.
    Attach { bytes: usize },
    /// Emits nothing more, waits until everything has settled, and says `Done`.
    Stop,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Report {
    /// The emit method took the event.
    Accepted {
        number: u64,
        kind: Kind,
        size: usize,
        during: Span,
    },
    /// The emit method refused it, because the socket is offline.
    Refused {
        number: u64,
        kind: Kind,
        during: Span,
    },
    /// It was handed to the network, on this connection, counted from 1.
    Sent {
        number: u64,
        connection: u64,
    },
    /// Its answer came, or does not.
    Settled {
        number: u64,
        outcome: Outcome,
    },
    /// An event of this kind, without ack, was thrown away after it had been accepted.
    ThrownAway {
        kind: Kind,
    },
    /// The server said this number; how often the client had been connected by then.
    Heard {
        number: u64,
        connection: usize,
    },
    Connected {
        recovered: bool,
    },
    Disconnected {
        reason: String,
    },
    ConnectError {
        error: String,
    },
    Upgraded {},
    /// Everything has settled.
    Done {
        dropped: u64,
    },
}

/// A time in the socket's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Span {
    /// After this connection, counted from 1, and before the next.
    After(u64),
    On(u64),
    /// It changed while it was asked.
    Unknown,
}

/// How an event is emitted. The name is the event's on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    ToldBuffer,
    ToldDrop,
    ToldReject,
    AskedBuffer,
    AskedDrop,
    AskedReject,
    Retried,
    /// As `AskedBuffer`, with binary data.
    Attached,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    /// By this number.
    Answered(u64),
    /// Nothing of it was sent.
    Unsent,
    /// The connection was lost after it was sent.
    Disconnected,
    /// As nothing that happens here should make it.
    Unexpected,
}

impl Kind {
    /// Those of a round.
    pub(crate) const ROUND: [Self; 7] = [
        Self::ToldBuffer,
        Self::ToldDrop,
        Self::ToldReject,
        Self::AskedBuffer,
        Self::AskedDrop,
        Self::AskedReject,
        Self::Retried,
    ];

    /// Of an event's name on the wire.
    pub(crate) fn named(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }

    /// Whether it waits for the connection, and is not sent again.
    pub(crate) fn is_buffered(self) -> bool {
        matches!(self, Self::ToldBuffer | Self::AskedBuffer | Self::Attached)
    }

    pub(crate) fn is_asked(self) -> bool {
        !matches!(self, Self::ToldBuffer | Self::ToldDrop | Self::ToldReject)
    }
}
