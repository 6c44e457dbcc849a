//! The handler trait: a type that handles every event of the schema, or does not compile.

use std::error::Error;

use schema_examples::{
    payload::{
        ChatMessage, Credentials, FileMetadata, Presence, Room, SocketError, Status, TypingStarted,
        TypingStopped, User,
    },
    schema::{Chat, ServerToClientHandler},
    server::ChatServer,
};
use socketio_runtime::{Bytes, Client, Socket, WeakSocket};

/// Answers everybody who says "hello".
struct Bot {
    /// Weak: the socket owns its handler, so a full handle would keep both alive for ever.
    chat: WeakSocket<Chat>,
    heard: usize,
}

impl ServerToClientHandler for Bot {
    async fn message_received(&mut self, message: ChatMessage) {
        self.heard += 1;
        println!("{} said: {}", message.sender_id, message.content);
        let Some(chat) = self.chat.upgrade() else { return };
        if message.content == "hello" {
            // A handler may wait for an answer: it has a task of its own.
            match chat.emit().message_send("welcome").await {
                Ok(reply) => println!("The bot answered; success: {}.", reply.success),
                Err(error) => println!("The bot could not answer: {error}."),
            }
        }
    }

    async fn presence_check(&mut self, nonce: u64) -> Presence {
        Presence { status: Status::Online, nonce }
    }

    async fn user_joined(&mut self, user: User) {
        println!("{} joined.", user.username);
    }

    async fn user_left(&mut self, user_id: String) {
        println!("{user_id} left.");
    }

    async fn room_updated(&mut self, room: Room) {
        println!("{} has {} members.", room.name, room.member_count);
    }

    async fn file_received(&mut self, content: Bytes, metadata: FileMetadata) {
        println!("{} has {} bytes.", metadata.name, content.len());
    }

    async fn error(&mut self, error: SocketError) {
        println!("{}: {}", error.code, error.message);
    }

    async fn pong(&mut self) {
        println!("pong; the bot has heard {} messages.", self.heard);
    }

    async fn typing_start(&mut self, _typing: TypingStarted) {}

    async fn typing_stop(&mut self, _typing: TypingStopped) {}
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut server = ChatServer::start("127.0.0.1:0").await?;
    let bot = connect(&server, "bot").await?;
    let listener = bot.handle(Bot { chat: bot.downgrade(), heard: 0 });
    bot.emit().room_join("lobby").await?;

    let alice = connect(&server, "alice").await?;
    alice.emit().room_join("lobby").await?;
    let mut messages = alice.stream().message_received();
    alice.emit().message_send("hello").await?;
    while let Some(message) = messages.next().await {
        if message.content == "welcome" {
            break;
        }
    }

    listener.off();
    for socket in [alice, bot] {
        socket.disconnect().await;
    }
    server.stop().await;
    Ok(())
}

async fn connect(server: &ChatServer, token: &str) -> Result<Socket<Chat>, Box<dyn Error>> {
    let client = Client::builder(server.url()).build()?;
    let credentials = Credentials { token: token.to_owned() };
    Ok(client.socket::<Chat>().auth(credentials).connect().await?)
}
