//! A log of everything that comes and goes on a socket, and of what fits no listener.

use std::error::Error;

use schema_examples::{payload::Credentials, schema::Chat, server::ChatServer};
use socketio_runtime::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut server = ChatServer::start("127.0.0.1:0").await?;
    let client = Client::builder(server.url()).build()?;
    let credentials = Credentials { token: "alice".to_owned() };
    let chat = client.socket::<Chat>().auth(credentials).build()?;

    chat.on_any(|event| {
        let question = if event.expects_answer() { ", to be answered" } else { "" };
        println!("<- {} {}{question}", event.name(), event.json());
    });
    // Heard when it is handed to the network, so what waits is heard after the connect.
    let outgoing = chat.on_any_outgoing(|event| println!("-> {} {}", event.name(), event.json()));
    chat.on_invalid(|invalid| println!("!! {invalid}"));

    chat.emit().ping()?;
    println!("The ping waits for the connection.");
    let pong = chat.once().pong();
    chat.connect().await?;
    pong.await?;
    chat.emit().room_join("lobby").await?;

    outgoing.off();
    chat.emit().message_send("this is not logged on its way out").await?;
    let stats = chat.stats();
    println!("{} events went out, {} came in.", stats.emitted, stats.received);

    chat.disconnect().await;
    server.stop().await;
    Ok(())
}
