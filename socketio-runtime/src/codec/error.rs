//! What can be wrong with a packet.
//!
//! Must not know: who sent it, what happens next.

use thiserror::Error;

/// A packet that breaks the protocol; always the peer's fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// An Engine.IO packet without its type, or a message without content.
    #[error("empty packet")]
    Empty,
    /// An Engine.IO packet of a type that does not exist or that only a client sends.
    #[error("unknown Engine.IO packet type {0:?}")]
    UnknownEngineType(char),
    /// A binary packet in a text that is no base64.
    #[error("binary data that is not base64")]
    InvalidBase64,
    /// A Socket.IO packet of a type that does not exist.
    #[error("unknown Socket.IO packet type {0:?}")]
    UnknownSocketType(char),
    /// A binary packet whose number of attachments is missing, zero or not a number.
    #[error("illegal number of attachments")]
    IllegalAttachments,
    /// A binary packet that announces more attachments than are accepted.
    #[error("{count} attachments are over the limit of {limit}")]
    TooManyAttachments {
        /// How many were announced.
        count: usize,
        /// [`ClientBuilder::max_attachments`](crate::ClientBuilder::max_attachments).
        limit: usize,
    },
    /// An ack id beyond 2⁵³, where JavaScript's numbers end.
    #[error("ack id at byte {at} is out of range")]
    AckIdOutOfRange {
        /// Where it begins in the packet.
        at: usize,
    },
    /// A payload of the wrong form for its packet.
    #[error("invalid payload at byte {at}: expected {expected}")]
    InvalidPayload {
        /// Where it begins in the packet.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// A message that is not a packet of `socket.io-msgpack-parser`, as a server sends that uses
    /// another parser.
    #[error("invalid msgpack packet at byte {at}: expected {expected}")]
    InvalidMsgpack {
        /// Where it goes wrong in the message.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// A binary message that no packet waits for.
    #[error("binary data without a packet that announced it")]
    UnexpectedBinary,
    /// A packet was followed by another one before all its attachments had come.
    #[error("{missing} of {expected} attachments are missing")]
    MissingAttachments {
        /// How many did not come.
        missing: usize,
        /// How many were announced.
        expected: usize,
    },
    /// A second CONNECT for a namespace that is connected.
    #[error("CONNECT for a namespace that is connected")]
    DuplicateConnect,
    /// More events before the namespace was accepted than are kept:
    /// [`limits::EARLY_EVENTS`](crate::limits::EARLY_EVENTS) and
    /// [`limits::EARLY_BYTES`](crate::limits::EARLY_BYTES).
    #[error("more events before the namespace was accepted than are kept")]
    TooEarly,
}
