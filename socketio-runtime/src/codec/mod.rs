//! Bytes ⇄ packets, as pure functions: Engine.IO v4 outside, Socket.IO v5 inside its messages.
//!
//! Must not know: time, connections, payload types.

mod error;

pub use error::DecodeError;
