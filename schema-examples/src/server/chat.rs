//! What the chat service does: one handler an event, names and payloads as in the schema.
//!
//! Members of a room all receive its messages and files, their sender included; comings,
//! goings and typing go to the others alone. socketioxide runs each handler as a task of its
//! own, so a client that needs an order between two events waits for the first one's answer.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use socketioxide::{
    SocketIo,
    extract::{AckSender, Data, Extension, SocketRef, TryData},
    handler::ConnectHandler,
    layer::SocketIoLayer,
};

use super::NAMESPACE;
use crate::payload::{
    ChatMessage, Credentials, FileMetadata, JoinResult, MessageResponse, Presence, Room,
    SocketError, TypingStarted, TypingStopped, UploadResponse, User,
};

/// The service, to be laid over an HTTP router.
pub(super) fn layer() -> SocketIoLayer {
    let (layer, io) = SocketIo::new_layer();
    io.ns(NAMESPACE, welcome.with(authenticate));
    layer
}

async fn authenticate(
    socket: SocketRef,
    TryData(credentials): TryData<Credentials>,
) -> Result<(), Refused> {
    let token = credentials.map_err(|_| Refused("a token is required"))?.token;
    if token.is_empty() || token == "wrong" {
        return Err(Refused("invalid token"));
    }
    let user = User { id: format!("user-{token}"), username: token, avatar: None };
    socket.extensions.insert(user);
    Ok(())
}

async fn welcome(socket: SocketRef) {
    socket.on("message:send", message_send);
    socket.on("room:join", room_join);
    socket.on("room:leave", room_leave);
    socket.on("typing:start", typing_start);
    socket.on("typing:stop", typing_stop);
    socket.on("ping", async |socket: SocketRef| emit(&socket, "pong", &NO_ARGUMENTS));
    socket.on("file:upload", file_upload);
    socket.on_disconnect(disconnected);
}

async fn message_send(
    socket: SocketRef,
    Extension(user): Extension<User>,
    Data(content): Data<String>,
    ack: AckSender,
) {
    let problem = match content.as_str() {
        "" => Some(Problem::EmptyMessage),
        _ if socket.rooms().is_empty() => Some(Problem::NotInRoom),
        _ => None,
    };
    if let Some(problem) = problem {
        let error = Some(problem.report(&socket));
        return answer(ack, &MessageResponse { success: false, message_id: None, error });
    }
    let id = next_id("message");
    for room_id in socket.rooms() {
        let message = ChatMessage {
            id: id.clone(),
            content: content.clone(),
            sender_id: user.id.clone(),
            room_id: room_id.to_string(),
            created_at: Timestamp::now(),
        };
        // Fails only for members who are gone, here and below: they need no message.
        socket.within(room_id).emit("message:received", &message).await.ok();
    }
    answer(ack, &MessageResponse { success: true, message_id: Some(id), error: None });
}

async fn room_join(
    socket: SocketRef,
    Extension(user): Extension<User>,
    Data(room_id): Data<String>,
    ack: AckSender,
) {
    if room_id.is_empty() {
        let error = Some(Problem::InvalidRoom.report(&socket));
        return answer(ack, &JoinResult { success: false, room: None, error });
    }
    socket.join(room_id.clone());
    let room = describe(&socket, &room_id, 0);
    socket.to(room_id.clone()).emit("user:joined", &user).await.ok();
    socket.to(room_id).emit("room:updated", &room).await.ok();
    answer(ack, &JoinResult { success: true, room: Some(room), error: None });
    check_presence(&socket).await;
}

async fn room_leave(
    socket: SocketRef,
    Extension(user): Extension<User>,
    Data(room_id): Data<String>,
) {
    if !is_member(&socket, &room_id) {
        Problem::NotInRoom.report(&socket);
        return;
    }
    socket.leave(room_id.clone());
    say_goodbye(&socket, &user, &room_id, 0).await;
}

async fn typing_start(
    socket: SocketRef,
    Extension(user): Extension<User>,
    Data(room_id): Data<String>,
) {
    if is_member(&socket, &room_id) {
        let typing = TypingStarted { user_id: user.id, username: user.username };
        socket.to(room_id).emit("typing:start", &typing).await.ok();
    }
}

