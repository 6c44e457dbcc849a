//! Events as streams: one event, all events as an enum, and the next one as a future.

use std::error::Error;

use schema_examples::{
    payload::Credentials,
    schema::{Chat, ServerToClientEvent},
    server::ChatServer,
};
use socketio_runtime::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut server = ChatServer::start("127.0.0.1:0").await?;
    let client = Client::builder(server.url()).build()?;
    let credentials = Credentials { token: "alice".to_owned() };
    let chat = client.socket::<Chat>().auth(credentials).connect().await?;

    // A stream has what comes from now on, so it is opened before the question is asked.
    let mut messages = chat.stream().message_received();
    let mut events = chat.events();
    let pong = chat.once().pong();

    chat.emit().room_join("lobby").await?;
    for content in ["one", "two", "three"] {
        chat.emit().message_send(content).await?;
    }
    chat.emit().ping()?;
    pong.await?;

    for _ in 0..3 {
        let message = messages.next().await.ok_or("the socket is closed")?;
        println!("{}: {}", message.sender_id, message.content);
    }

    // The streams end with the socket; what had arrived is still there to read.
    chat.disconnect().await;
    while let Some(event) = events.next().await {
        match event {
            ServerToClientEvent::MessageReceived { message } => println!("message {}", message.id),
            ServerToClientEvent::PresenceCheck { nonce } => println!("presence check {nonce}"),
            ServerToClientEvent::Pong => println!("pong"),
            other => println!("{other:?}"),
        }
    }
    server.stop().await;
    Ok(())
}
