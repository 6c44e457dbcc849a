//! The whole chat service, under every lint that a careful crate turns on.
#![deny(
    warnings,
    missing_debug_implementations,
    missing_docs,
    unnameable_types,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic
)]

use std::future::Future;

use serde::{Deserialize, Serialize};
use socketio_runtime::{
    Ack, Bytes, EventStream, Listener, Once, client_to_server,
    error::EmitError,
    namespace,
    schema::{AckDescriptor, ArgumentKind, Direction, Emits, HandledBy, Listens, Namespace, Schema},
    server_to_client,
};

/// Someone.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct User {
    /// The name.
    pub username: String,
}

/// Not even `Debug`.
#[derive(Deserialize, Serialize)]
#[allow(missing_debug_implementations)]
pub struct Presence {
    /// The nonce asked for.
    pub nonce: u64,
}

/// What the chat server tells its clients.
#[server_to_client]
pub trait ServerToClient {
    /// Someone joined a room that this client is in.
    #[event("user:joined")]
    fn user_joined(user: User);

    /// The server asks for this client's presence; the return value is the ack.
    #[event("presence:check")]
    fn presence_check(nonce: u64) -> Presence;

    #[event("file:received")]
    fn file_received(
        /// The file's bytes.
        content: Bytes,
        name: &str,
        size: Option<u64>,
        #[event(rest)] tags: &[&str],
    );

    fn pong();

    #[event(ack = error_first)]
    fn save(text: &str) -> Result<u32, &str>;

    /// Old.
    #[deprecated(note = "use `user_joined`")]
    fn joined(user: Option<&User>) -> (u32, String);

    fn reset() -> ();
}

/// What a client may ask of the chat server.
#[client_to_server(rename_all = "kebab-case")]
pub trait ClientToServer {
    /// Sends a message.
    #[event("message:send", timeout = "5s")]
    fn message_send(content: &str) -> Presence;
    #[event("typing:start", volatile)]
    fn typing_start(room_id: &str);
    fn room_leave(room_id: &str, reason: Option<&str>, #[event(rest)] others: Vec<String>);
    #[event(ack = error_first)]
    fn rename(to: &User) -> Result<User, String>;
    fn several() -> (u32, String);
}

/// The chat namespace.
#[namespace("/chat", listens = ServerToClient, emits = ClientToServer, auth = User, refusal = String)]
#[derive(Debug)]
pub struct Chat;

/// The main namespace, listening to nothing.
#[namespace("/", emits = ClientToServer)]
#[derive(Debug)]
pub struct Main;

#[derive(Debug)]
struct Bot;

impl ServerToClientHandler for Bot {
    async fn user_joined(&mut self, user: User) {
        drop(user);
    }

    async fn presence_check(&mut self, nonce: u64) -> Presence {
        Presence { nonce }
    }

    fn file_received(
        &mut self,
        _: Bytes,
        _: String,
        _: Option<u64>,
        _: Vec<String>,
    ) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    async fn pong(&mut self) {}

    async fn save(&mut self, text: String) -> Result<u32, String> {
        Err(text)
    }

    async fn joined(&mut self, _: Option<User>) -> (u32, String) {
        (0, String::new())
    }

    async fn reset(&mut self) {}
}

#[expect(dead_code)]
fn listen(
    on: ServerToClientOn<'_>,
    once: ServerToClientOnce<'_>,
    stream: ServerToClientStream<'_>,
) -> Listener {
    on.user_joined(|user| drop(user.username));
    on.user_joined(async |user| drop(user.username));
    on.user_joined(|user| async move { drop(user.username) });
    on.presence_check(|nonce| Presence { nonce: nonce + 1 });
    on.presence_check(async |nonce| Presence { nonce: nonce + 1 });
    on.file_received(|content, name, size, tags| {
        let _: (Bytes, String, Option<u64>, Vec<String>) = (content, name, size, tags);
    });
    on.pong(|| ());
    on.save(|text| text.parse().map_err(|_| text));
    on.reset(|| ());
    let _: Once<User> = once.user_joined();
    let _: Once<()> = once.pong();
    let _: EventStream<(Bytes, String, Option<u64>, Vec<String>)> = stream.file_received();
    let _: EventStream<u64> = stream.presence_check();
    on.pong(async || ())
}

#[expect(dead_code)]
fn emit(emit: ClientToServerEmit<'_>) -> Result<(), EmitError> {
    let _: Ack<Presence> = emit.message_send("hello");
    emit.typing_start("lobby")?;
    emit.room_leave("lobby", None, vec![])?;
    let _: Ack<User, String> = emit.rename(&User { username: String::new() });
    let _: Ack<(u32, String)> = emit.several();
    Ok(())
}

#[expect(dead_code)]
fn matched(event: &ServerToClientEvent) -> &str {
    match event {
        ServerToClientEvent::UserJoined { user } => &user.username,
        ServerToClientEvent::FileReceived { content: _, name, size: _, tags: _ } => name,
        ServerToClientEvent::PresenceCheck { nonce: _ }
        | ServerToClientEvent::Pong
        | ServerToClientEvent::Save { .. }
        | ServerToClientEvent::Joined { .. }
        | ServerToClientEvent::Reset => "",
    }
}

fn is_handled_by<S: HandledBy<H>, H>() {}

fn main() {
    is_handled_by::<ServerToClient, Bot>();

    let schema = ServerToClient::DESCRIPTOR;
    assert_eq!(schema.name, "ServerToClient");
    assert_eq!(schema.direction, Direction::ServerToClient);
    assert_eq!(schema.docs, "What the chat server tells its clients.");
    assert!(schema.file.ends_with("chat.rs"), "{}", schema.file);
    assert_eq!(schema.line, 39 + 2);
    assert_eq!(schema.events.len(), 7);

    let event = ServerToClient::find("file:received").expect("declared");
    assert_eq!((event.index, event.line, event.ident), (2, 51, "file_received"));
    let names = event.arguments.iter().map(|argument| argument.name);
    assert!(names.eq(["content", "name", "size", "tags"]));
    assert_eq!(event.arguments[1].ty, "&str");
    assert_eq!(event.arguments[2].kind, ArgumentKind::Optional);
    assert_eq!(event.arguments[3].kind, ArgumentKind::Rest);
    assert_eq!(event.ack, AckDescriptor::None);
    assert!(ServerToClient::find("file_received").is_none());

    let save = ServerToClient::find("save").expect("declared");
    assert_eq!(save.ack, AckDescriptor::ErrorFirst { value: "u32", error: "&str" });
    let joined = ServerToClient::find("joined").expect("declared");
    assert_eq!(joined.ack, AckDescriptor::Values(&["u32", "String"]));
    assert_eq!(joined.deprecated, Some("use `user_joined`"));

    let names = ClientToServer::DESCRIPTOR.events.iter().map(|event| event.name);
    assert!(names.eq(["message:send", "typing:start", "room-leave", "rename", "several"]));
    assert_eq!(ClientToServer::DESCRIPTOR.events[0].timeout.map(|t| t.as_secs()), Some(5));
    assert!(ClientToServer::DESCRIPTOR.events[1].is_volatile);

    assert_eq!(Chat::PATH, "/chat");
    assert_eq!(<<Main as Namespace>::Listens as Schema>::DESCRIPTOR.events.len(), 0);
    let pong = ServerToClientEvent::Pong;
    assert_eq!(format!("{pong:?}"), "Pong");
    let _ = <<Chat as Namespace>::Emits as Emits>::emit;
}
