//! How an application is tested without a network: a small one, and its tests against a
//! [`TestServer`]. All of its time is virtual, so none of the tests waits.

use std::{error::Error, time::Duration};

use schema_examples::{
    payload::{Credentials, JoinResult, MessageResponse, Presence, Refusal, Status, User},
    schema::Chat,
};
use socketio_runtime::{
    ClientBuilder, ConnectError, Lifecycle, Namespace, Socket, testing::TestServer,
};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The application: a host, who is in the lobby whatever happens and welcomes everybody there.
async fn host(client: ClientBuilder) -> Outcome<Socket<Chat>> {
    let client = client.ack_timeout(Duration::from_secs(5)).build()?;
    let chat = client.socket::<Chat>().auth(Credentials { token: "host".to_owned() }).build()?;

    chat.on().presence_check(|nonce| Presence { status: Status::Online, nonce });

    let weak = chat.downgrade();
    chat.on().user_joined(move |user| {
        let weak = weak.clone();
        async move {
            let Some(chat) = weak.upgrade() else { return };
            let welcome = format!("Welcome, {}!", user.username);
            if chat.emit().message_send(&welcome).await.is_err() {
                // Perhaps it was said and perhaps not: better twice than not at all.
                drop(chat.emit().message_send(&welcome));
            }
        }
    });

    // A server forgets the rooms of a connection that is lost.
    let (mut lifecycle, weak) = (chat.lifecycle(), chat.downgrade());
    tokio::spawn(async move {
        while let Some(change) = lifecycle.next().await {
            let (Lifecycle::Connect { .. }, Some(chat)) = (change, weak.upgrade()) else {
                continue;
            };
            drop(chat.emit().room_join("lobby"));
        }
    });

    chat.connect().await?;
    Ok(chat)
}

/// A host who has entered the lobby.
async fn in_the_lobby() -> Outcome<(TestServer<Chat>, Socket<Chat>)> {
    let server = TestServer::start();
    let chat = host(server.client()).await?;
    enters_the_lobby(&server).await?;
    Ok((server, chat))
}

async fn enters_the_lobby(server: &TestServer<Chat>) -> Outcome {
    let (room, responder) = server.expect().room_join().await?;
    assert_eq!(room, "lobby");
    responder.answer(JoinResult { success: true, room: None, error: None })?;
    Ok(())
}

fn alice() -> User {
    User { id: "u1".to_owned(), username: "Alice".to_owned(), avatar: None }
}

fn said(id: &str) -> MessageResponse {
    MessageResponse { success: true, message_id: Some(id.to_owned()), error: None }
}

#[tokio::test(start_paused = true)]
async fn the_host_is_who_it_says() -> Outcome {
    let (server, _chat) = in_the_lobby().await?;
    assert_eq!(server.auth::<Credentials>()?.token, "host");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn who_joins_is_welcomed_once() -> Outcome {
    let (server, _chat) = in_the_lobby().await?;
    server.emit().user_joined(alice())?;
    let (content, responder) = server.expect().message_send().await?;
    assert_eq!(content, "Welcome, Alice!");
    responder.answer(said("m1"))?;
    server.nothing_for(Duration::from_secs(30)).await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_welcome_that_nobody_confirms_is_said_again() -> Outcome {
    let (server, _chat) = in_the_lobby().await?;
    server.emit().user_joined(alice())?;
    // Dropping the responder leaves the host waiting: five seconds for it, none for this test.
    drop(server.expect().message_send().await?);
    let (content, _responder) = server.expect().message_send().await?;
    assert_eq!(content, "Welcome, Alice!");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_host_is_back_in_the_lobby_after_the_connection_broke() -> Outcome {
    let (server, _chat) = in_the_lobby().await?;
    server.drop_connection().await;
    server.connected().await?;
    enters_the_lobby(&server).await?;
    // It is still there in every sense.
    let presence = server.emit().presence_check(7).await?;
    assert_eq!(presence, Presence { status: Status::Online, nonce: 7 });
    server.emit().user_joined(alice())?;
    assert_eq!(server.expect().message_send().await?.0, "Welcome, Alice!");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_lost_network_is_noticed_and_outlived() -> Outcome {
    let (server, chat) = in_the_lobby().await?;
    server.go_silent().await;
    chat.state().wait_for(|state| !state.connected).await?;
    server.connected().await?;
    enters_the_lobby(&server).await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_not_let_in_says_why() -> Outcome {
    let server = TestServer::<Chat>::start();
    server.refuse("who are you?", &Refusal { code: "invalid_token".to_owned() });
    let error = host(server.client()).await.expect_err("nobody is let in");
    let error = error.downcast_ref::<ConnectError>().expect("the connection failed");
    let refusal = Chat::refusal(error).expect("the server refused").expect("with its data");
    assert_eq!(refusal.code, "invalid_token");
    Ok(())
}
