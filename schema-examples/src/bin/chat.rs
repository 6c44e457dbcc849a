//! The main job, told line by line: two typed clients join a room, talk, share a file, answer a
//! presence check, lose the connection, come back and leave.
//!
//! `cargo run -p schema-examples --bin chat` brings its own server; `--url http://host:port`
//! talks to one that is already there.

use std::{error::Error, time::Duration};

use schema_examples::{
    payload::{ChatMessage, Credentials, FileMetadata, Presence, Status},
    relay::Relay,
    schema::Chat,
    server::ChatServer,
};
use socketio_runtime::{Bytes, Client, EventStream, Lifecycle, LifecycleStream, Socket};
use tokio::time::timeout;

/// No step of the story takes longer, on a machine that is well.
const STEP: Duration = Duration::from_secs(10);

/// The room in which the story plays.
const ROOM: &str = "lobby";

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

#[tokio::main]
async fn main() -> Result<()> {
    let (url, server) = if let Some(url) = url_argument()? {
        (url, None)
    } else {
        let server = ChatServer::start("127.0.0.1:0").await?;
        (server.url(), Some(server))
    };
    println!(
        "The server is at {url}{}.",
        if server.is_some() { ", inside this program" } else { "" }
    );
    let target = url.strip_prefix("http://").ok_or("--url takes an http:// URL")?;
    let link = Relay::start(target.trim_end_matches('/').to_owned()).await?;

    let mut alice = Person::arrive("alice", &url).await?;
    let mut bob = Person::arrive("bob", &link.url()).await?;
    join(&alice, &bob).await?;
    talk(&alice, &mut bob).await?;
    share_a_file(&alice, &bob).await?;
    lose_the_connection(&mut alice, &mut bob, &link).await?;
    leave(&alice, &bob).await?;
    if let Some(mut server) = server {
        server.stop().await;
    }
    println!("The story ends.");
    Ok(())
}

/// One user of the chat.
struct Person {
    name: &'static str,
    chat: Socket<Chat>,
    messages: EventStream<ChatMessage>,
    lifecycle: LifecycleStream,
}

impl Person {
    /// Listens first, then connects: nothing that the server sends is missed.
    async fn arrive(name: &'static str, url: &str) -> Result<Self> {
        let client = Client::builder(url).reconnection_delay(Duration::from_millis(200)).build()?;
        let chat = client
            .socket::<Chat>()
            .auth(move || async move {
                println!("  ({name} is asked for a token.)");
                Credentials { token: name.to_owned() }
            })
            .build()?;
        chat.on().user_joined(move |user| println!("  {name} sees {} join.", user.username));
        chat.on().user_left(move |user_id| println!("  {name} sees {user_id} leave."));
        chat.on().room_updated(move |room| {
            println!("  {name} reads that {} has {} members.", room.name, room.member_count);
        });
        chat.on().presence_check(move |nonce| async move {
            println!("  {name} is asked to be present, and answers with nonce {nonce}.");
            Presence { status: Status::Online, nonce }
        });
        chat.on()
            .error(move |error| println!("  {name} is told: {} ({}).", error.message, error.code));
        let messages = chat.stream().message_received();
        let lifecycle = chat.lifecycle();
        chat.connect().await?;
        println!("{name} is connected.");
        Ok(Self { name, chat, messages, lifecycle })
    }

    async fn join(&self) -> Result<()> {
        let joined = self.chat.emit().room_join(ROOM).timeout(STEP).await?;
        let room = joined.room.ok_or_else(|| joined.error.unwrap_or_default())?;
        println!("{} is in {}, with {} members.", self.name, room.name, room.member_count);
        Ok(())
    }

    async fn say(&self, content: &str) -> Result<()> {
        println!("{} says: {content}", self.name);
        let reply = self.chat.emit().message_send(content).timeout(STEP).await?;
        println!("  The server took it as {}.", reply.message_id.ok_or("it has no id")?);
        Ok(())
    }

    async fn hear(&mut self) -> Result<()> {
        let message = timeout(STEP, self.messages.next()).await?.ok_or("the socket is closed")?;
        println!("  {} reads from {}: {}", self.name, message.sender_id, message.content);
        Ok(())
    }
}

async fn join(alice: &Person, bob: &Person) -> Result<()> {
    alice.join().await?;
    let joined = alice.chat.once().user_joined();
    bob.join().await?;
    timeout(STEP, joined).await??;
    Ok(())
}

async fn talk(alice: &Person, bob: &mut Person) -> Result<()> {
    bob.chat.emit().typing_start(ROOM)?;
    bob.say("is anybody here?").await?;
    bob.hear().await?;
    alice.say("yes, hello").await?;
    bob.hear().await?;
    let refused = alice.chat.emit().message_send("").timeout(STEP).await?;
    println!("alice sends an empty message; success: {}.", refused.success);
    let pong = alice.chat.once().pong();
    alice.chat.emit().ping()?;
    timeout(STEP, pong).await??;
    println!("alice's ping came back.");
    Ok(())
}

async fn share_a_file(alice: &Person, bob: &Person) -> Result<()> {
    let received = bob.chat.once().file_received();
    let content = Bytes::from_static(b"\x00\x1e\xff, and whatever else is in a file");
    let metadata = FileMetadata {
        name: "notes.bin".to_owned(),
        mime_type: "application/octet-stream".to_owned(),
        size: content.len() as u64,
    };
    let upload = alice.chat.emit().file_upload(content.clone(), &metadata).await?;
    println!("alice shares {}, as {}.", metadata.name, upload.file_id.ok_or("it has no id")?);
    let (bytes, metadata) = timeout(STEP, received).await??;
    println!("  bob has {}: {} bytes, unharmed: {}.", metadata.name, bytes.len(), bytes == content);
    Ok(())
}

async fn lose_the_connection(alice: &mut Person, bob: &mut Person, link: &Relay) -> Result<()> {
    println!("bob's link is cut.");
    link.cut();
    // Emitted while offline: it waits for the connection.
    loop {
        match timeout(STEP, bob.lifecycle.next()).await?.ok_or("the socket is closed")? {
            Lifecycle::Disconnect { reason, .. } => {
                println!("  bob is disconnected: {reason}.");
                bob.chat.emit().ping()?;
                println!("  bob emits a ping, which waits.");
            }
            Lifecycle::ReconnectAttempt { attempt } => {
                println!("  bob tries again, attempt {attempt}.");
            }
            Lifecycle::ConnectError { error, .. } => println!("  bob fails: {error}."),
            Lifecycle::Reconnect { attempt } => {
                println!("bob is back, after {attempt} attempt(s).");
                break;
            }
            _ => {}
        }
    }
    bob.join().await?;
    alice.say("welcome back").await?;
    bob.hear().await
}

async fn leave(alice: &Person, bob: &Person) -> Result<()> {
    let left = alice.chat.once().user_left();
    bob.chat.emit().room_leave(ROOM)?;
    println!("bob leaves the room.");
    timeout(STEP, left).await??;
    for person in [bob, alice] {
        person.chat.disconnect().await;
        println!("{} has gone; connected: {}.", person.name, person.chat.is_connected());
    }
    Ok(())
}

fn url_argument() -> Result<Option<String>> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => Ok(None),
        (Some("--url"), Some(url)) => Ok(Some(url)),
        _ => Err("usage: chat [--url http://host:port]".into()),
    }
}
