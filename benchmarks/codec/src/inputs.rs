//! What is sent.
//!
//! Must not know: how it is written.

use serde::{Deserialize, Serialize};
use socketio_runtime::Bytes;

/// A chat message of some 200 bytes.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub id: String,
    pub content: String,
    pub sender_id: String,
    pub room_id: String,
    pub created_at: String,
}

/// What stands beside an attachment.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileMetadata {
    pub name: String,
    pub mime_type: String,
    pub size: usize,
}

pub fn message() -> Message {
    Message {
        id: "01JD8Z3C5W8QK2V7N4M6T9R1XF".to_owned(),
        content: "0123456789".repeat(10),
        sender_id: "alice".to_owned(),
        room_id: "lobby".to_owned(),
        created_at: "2026-11-23T10:00:00Z".to_owned(),
    }
}

/// Some 10 KB of messages.
pub fn history() -> Vec<Message> {
    vec![message(); 46]
}

/// An attachment of 64 KiB.
pub fn file() -> (FileMetadata, Bytes) {
    let content = vec![0x5a; 64 << 10];
    let (name, mime_type) = ("picture.png".to_owned(), "image/png".to_owned());
    (FileMetadata { name, mime_type, size: content.len() }, content.into())
}
