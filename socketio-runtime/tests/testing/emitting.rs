//! What a test's server says to the client.
//!
//! Must not know: how connections end.

use socketio_runtime::{AckError, Bytes, EmitError, EmitOptions, OfflinePolicy};

use super::chat::{ServerToClientEvent, chat, connected};

#[tokio::test(start_paused = true)]
async fn events_reach_the_client_in_order() {
    let (server, chat) = chat();
    let mut events = chat.events();
    chat.connect().await.expect("the server lets everybody in");
    server.emit().said("one".to_owned()).expect("a client is there");
    server.emit().file_received(Bytes::from_static(b"\0\x01"), "a.png").expect("a client is there");
    server.emit().said("two".to_owned()).expect("a client is there");
    assert!(
        matches!(events.next().await, Some(ServerToClientEvent::Said { text }) if text == "one")
    );
    assert!(matches!(
        events.next().await,
        Some(ServerToClientEvent::FileReceived { content, name })
            if content[..] == *b"\0\x01" && name == "a.png"
    ));
    assert!(
        matches!(events.next().await, Some(ServerToClientEvent::Said { text }) if text == "two")
    );
}

#[tokio::test(start_paused = true)]
async fn the_clients_answer_is_typed() {
    let (server, chat) = connected().await;
    chat.on().presence_check(async |nonce| format!("here {nonce}"));
    let answer = server.emit().presence_check(7).await.expect("the client answers");
    assert_eq!(answer, "here 7");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_answer_is_found_out() {
    let (server, _chat) = connected().await;
    let error = server.emit().presence_check(7).await.expect_err("nobody listens");
    assert!(matches!(error, AckError::Timeout { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_before_it_answers_is_found_out() {
    let (server, chat) = connected().await;
    let answer = server.emit().presence_check(7);
    chat.disconnect().await;
    let error = answer.await.expect_err("nobody listens");
    assert!(matches!(error, AckError::Disconnected { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_emitted_to_nobody() {
    let (server, chat) = chat();
    let error = server.emit().said("hello".to_owned()).expect_err("nobody is there");
    assert!(matches!(error, EmitError::Offline { .. }), "{error}");
    let error = server.emit().presence_check(7).await.expect_err("nobody is there");
    assert!(matches!(error, AckError::Emit(EmitError::Offline { .. })), "{error}");

    // Unless the test says so.
    let waits = EmitOptions::new().offline(OfflinePolicy::Buffer);
    server.emit_with(waits).said("hello".to_owned()).expect("it waits");
    // Which the test does not.
    server.come_up().await;
    let said = chat.once().said();
    chat.connect().await.expect("the server lets everybody in");
    assert_eq!(said.await.expect("it was kept"), "hello");
}
