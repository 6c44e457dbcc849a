//! Without a schema: events whose names are known at run time only, and catch-alls that watch
//! whatever comes and goes on any socket.

use std::error::Error;

use schema_examples::{
    payload::{Credentials, FileMetadata, MessageResponse, Presence, Status},
    schema::{Chat, ServerToClient, ServerToClientEvent},
    server::{ChatServer, NAMESPACE},
};
use serde::Deserialize;
use socketio_runtime::{Bytes, Client, Untyped};

/// As much of a message as this program wants to know.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    content: String,
    sender_id: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut server = ChatServer::start("127.0.0.1:0").await?;
    let client = Client::builder(server.url()).build()?;
    let gateway = client
        .socket::<Untyped>()
        .namespace(NAMESPACE)
        .auth(Credentials { token: "gateway".to_owned() })
        .build()?;

    // Names that a configuration file might hold.
    for name in ["user:joined", "message:received"] {
        gateway.on().event(name, |event| println!("{}: {}", event.name(), event.json()));
    }
    // Values are typed when they are decoded: a tuple, here of one.
    let mut messages = gateway.stream().event("message:received");
    // What a listener returns, a tuple too, is the answer to an event with ack.
    gateway.on().event_with_ack("presence:check", |event| match event.decode::<(u64,)>() {
        Ok((nonce,)) => (Some(Presence { status: Status::Online, nonce }),),
        Err(error) => {
            println!("{error}");
            (None,)
        }
    });
    gateway.connect().await?;

    // A typed socket has catch-alls too. They hear what the schema does not declare as well.
    let client = Client::builder(server.url()).build()?;
    let credentials = Credentials { token: "alice".to_owned() };
    let alice = client.socket::<Chat>().auth(credentials).connect().await?;
    alice.on_any(|event| match event.decode_as::<ServerToClient>() {
        Some(Ok(ServerToClientEvent::MessageReceived { message })) => {
            println!("alice <- {} says {:?}", message.sender_id, message.content);
        }
        _ => println!("alice <- {}", event.name()),
    });
    alice.on_any_outgoing(|event| println!("alice -> {} {}", event.name(), event.json()));
    alice.emit().room_join("lobby").await?;

    // An answer is decoded on demand. Binary data travels as in a schema.
    gateway.emit().event_with_ack("room:join", ("lobby",)).await?;
    let answer = gateway.emit().event_with_ack("message:send", ("hello",)).await?;
    let (reply,): (MessageResponse,) = answer.decode()?;
    println!("Accepted as {:?}.", reply.message_id);
    let metadata = FileMetadata { name: "a.txt".into(), mime_type: "text/plain".into(), size: 2 };
    let upload = (Bytes::from_static(b"hi"), metadata);
    println!("{}", gateway.emit().event_with_ack("file:upload", upload).await?.json());

    let message = messages.next().await.ok_or("the socket is closed")?;
    let (Message { content, sender_id },) = message.decode()?;
    println!("{sender_id} said {content:?}.");

    for disconnecting in [gateway.disconnect(), alice.disconnect()] {
        disconnecting.await;
    }
    server.stop().await;
    Ok(())
}
