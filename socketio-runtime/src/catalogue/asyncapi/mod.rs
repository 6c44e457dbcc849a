//! AsyncAPI 3.0: namespaces are channels, events messages, acknowledgements replies.
//!
//! What AsyncAPI has no word for stands under `x-socketio`. It has no binding for Socket.IO; the
//! handshake's request is in the one for WebSockets. The id of an acknowledgement is in the
//! packet's envelope and not in its payload, so there is no `correlationId` and no reply address:
//! both could only point into a payload.

// Must not know: how catalogues are made.

mod channel;
mod document;
mod message;
mod text;

/// Whose application an AsyncAPI document describes, which decides what it sends and what it
/// receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Perspective {
    /// A client's: it sends what clients emit.
    Client,
    /// The server's: it receives what clients emit.
    Server,
}
