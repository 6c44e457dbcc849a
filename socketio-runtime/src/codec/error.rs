//! What can be wrong with a packet.
//!
//! Must not know: who sent it.

use thiserror::Error;

/// A packet that breaks the protocol; always the peer's fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The packet is empty.
    #[error("empty packet")]
    Empty,
}
