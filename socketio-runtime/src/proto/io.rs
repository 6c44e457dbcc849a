//! The words between the state machine and the transport.
//!
//! Must not know: which transport.

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::error::TransportError;

/// One connection to the server. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ChannelId(pub(super) u64);

/// What the transport reports.
#[derive(Debug)]
pub(crate) enum Input {
    /// The channel can carry frames.
    Opened { channel: ChannelId },
    /// One Engine.IO packet came.
    Frame { channel: ChannelId, frame: Frame },
    /// The channel could not be opened, or broke. It is gone.
    Failed { channel: ChannelId, error: TransportError },
    /// The channel was closed in good order. It is gone.
    Closed { channel: ChannelId, code: Option<u16> },
    /// Whether the channel takes frames at once. At first it does.
    Writable { channel: ChannelId, writable: bool },
}

/// One Engine.IO packet on the wire.
#[derive(Debug, Clone)]
pub(crate) enum Frame {
    Text(Utf8Bytes),
    Binary(Bytes),
}

/// What the transport has to do, in this order.
#[derive(Debug, Clone)]
pub(crate) enum Transmit {
    /// Open a channel.
    Open { channel: ChannelId },
    /// Send a frame.
    Frame { channel: ChannelId, frame: Frame },
    /// Send what came before, then close in good order.
    Close { channel: ChannelId },
    /// Drop the channel.
    Abort { channel: ChannelId },
}

impl Frame {
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }
}
