//! The chat service's events in both directions, and its namespace: the whole contract.
//!
//! The names on the wire are the service's; a Node team has the same contract in TypeScript.

use socketio_runtime::{Bytes, client_to_server, namespace, server_to_client};

use crate::payload::{
    ChatMessage, Credentials, FileMetadata, JoinResult, MessageResponse, Presence, Refusal, Room,
    SocketError, TypingStarted, TypingStopped, UploadResponse, User,
};

/// What the chat server tells its clients.
#[server_to_client(
    export,
    testing,
    doctest = "use schema_examples::{payload::*, schema::*}; use socketio_runtime::Bytes;"
)]
pub trait ServerToClient {
    /// Someone joined a room that this client is in.
    #[event("user:joined", example = [{"id": "u1", "username": "Ada"}])]
    fn user_joined(
        /// Who joined.
        user: User,
    );

    /// Someone left a room that this client is in, or went offline.
    #[event("user:left", example = ["u1"])]
    fn user_left(
        /// [`User::id`] of who left.
        user_id: String,
    );

    /// Someone, perhaps this client itself, said something in a room that this client is in.
    #[event("message:received", example = [{
        "id": "m1",
        "content": "hello",
        "senderId": "u1",
        "roomId": "lobby",
        "createdAt": "2025-06-01T12:00:00Z"
    }])]
    fn message_received(
        /// What was said, where, by whom.
        message: ChatMessage,
    );

    /// A room that this client is in changed.
    #[event("room:updated", example = [{"id": "lobby", "name": "Lobby", "memberCount": 2}])]
    fn room_updated(
        /// The room as it is now.
        room: Room,
    );

    /// Someone else started to type.
    #[event("typing:start", example = [{"userId": "u1", "username": "Ada"}])]
    fn typing_start(
        /// Who types.
        typing: TypingStarted,
    );

    /// Someone else stopped typing.
    #[event("typing:stop", example = [{"userId": "u1"}])]
    fn typing_stop(
        /// Who does not type any more.
        typing: TypingStopped,
    );

    /// Something that this client asked for was not done.
    #[event(example = [{"code": "not_in_room", "message": "Join a room first."}])]
    fn error(
        /// What went wrong.
        error: SocketError,
    );

    /// The answer to `ping`.
    #[event(example = [])]
    fn pong();

    /// The server asks whether somebody is there. The answer repeats the nonce.
    #[event(
        "presence:check",
        example = [42],
        ack_example = [{"status": "online", "nonce": 42}]
    )]
    fn presence_check(
        /// Tells this question from others.
        nonce: u64,
    ) -> Presence;

    /// Someone, perhaps this client itself, shared a file in a room that this client is in.
    #[event("file:received", example = [
        {"_placeholder": true, "num": 0},
        {"name": "notes.txt", "type": "text/plain", "size": 5}
    ])]
    fn file_received(
        /// The file itself.
        content: Bytes,
        /// What it is.
        metadata: FileMetadata,
    );
}

/// What a client may ask of the chat server.
#[client_to_server(
    export,
    testing,
    doctest = "use schema_examples::{payload::*, schema::*}; use socketio_runtime::Bytes;"
)]
pub trait ClientToServer {
    /// Says something in every room that this client is in.
    #[event(
        "message:send",
        example = ["hello"],
        ack_example = [{"success": true, "messageId": "m1"}]
    )]
    fn message_send(
        /// The text.
        content: &str,
    ) -> MessageResponse;

    /// Enters a room; it is made if it does not exist.
    #[event(
        "room:join",
        example = ["lobby"],
        ack_example = [{
            "success": true,
            "room": {"id": "lobby", "name": "Lobby", "memberCount": 2}
        }]
    )]
    fn room_join(
        /// [`Room::id`] of the room.
        room_id: &str,
    ) -> JoinResult;

    /// Leaves a room.
    #[event("room:leave", example = ["lobby"])]
    fn room_leave(
        /// [`Room::id`] of the room.
        room_id: &str,
    );

    /// This client's user started to type. Of no use when it comes late, so it may be lost.
    #[event("typing:start", volatile, example = ["lobby"])]
    fn typing_start(
        /// [`Room::id`] of where.
        room_id: &str,
    );

    /// This client's user stopped typing.
    #[event("typing:stop", volatile, example = ["lobby"])]
    fn typing_stop(
        /// [`Room::id`] of where.
        room_id: &str,
    );

    /// Asks for a `pong`.
    #[event(example = [])]
    fn ping();

    /// Shares a file in every room that this client is in.
    #[event(
        "file:upload",
        timeout = "60s",
        example = [
            {"_placeholder": true, "num": 0},
            {"name": "notes.txt", "type": "text/plain", "size": 5}
        ],
        ack_example = [{"success": true, "fileId": "f1"}]
    )]
    fn file_upload(
        /// The file itself.
        content: Bytes,
        /// What it is.
        metadata: &FileMetadata,
    ) -> UploadResponse;
}

/// The chat namespace.
#[namespace("/chat", listens = ServerToClient, emits = ClientToServer, auth = Credentials, refusal = Refusal, export)]
#[derive(Debug)]
pub struct Chat;
