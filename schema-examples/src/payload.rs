//! The payload types of the chat service, for client and server alike.
//!
//! Plain serde types: nothing here knows of sockets, or that JSON is how they travel.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who someone in the chat is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct User {
    /// Stays the same across reconnects, unlike the id of a socket.
    pub id: String,
    /// The name that others see.
    pub username: String,
    /// URL of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub avatar: Option<String>,
}

/// A message, as the members of its room receive it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    /// The id that the sender got as [`MessageResponse::message_id`].
    pub id: String,
    /// The text.
    pub content: String,
    /// [`User::id`] of who sent it.
    pub sender_id: String,
    /// [`Room::id`] of where it was said.
    pub room_id: String,
    /// When the server accepted it; RFC 3339 on the wire.
    #[schemars(with = "String", extend("format" = "date-time"))]
    #[ts(type = "string")]
    pub created_at: Timestamp,
}

/// A room and how many are in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// What `room:join` was called with.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// Members at the time of sending.
    pub member_count: u32,
}

/// Someone began to type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct TypingStarted {
    /// [`User::id`] of who types.
    pub user_id: String,
    /// [`User::username`] of who types.
    pub username: String,
}

/// Someone stopped typing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct TypingStopped {
    /// [`User::id`] of who stopped.
    pub user_id: String,
}

/// Something the server could not do, told beside any ack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SocketError {
    /// For programs, such as `not_in_room`.
    pub code: String,
    /// For people.
    pub message: String,
}

/// The answer to `message:send`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageResponse {
    /// Whether the message was broadcast.
    pub success: bool,
    /// The new message's id; absent on failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub message_id: Option<String>,
    /// Why not; absent on success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
}

/// The answer to `room:join`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct JoinResult {
    /// Whether the user is in the room now.
    pub success: bool,
    /// The room, counting the new member; absent on failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub room: Option<Room>,
    /// Why not; absent on success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
}

/// What a file is, beside its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FileMetadata {
    /// File name without a path.
    pub name: String,
    /// MIME type; `type` on the wire.
    #[serde(rename = "type")]
    pub mime_type: String,
    /// Size in bytes.
    pub size: u64,
}

/// The answer to `file:upload`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct UploadResponse {
    /// Whether the file was broadcast.
    pub success: bool,
    /// The new file's id; absent on failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub file_id: Option<String>,
    /// Why not; absent on success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
}

/// A client's answer to `presence:check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Presence {
    /// Whether someone is there.
    pub status: Status,
    /// The number that the server asked with.
    pub nonce: u64,
}

/// Whether someone is at the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// At the keyboard.
    Online,
    /// Connected, but elsewhere.
    Away,
}

/// What a client sends when it connects. In this service the token is the user's name: any
/// token is good but the empty one and `wrong`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Credentials {
    /// Who connects, and the proof of it.
    pub token: String,
}

/// The `data` of a refused connection.
///
/// The Node server sends it; the embedded one cannot, since socketioxide gives a refusal a
/// message and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Refusal {
    /// For programs, such as `invalid_token`.
    pub code: String,
}
