//! The events that carry the inputs.
//!
//! Must not know: how a packet is written.

use socketio_runtime::{Bytes, server_to_client};

use crate::inputs::{FileMetadata, Message};

#[server_to_client]
pub trait ServerToClient {
    #[event("message:received")]
    fn message_received(message: Message) -> (String, bool);
    #[event("history:received")]
    fn history_received(messages: Vec<Message>) -> (String, bool);
    #[event("file:received")]
    fn file_received(metadata: FileMetadata, content: Bytes) -> (String, bool);
}
