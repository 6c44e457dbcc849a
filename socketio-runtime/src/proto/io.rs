//! The words between the state machine and the transports.
//!
//! Must not know: sockets, HTTP.

use std::{fmt, sync::Arc};

use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{codec::Frame, error::TransportError};

/// One way to the server: a WebSocket, or the long-polling requests of one session. Never used
/// twice, so that what comes late from one that was given up finds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ChannelId(pub(super) u64);

/// The id of an Engine.IO session. Whoever knows it can take the session over.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SessionId(pub(crate) Arc<str>);

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(…)")
    }
}

/// What the transports report.
#[derive(Debug)]
pub(crate) enum Input {
    /// The WebSocket can carry frames.
    Opened { channel: ChannelId },
    /// One Engine.IO packet came over the WebSocket.
    Frame { channel: ChannelId, frame: Frame },
    /// The WebSocket could not be opened, or broke. It is gone.
    Failed { channel: ChannelId, error: TransportError },
    /// The WebSocket was closed in good order. It is gone.
    Closed { channel: ChannelId, code: Option<u16> },
    /// Whether the WebSocket takes frames at once. At first it does.
    Writable { channel: ChannelId, writable: bool },
    /// The WebSocket's ping of this number was answered.
    Ponged { channel: ChannelId, number: u64 },
    /// The GET has brought packets, and will bring more.
    Part { channel: ChannelId, packets: Utf8Bytes },
    /// The GET has ended, with the packets that it brought.
    Polled { channel: ChannelId, result: Result<Utf8Bytes, TransportError> },
    /// The POST has ended.
    Posted { channel: ChannelId, result: Result<(), TransportError> },
}

/// What the transports have to do, in this order.
#[derive(Debug, Clone)]
pub(crate) enum Transmit {
    /// Open a WebSocket; with a session's id, one that is to take the session over from
    /// long-polling.
    Open { channel: ChannelId, session: Option<SessionId> },
    /// Send a frame over the WebSocket.
    Frame { channel: ChannelId, frame: Frame },
    /// Send a ping of the WebSocket's own, behind the frames that came before.
    Ping { channel: ChannelId, number: u64 },
    /// Close the WebSocket in good order, behind the frames that came before.
    Close { channel: ChannelId },
    /// Ask for packets; without a session's id, for a new session.
    Get { channel: ChannelId, session: Option<SessionId> },
    /// Bring packets.
    Post { channel: ChannelId, session: SessionId, body: String },
    /// Drop the WebSocket, or whatever requests are under way.
    Abort { channel: ChannelId },
}

impl Input {
    pub(super) fn channel(&self) -> ChannelId {
        match self {
            Self::Opened { channel }
            | Self::Frame { channel, .. }
            | Self::Failed { channel, .. }
            | Self::Closed { channel, .. }
            | Self::Writable { channel, .. }
            | Self::Ponged { channel, .. }
            | Self::Part { channel, .. }
            | Self::Polled { channel, .. }
            | Self::Posted { channel, .. } => *channel,
        }
    }
}
