//! The connection's lifecycle: the state to look at, the changes to follow, and a refusal with
//! its reason.

use std::{error::Error, time::Duration};

use schema_examples::{payload::Credentials, schema::Chat, server::ChatServer};
use socketio_runtime::{Client, ConnectError, Lifecycle};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut server = ChatServer::start("127.0.0.1:0").await?;
    let client = Client::builder(server.url())
        .reconnection_delay(Duration::from_millis(100))
        .reconnection_delay_max(Duration::from_millis(400))
        .build()?;

    // The server refuses this token, and says why.
    let wrong = Credentials { token: "wrong".to_owned() };
    match client.socket::<Chat>().auth(wrong).connect().await {
        Err(ConnectError::Refused { refusal, .. }) => println!("Refused: {}.", refusal.message()),
        other => println!("Not what was expected: {other:?}."),
    }

    let credentials = Credentials { token: "alice".to_owned() };
    let chat = client.socket::<Chat>().auth(credentials).build()?;
    let mut lifecycle = chat.lifecycle();
    chat.connect().await?;

    // The server goes away, and comes back after two attempts have failed.
    server.stop().await;
    while let Some(change) = lifecycle.next().await {
        match change {
            Lifecycle::Connect { recovered } => println!("Connected; recovered: {recovered}."),
            Lifecycle::Disconnect { reason, .. } => println!("Disconnected: {reason}."),
            Lifecycle::ConnectError { error, .. } => println!("Failed: {error}."),
            Lifecycle::ReconnectAttempt { attempt } => {
                println!("Attempt {attempt}; {} made so far.", chat.state().borrow().attempts);
                if attempt == 3 {
                    server.restart().await?;
                }
            }
            Lifecycle::Reconnect { attempt } => {
                println!("Back, with attempt {attempt}.");
                break;
            }
            other => println!("{other:?}"),
        }
    }

    chat.disconnect().await;
    println!("Connected: {}.", chat.is_connected());
    server.stop().await;
    Ok(())
}
