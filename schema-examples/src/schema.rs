//! The chat service's events in both directions, and its namespace: the whole contract.
//!
//! The names on the wire are the service's; a Node team has the same contract in TypeScript.

use socketio_runtime::{Bytes, client_to_server, namespace, server_to_client};

use crate::payload::{
    ChatMessage, Credentials, FileMetadata, JoinResult, MessageResponse, Presence, Refusal, Room,
    SocketError, TypingStarted, TypingStopped, UploadResponse, User,
};

/// What the chat server tells its clients.
#[server_to_client(export, testing)]
pub trait ServerToClient {
    /// Someone joined a room that this client is in.
    #[event("user:joined")]
    fn user_joined(user: User);

    /// Someone left a room that this client is in, or went offline.
    #[event("user:left")]
    fn user_left(user_id: String);

    /// Someone, perhaps this client itself, said something in a room that this client is in.
    #[event("message:received")]
    fn message_received(message: ChatMessage);

    /// A room that this client is in changed.
    #[event("room:updated")]
    fn room_updated(room: Room);

    /// Someone else started to type.
    #[event("typing:start")]
    fn typing_start(typing: TypingStarted);

    /// Someone else stopped typing.
    #[event("typing:stop")]
    fn typing_stop(typing: TypingStopped);

    /// Something that this client asked for was not done.
    fn error(error: SocketError);

    /// The answer to `ping`.
    fn pong();

    /// The server asks whether somebody is there. The answer repeats the nonce.
    #[event("presence:check")]
    fn presence_check(nonce: u64) -> Presence;

    /// Someone, perhaps this client itself, shared a file in a room that this client is in.
    #[event("file:received")]
    fn file_received(content: Bytes, metadata: FileMetadata);
}

/// What a client may ask of the chat server.
#[client_to_server(export, testing)]
pub trait ClientToServer {
    /// Says something in every room that this client is in.
    #[event("message:send")]
    fn message_send(content: &str) -> MessageResponse;

    /// Enters a room; it is made if it does not exist.
    #[event("room:join")]
    fn room_join(room_id: &str) -> JoinResult;

    /// Leaves a room.
    #[event("room:leave")]
    fn room_leave(room_id: &str);

    /// This client's user started to type. Of no use when it comes late, so it may be lost.
    #[event("typing:start", volatile)]
    fn typing_start(room_id: &str);

    /// This client's user stopped typing.
    #[event("typing:stop", volatile)]
    fn typing_stop(room_id: &str);

    /// Asks for a `pong`.
    fn ping();

    /// Shares a file in every room that this client is in.
    #[event("file:upload", timeout = "60s")]
    fn file_upload(content: Bytes, metadata: &FileMetadata) -> UploadResponse;
}

/// The chat namespace.
#[namespace("/chat", listens = ServerToClient, emits = ClientToServer, auth = Credentials, refusal = Refusal, export)]
#[derive(Debug)]
pub struct Chat;
