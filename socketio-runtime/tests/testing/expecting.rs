//! What a test finds out of what its client emits, and how it answers.
//!
//! Must not know: how connections end.

use std::time::Duration;

use socketio_runtime::{AckError, Bytes, testing::ExpectError};
use tokio::time::Instant;

use super::chat::{ClientToServerEvent, ClientToServerHandler, connected};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn events_come_with_their_arguments_in_order_from_the_start() {
    let (server, chat) = connected().await;
    chat.emit().room_leave("lobby", None).expect("it is accepted");
    chat.emit().log(1, &["a", "b"]).expect("it is accepted");
    chat.volatile().typing().expect("it is accepted");
    chat.emit().room_leave("bar", Some("tired")).expect("it is accepted");
    let leave = server.expect().room_leave().await.expect("it comes first");
    assert_eq!(leave, ("lobby".to_owned(), None));
    let logged = server.expect().log().await.expect("it comes second");
    assert_eq!(logged, (1, vec!["a".to_owned(), "b".to_owned()]));
    server.expect().typing().await.expect("it comes third");
    let leave = server.expect().room_leave().await.expect("it comes last");
    assert_eq!(leave, ("bar".to_owned(), Some("tired".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn an_ack_is_answered_by_its_responder() {
    let (server, chat) = connected().await;
    let reply = chat.emit().message_send("hello");
    let (content, responder) = server.expect().message_send().await.expect("it was emitted");
    assert_eq!(content, "hello");
    responder.answer(7).expect("a number is serialisable");
    assert_eq!(reply.await.expect("it was answered"), 7);

    let reply = chat.emit().time();
    server.expect().time().await.expect("it was emitted").answer(8).expect("it is sent");
    assert_eq!(reply.await.expect("it was answered"), 8);
}

#[tokio::test(start_paused = true)]
async fn binary_data_and_several_values_travel_both_ways() {
    let (server, chat) = connected().await;
    let reply = chat.emit().file_upload(Bytes::from_static(b"\0\x01"), "a.png");
    let (content, name, responder) = server.expect().file_upload().await.expect("it was emitted");
    assert_eq!((&content[..], &*name), (&b"\0\x01"[..], "a.png"));
    responder.answer((1, "id".to_owned())).expect("it is sent");
    assert_eq!(reply.await.expect("it was answered"), (1, "id".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn the_services_own_error_is_an_answer() {
    let (server, chat) = connected().await;
    let reply = chat.emit().rename("me");
    let (name, responder) = server.expect().rename().await.expect("it was emitted");
    assert_eq!(name, "me");
    responder.answer(Err(409)).expect("it is sent");
    assert!(matches!(reply.await, Err(AckError::Remote(409))));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_not_answered_times_out_in_virtual_time() {
    let (server, chat) = connected().await;
    let start = Instant::now();
    let reply = chat.emit().message_send("hello");
    let (_, responder) = server.expect().message_send().await.expect("it was emitted");
    drop(responder);
    let error = reply.await.expect_err("nobody answers");
    assert!(matches!(error, AckError::Timeout { .. }), "{error}");
    let waited = start.elapsed();
    assert!(waited >= Duration::from_secs(20) && waited < Duration::from_secs(21), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_retried_comes_again() {
    let (server, chat) = connected().await;
    let reply = chat.emit().order("tea");
    for _ in 0..2 {
        drop(server.expect().order().await.expect("it is tried"));
    }
    let (article, responder) = server.expect().order().await.expect("it is tried again");
    assert_eq!(article, "tea");
    responder.answer(3).expect("it is sent");
    assert_eq!(reply.await.expect("it was answered"), 3);
    server.nothing_for(MINUTE).await.expect("it was answered");
}

#[tokio::test(start_paused = true)]
async fn another_event_is_told_in_words() {
    let (server, chat) = connected().await;
    chat.emit().room_leave("lobby", None).expect("it is accepted");
    let error = server.expect().message_send().await.expect_err("another one was emitted");
    assert_eq!(
        error.to_string(),
        r#"expected event `message:send`, but the client emitted `room:leave` with ["lobby"]"#
    );
    // It was taken.
    server.nothing_for(MINUTE).await.expect("nothing else was emitted");
}

#[tokio::test(start_paused = true)]
async fn an_event_that_does_not_come_is_an_error_after_a_while() {
    let (server, _chat) = connected().await;
    let start = Instant::now();
    let error = server.expect().typing().await.expect_err("nothing was emitted");
    assert_eq!(
        error.to_string(),
        "expected event `typing`, but the client emitted nothing within 60s"
    );
    assert_eq!(start.elapsed().as_secs(), 60);
    let error = server.expect().typing().within(Duration::from_secs(1)).await;
    assert!(matches!(error, Err(ExpectError::NoEvent { after, .. }) if after.as_secs() == 1));
    assert_eq!(start.elapsed().as_secs(), 61);
}

#[tokio::test(start_paused = true)]
async fn an_expectation_that_is_dropped_takes_nothing() {
    let (server, chat) = connected().await;
    let waiting = tokio::time::timeout(Duration::from_secs(1), server.expect().typing()).await;
    waiting.expect_err("nothing was emitted");
    chat.volatile().typing().expect("it is accepted");
    server.expect().typing().await.expect("it was kept");
}

#[tokio::test(start_paused = true)]
async fn who_expects_first_gets_the_first_event() {
    let (server, chat) = connected().await;
    let first = tokio::spawn(server.expect().room_leave());
    tokio::task::yield_now().await;
    let second = tokio::spawn(server.expect().typing());
    tokio::task::yield_now().await;
    chat.emit().room_leave("lobby", None).expect("it is accepted");
    chat.volatile().typing().expect("it is accepted");
    first.await.expect("no panic").expect("it comes first");
    second.await.expect("no panic").expect("it comes second");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_told_from_something() {
    let (server, chat) = connected().await;
    let start = Instant::now();
    server.nothing_for(60 * MINUTE).await.expect("nothing is emitted");
    assert_eq!(start.elapsed().as_secs(), 60 * 60, "the whole time");
    assert!(chat.is_connected(), "an hour of heartbeats");
    tokio::spawn({
        let chat = chat.clone();
        async move {
            tokio::time::sleep(MINUTE).await;
            chat.emit().room_leave("lobby", None).expect("it is accepted");
        }
    });
    let error = server.nothing_for(60 * MINUTE).await.expect_err("after a minute");
    assert_eq!(
        error.to_string(),
        r#"expected no event, but the client emitted `room:leave` with ["lobby"]"#
    );
    assert_eq!(start.elapsed().as_secs(), 61 * 60);
}

#[tokio::test(start_paused = true)]
async fn what_a_listener_answers_is_not_expected() {
    let (server, chat) = connected().await;
    server.on().message_send(async |content| content.len() as u64);
    assert_eq!(chat.emit().message_send("hello").await.expect("it is answered"), 5);
    chat.volatile().typing().expect("it is accepted");
    server.expect().typing().await.expect("the other one was the listener's");
}

struct Stub(u64);

impl ClientToServerHandler for Stub {
    async fn message_send(&mut self, _: String) -> u64 {
        self.0 += 1;
        self.0
    }
    async fn room_leave(&mut self, _: String, _: Option<String>) {}
    async fn file_upload(&mut self, content: Bytes, name: String) -> (u64, String) {
        (content.len() as u64, name)
    }
    async fn rename(&mut self, name: String) -> Result<String, u32> {
        Ok(name)
    }
    async fn order(&mut self, _: String) -> u64 {
        0
    }
    async fn log(&mut self, _: u8, _: Vec<String>) {}
    async fn typing(&mut self) {}
    async fn time(&mut self) -> u64 {
        self.0
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_plays_the_whole_server() {
    let (server, chat) = connected().await;
    server.handle(Stub(0));
    assert_eq!(chat.emit().message_send("one").await.expect("it is answered"), 1);
    assert_eq!(chat.emit().message_send("two").await.expect("it is answered"), 2);
    let (size, name) =
        chat.emit().file_upload(Bytes::from_static(b"abc"), "a").await.expect("so too");
    assert_eq!((size, &*name), (3, "a"));
    assert_eq!(chat.emit().time().await.expect("it is answered"), 2);
}

#[tokio::test(start_paused = true)]
async fn the_other_views_watch() {
    let (server, chat) = connected().await;
    let (mut events, mut leaves) = (server.events(), server.stream().room_leave());
    let typing = server.once().typing();
    chat.volatile().typing().expect("it is accepted");
    chat.emit().room_leave("lobby", None).expect("it is accepted");
    typing.await.expect("it was emitted");
    assert_eq!(leaves.next().await.expect("it was emitted").0, "lobby");
    assert!(matches!(events.next().await, Some(ClientToServerEvent::Typing)));
    assert!(
        matches!(events.next().await, Some(ClientToServerEvent::RoomLeave { room, .. }) if room == "lobby")
    );
    server.expect().typing().await.expect("it was only watched");
    server.expect().room_leave().await.expect("it was only watched");
}

#[tokio::test(start_paused = true)]
async fn more_than_can_be_kept_is_told() {
    let (server, chat) = connected().await;
    for _ in 0..=socketio_runtime::limits::EXPECT_QUEUE {
        chat.emit().room_leave("lobby", None).expect("it is accepted");
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let error = server.expect().room_leave().await.expect_err("too many");
    assert!(matches!(error, ExpectError::Missed { missed: 1, .. }), "{error}");
    server.expect().room_leave().await.expect("the others were kept");
}
