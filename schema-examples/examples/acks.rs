//! Acks in both directions: awaiting an answer, giving up on one, waiting for several at once,
//! and answering the server.

use std::{error::Error, time::Duration};

use schema_examples::{
    payload::{Credentials, Presence, Status},
    schema::Chat,
    server::ChatServer,
};
use socketio_runtime::{AckError, Client};

/// How long the service may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut server = ChatServer::start("127.0.0.1:0").await?;
    let client = Client::builder(server.url()).ack_timeout(ANSWER_TIMEOUT).build()?;
    let chat =
        client.socket::<Chat>().auth(Credentials { token: "alice".to_owned() }).connect().await?;

    // The other direction: what the listener returns is the answer. Without one, or with one of
    // another type, this would not compile.
    chat.on().presence_check(|nonce| {
        println!("The server asked with nonce {nonce}.");
        Presence { status: Status::Away, nonce }
    });

    // One answer. The client's timeout applies.
    let joined = chat.emit().room_join("lobby").await?;
    println!("Joined: {:?}", joined.room);

    // Several at once. Both are on their way before the first is awaited.
    let first = chat.emit().message_send("one");
    let second = chat.emit().message_send("two");
    println!("Accepted as {:?} and {:?}.", first.await?.message_id, second.await?.message_id);

    // An answer that does not come in time is an error, and a late one harms nothing.
    match chat.emit().message_send("three").timeout(Duration::from_nanos(1)).await {
        Err(error @ AckError::Timeout { .. }) => println!("As expected: {error}."),
        other => println!("Not what was expected: {other:?}."),
    }

    // An answer that nobody needs.
    drop(chat.emit().message_send("four"));

    chat.disconnect().await;
    server.stop().await;
    Ok(())
}
