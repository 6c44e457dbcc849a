//! What travels.
//!
//! Must not know: the contenders.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// A chat message of some 200 bytes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub id: String,
    pub content: String,
    pub sender_id: String,
    pub room_id: String,
    pub created_at: String,
}

/// How many allocations the fields of a received [`Message`] are.
pub const FIELDS_OF_MESSAGE: f64 = 5.0;

#[must_use]
pub fn message() -> Message {
    Message {
        id: "01JD8Z3C5W8QK2V7N4M6T9R1XF".to_owned(),
        content: "0123456789".repeat(10),
        sender_id: "alice".to_owned(),
        room_id: "lobby".to_owned(),
        created_at: "2026-11-23T10:00:00Z".to_owned(),
    }
}

/// What goes along with an attachment.
#[derive(Debug, Serialize, Deserialize)]
pub struct FileMetadata {
    pub name: String,
    pub size: usize,
}

pub const ATTACHMENT_SIZE: usize = 65_536;

#[must_use]
pub fn metadata() -> FileMetadata {
    FileMetadata { name: "photo.png".to_owned(), size: ATTACHMENT_SIZE }
}

#[must_use]
pub fn attachment() -> Bytes {
    vec![7; ATTACHMENT_SIZE].into()
}
