//! What becomes of an event while there is no connection: it waits, fails, expires, is taken back,
//! or is sent again until it is answered.

use std::{error::Error, time::Duration};

use schema_examples::{payload::Credentials, relay::Relay, schema::Chat, server::ChatServer};
use socketio_runtime::{AckError, Client, EmitError, EmitOptions, OfflinePolicy};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut server = ChatServer::start("127.0.0.1:0").await?;
    let link = Relay::start(server.address().to_string()).await?;
    let client =
        Client::builder(link.url()).reconnection_delay(Duration::from_millis(300)).build()?;
    let credentials = Credentials { token: "alice".to_owned() };
    let chat = client.socket::<Chat>().auth(credentials).connect().await?;

    link.cut();
    let mut state = chat.state();
    state.wait_for(|state| !state.connected).await?;
    println!("Offline.");

    // By default an event waits.
    chat.emit().ping()?;
    // Here the user is to know at once that this takes a connection.
    let now = EmitOptions::new().offline(OfflinePolicy::Reject);
    match chat.emit_with(now).ping() {
        Err(error @ EmitError::Offline { .. }) => println!("As expected: {error}."),
        other => println!("Not what was expected: {other:?}."),
    }
    // What is of no use when it comes late has a time to live.
    let fresh = EmitOptions::new().time_to_live(Duration::from_millis(1));
    match chat.emit_with(fresh).message_send("good morning").await {
        Err(AckError::Emit(error @ EmitError::Expired { .. })) => {
            println!("As expected: {error}.");
        }
        other => println!("Not what was expected: {other:?}."),
    }
    // What waits can be taken back.
    println!("Taken back: {:?}.", chat.emit().room_join("attic").cancel().await);
    for event in chat.buffered().await? {
        println!("Waiting: {}, {} bytes.", event.event, event.size);
    }
    println!("Cleared: {}.", chat.clear_buffered().await);

    // Sent again as often as it takes, so it arrives at least once, and perhaps twice: entering a
    // room twice does no harm. Elsewhere `#[event(idempotency_key)]` lets the server know.
    let often = EmitOptions::new().retries(5).timeout(Duration::from_secs(1));
    let joined = chat.emit_with(often).room_join("lobby").await?;
    println!("Joined, once the connection was back: {}.", joined.success);

    chat.disconnect().await;
    server.stop().await;
    Ok(())
}