async fn typing_stop(
    socket: SocketRef,
    Extension(user): Extension<User>,
    Data(room_id): Data<String>,
) {
    if is_member(&socket, &room_id) {
        socket.to(room_id).emit("typing:stop", &TypingStopped { user_id: user.id }).await.ok();
    }
}

async fn file_upload(
    socket: SocketRef,
    Data((content, metadata)): Data<(Bytes, FileMetadata)>,
    ack: AckSender,
) {
    let problem = if socket.rooms().is_empty() {
        Some(Problem::NotInRoom)
    } else if u64::try_from(content.len()) != Ok(metadata.size) {
        Some(Problem::SizeMismatch)
    } else {
        None
    };
    if let Some(problem) = problem {
        let error = Some(problem.report(&socket));
        return answer(ack, &UploadResponse { success: false, file_id: None, error });
    }
    let rooms = socket.rooms();
    socket.within(rooms).emit("file:received", &(content, metadata)).await.ok();
    let file_id = Some(next_id("file"));
    answer(ack, &UploadResponse { success: true, file_id, error: None });
}

async fn disconnected(socket: SocketRef, Extension(user): Extension<User>) {
    for room_id in socket.rooms() {
        // The rooms still count this socket.
        say_goodbye(&socket, &user, &room_id, 1).await;
    }
}

/// Asks a client for its presence, and tells it if the answer is wrong or does not come.
async fn check_presence(socket: &SocketRef) {
    let nonce = next_number();
    let Ok(answer) =
        socket.timeout(PRESENCE_TIMEOUT).emit_with_ack::<_, Presence>("presence:check", &nonce)
    else {
        return; // It has disconnected.
    };
    if !answer.await.is_ok_and(|presence| presence.nonce == nonce) {
        Problem::NoPresence.report(socket);
    }
}

async fn say_goodbye(socket: &SocketRef, user: &User, room_id: &str, leaving: u32) {
    let room = describe(socket, room_id, leaving);
    socket.to(room_id.to_owned()).emit("user:left", &user.id).await.ok();
    socket.to(room_id.to_owned()).emit("room:updated", &room).await.ok();
}

/// The room as it will be when `leaving` of its members are gone.
fn describe(socket: &SocketRef, room_id: &str, leaving: u32) -> Room {
    let members = socket.within(room_id.to_owned()).sockets().len();
    let members = u32::try_from(members).unwrap_or(u32::MAX);
    Room {
        id: room_id.to_owned(),
        name: room_id.to_owned(),
        member_count: members.saturating_sub(leaving),
    }
}

fn is_member(socket: &SocketRef, room_id: &str) -> bool {
    socket.rooms().iter().any(|joined| joined == room_id)
}

/// Emits to a client that may be gone already, which then needs no event.
fn emit(socket: &SocketRef, event: &str, payload: &impl Serialize) {
    socket.emit(event, payload).ok();
}

/// Answers a client that may be gone already, or may not have asked for an answer.
fn answer(ack: AckSender, payload: &impl Serialize) {
    ack.send(payload).ok();
}

fn next_id(kind: &str) -> String {
    format!("{kind}-{}", next_number())
}

fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// What a client can do wrong; each is told as an `error` event and in the ack, if there is one.
#[derive(Debug, Clone, Copy)]
enum Problem {
    EmptyMessage,
    InvalidRoom,
    NoPresence,
    NotInRoom,
    SizeMismatch,
}

impl Problem {
    /// Emits the `error` event and returns its message.
    fn report(self, socket: &SocketRef) -> String {
        let (code, message) = match self {
            Self::EmptyMessage => ("empty_message", "a message needs content"),
            Self::InvalidRoom => ("invalid_room", "a room needs a name"),
            Self::NoPresence => ("no_presence", "the presence check was not answered correctly"),
            Self::NotInRoom => ("not_in_room", "join a room first"),
            Self::SizeMismatch => ("size_mismatch", "the size does not fit the content"),
        };
        let error = SocketError { code: code.to_owned(), message: message.to_owned() };
        emit(socket, "error", &error);
        error.message
    }
}

/// A refusal; socketioxide sends its text as the message of the `CONNECT_ERROR` packet.
#[derive(Debug)]
struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// An empty tuple to serde, and so to socketioxide, which sends `()` as one argument `null`.
const NO_ARGUMENTS: [(); 0] = [];

/// Long enough for any client that answers at all, short enough for a test that waits it out.
const PRESENCE_TIMEOUT: Duration = Duration::from_secs(2);
