//! What carries a connection: a WebSocket, long-polling alone, and a WebSocket that takes over from
//! long-polling.

use std::error::Error;

use schema_examples::{payload::Credentials, schema::Chat, server::ChatServer};
use socketio_runtime::{Client, ClientBuilder, Socket, Transport};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut server = ChatServer::start("127.0.0.1:0").await?;
    let builder = || Client::builder(server.url());

    // The default: a WebSocket from the start.
    let chat = arrive(builder()).await?;
    println!("By default: {:?}.", chat.state().borrow().transport);
    chat.disconnect().await;

    // Nothing but HTTP requests.
    let chat = arrive(builder().transports([Transport::Polling])).await?;
    println!("With long-polling alone: {:?}.", chat.state().borrow().transport);
    chat.emit().room_join("lobby").await?;
    chat.disconnect().await;

    // As browsers do it: long-polling first, then a WebSocket takes over.
    let client = builder().transports([Transport::Polling, Transport::WebSocket]).build()?;
    let chat = client.socket::<Chat>().auth(credentials()).build()?;
    chat.connect().await?;
    // That may be before or after the server has accepted the namespace.
    let mut state = chat.state();
    state.wait_for(|state| state.transport == Some(Transport::WebSocket)).await?;
    println!("After the upgrade: {:?}.", state.borrow().transport);
    chat.disconnect().await;

    server.stop().await;
    Ok(())
}

async fn arrive(builder: ClientBuilder) -> Result<Socket<Chat>, Box<dyn Error>> {
    Ok(builder.build()?.socket::<Chat>().auth(credentials()).connect().await?)
}

fn credentials() -> Credentials {
    Credentials { token: "alice".to_owned() }
}
