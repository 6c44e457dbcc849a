//! What a test does to the connection, and what the client makes of it.
//!
//! Must not know: payloads.

use std::time::Duration;

use serde_json::Value;
use socketio_runtime::{
    AckError, ConnectError, DisconnectReason, Lifecycle, Namespace, Transport,
    testing::{ExpectError, TestServer},
};
use tokio::time::Instant;

use super::chat::{Chat, Credentials, Refusal, chat, connected, credentials, socket};

const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test(start_paused = true)]
async fn the_authentication_payload_is_seen() {
    let (server, _chat) = connected().await;
    assert_eq!(server.auth::<Credentials>().expect("it was sent"), credentials());
    let untyped: Value = server.auth().expect("it was sent");
    assert_eq!(untyped["token"], "secret");
    let error = server.auth::<u64>().expect_err("it is an object");
    assert!(matches!(error, ExpectError::Auth { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_typed_and_ends_with_accept() {
    let (server, chat) = chat();
    server.refuse("who are you?", &Refusal { code: 7 });
    let error = chat.connect().await.expect_err("nobody is let in");
    assert_eq!(error.to_string(), "the server refused namespace `/chat`: who are you?");
    let refusal = Chat::refusal(&error).expect("it is a refusal").expect("its data fits");
    assert_eq!(refusal, Refusal { code: 7 });
    assert_eq!(server.auth::<Credentials>().expect("it was sent"), credentials());
    server.accept();
    chat.connect().await.expect("everybody is let in");
    server.connected().await.expect("it is in");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_breaks_is_made_again() {
    let (server, chat) = connected().await;
    let mut lifecycle = chat.lifecycle();
    let said = chat.once().said();
    server.emit().said("bye".to_owned()).expect("a client is there");
    let start = Instant::now();
    server.drop_connection().await;
    server.disconnected().await.expect("it was cut");
    assert_eq!(said.await.expect("it was emitted before"), "bye");
    let change = lifecycle.next().await;
    assert!(
        matches!(
            change,
            Some(Lifecycle::Disconnect {
                reason: DisconnectReason::TransportClose { .. },
                will_reconnect: true
            })
        ),
        "{change:?}"
    );
    server.connected().await.expect("it comes back");
    assert!(start.elapsed() >= Duration::from_millis(500), "{:?}", start.elapsed());
    server.emit().said("welcome".to_owned()).expect("a client is there");
}

#[tokio::test(start_paused = true)]
async fn listeners_of_both_sides_stay_over_a_reconnection() {
    let (server, chat) = connected().await;
    server.on().message_send(|content| content.len() as u64);
    let mut said = chat.stream().said();
    for round in 0..3 {
        server.emit().said(format!("round {round}")).expect("a client is there");
        assert_eq!(said.next().await.as_deref(), Some(&*format!("round {round}")));
        assert_eq!(chat.emit().message_send("hello").await.expect("it is answered"), 5);
        server.drop_connection().await;
        server.connected().await.expect("it comes back");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_emitted_offline_arrives_after_the_reconnection() {
    let (server, chat) = connected().await;
    server.drop_connection().await;
    chat.state().wait_for(|state| !state.connected).await.expect("the client runs");
    chat.emit().room_leave("lobby", None).expect("it waits");
    server.expect().room_leave().await.expect("it was kept");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_after_the_connection_broke_goes_nowhere() {
    let (server, chat) = connected().await;
    let reply = chat.emit().message_send("hello");
    let (_, responder) = server.expect().message_send().await.expect("it was emitted");
    server.drop_connection().await;
    let error = reply.await.expect_err("the connection broke");
    assert!(matches!(error, AckError::Disconnected { .. }), "{error}");
    server.connected().await.expect("it comes back");
    responder.answer(1).expect("it is nobody's");
    // It is not taken for the answer to the next question, which has the same number.
    let reply = chat.emit().message_send("hello again");
    let (_, responder) = server.expect().message_send().await.expect("it was emitted");
    responder.answer(2).expect("it is sent");
    assert_eq!(reply.await.expect("it was answered"), 2);
}

#[tokio::test(start_paused = true)]
async fn who_is_sent_away_stays_away_until_it_comes_by_itself() {
    let (server, chat) = connected().await;
    let mut lifecycle = chat.lifecycle();
    let said = chat.once().said();
    server.emit().said("out!".to_owned()).expect("a client is there");
    server.disconnect().await;
    server.disconnected().await.expect("it was sent away");
    assert_eq!(said.await.expect("it was emitted before"), "out!");
    let change = lifecycle.next().await;
    assert!(
        matches!(
            change,
            Some(Lifecycle::Disconnect {
                reason: DisconnectReason::ServerDisconnect,
                will_reconnect: false
            })
        ),
        "{change:?}"
    );
    let error = server.connected().await.expect_err("it stays away");
    assert_eq!(
        error.to_string(),
        "expected the client to enter the namespace, but it stayed outside for 60s"
    );
    chat.connect().await.expect("it may come again");
    server.connected().await.expect("it is in");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_is_seen_to_leave() {
    let (server, chat) = connected().await;
    chat.emit().room_leave("lobby", None).expect("it is accepted");
    chat.disconnect().await;
    server.disconnected().await.expect("it has left");
    server.expect().room_leave().await.expect("it was emitted before");
    chat.connect().await.expect("it may come again");
    server.connected().await.expect("it is in");
    chat.emit().room_leave("bar", None).expect("it is accepted");
    assert_eq!(server.expect().room_leave().await.expect("it is there").0, "bar");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_down_is_tried_with_growing_delays() {
    let (server, chat) = connected().await;
    let mut lifecycle = chat.lifecycle();
    server.go_down().await;
    let start = Instant::now();
    let mut attempts = Vec::new();
    while attempts.len() < 5 {
        let change = lifecycle.next().await.expect("the client goes on");
        if let Lifecycle::ConnectError { error, will_retry } = change {
            let ConnectError::Transport(error) = &error else { panic!("{error}") };
            assert!(error.to_string().contains("refused"), "{error}");
            assert!(will_retry);
            attempts.push(start.elapsed());
        }
    }
    assert!(attempts.windows(2).all(|pair| pair[0] < pair[1]), "{attempts:?}");
    assert!(attempts[4] > Duration::from_secs(6), "{attempts:?}");
    server.come_up().await;
    server.connected().await.expect("it comes back");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_down_from_the_start_refuses_the_first_connection() {
    let (server, chat) = chat();
    server.go_down().await;
    let error = chat.connect().await.expect_err("nobody listens");
    assert!(matches!(error, ConnectError::Transport(_)), "{error}");
    server.come_up().await;
    server.connected().await.expect("it tries again");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_down_serves_nobody_however_fast_they_dial_again() {
    let server = TestServer::<Chat>::start();
    let client = server.client().reconnection_delay(Duration::ZERO);
    let client = client.reconnection_delay_max(Duration::ZERO).build().expect("sound options");
    let chat = client.socket::<Chat>().auth(credentials()).connect().await.expect("it is let in");
    let mut lifecycle = chat.lifecycle();
    server.go_down().await;
    let refused = async {
        while let Some(change) = lifecycle.next().await {
            assert!(!matches!(change, Lifecycle::Connect { .. }), "{change:?}");
            if matches!(change, Lifecycle::ConnectError { .. }) {
                break;
            }
        }
    };
    refused.await;
    server.come_up().await;
    server.connected().await.expect("it is served again");
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_noticed_by_the_heartbeat() {
    let (server, chat) = connected().await;
    let mut lifecycle = chat.lifecycle();
    let start = Instant::now();
    server.go_silent().await;
    chat.emit().room_leave("lobby", None).expect("it is accepted");
    server.emit().said("nobody hears this".to_owned()).expect("the server does not know");
    let change = lifecycle.next().await;
    assert!(
        matches!(
            change,
            Some(Lifecycle::Disconnect {
                reason: DisconnectReason::PingTimeout,
                will_reconnect: true
            })
        ),
        "{change:?}"
    );
    assert_eq!(start.elapsed().as_secs(), 45, "25 s and 20 s after the handshake");
    chat.state().wait_for(|state| state.connected).await.expect("the client runs");
    server.connected().await.expect("the new connection is good");
    chat.emit().room_leave("bar", None).expect("it is accepted");
    assert_eq!(server.expect().room_leave().await.expect("the other is lost").0, "bar");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_gives_up_on_a_silent_server_is_missed_in_the_end() {
    let server = TestServer::<Chat>::start();
    let chat = socket(server.client().reconnection(false));
    chat.connect().await.expect("the server lets everybody in");
    server.go_silent().await;
    chat.state().wait_for(|state| !state.connected).await.expect("the client runs");
    server.disconnected().await.expect("the server has a heartbeat too");
}

#[tokio::test(start_paused = true)]
async fn a_day_of_heartbeats_passes() {
    let (server, chat) = connected().await;
    tokio::time::sleep(24 * HOUR).await;
    assert!(chat.is_connected());
    assert_eq!(chat.stats().reconnects, 0);
    server.emit().said("still here".to_owned()).expect("a client is there");
}

#[tokio::test(start_paused = true)]
async fn every_way_to_configure_a_client_leads_to_the_server() {
    let server = TestServer::<Chat>::start();
    // By a URL, through a proxy that is none, as if with TLS, with JavaScript's transports.
    let client = socketio_runtime::Client::builder(server.url().replace("http", "https"))
        .proxy(socketio_runtime::Proxy::new("http://127.0.0.1:9"))
        .transports([Transport::Polling, Transport::WebSocket])
        .extra_header("x-token", "secret")
        .query("room", "lobby");
    let chat = socket(client);
    chat.connect().await.expect("the server lets everybody in");
    server.connected().await.expect("it is in");
    assert_eq!(chat.state().borrow().transport, Some(Transport::WebSocket));
}

#[tokio::test(start_paused = true)]
async fn a_client_without_websocket_is_told_why_it_cannot_connect() {
    let server = TestServer::<Chat>::start();
    let chat = socket(server.client().transports([Transport::Polling]));
    let error = chat.connect().await.expect_err("there is no long-polling");
    assert!(error.to_string().contains("Transport unknown"), "{error}");
    assert!(!error.is_retried());
}

#[tokio::test(start_paused = true)]
async fn a_second_client_takes_the_first_ones_place() {
    let (server, first) = connected().await;
    let second = socket(server.client().reconnection(false));
    let mut lifecycle = first.lifecycle();
    second.connect().await.expect("the server lets everybody in");
    let change = lifecycle.next().await;
    assert!(matches!(change, Some(Lifecycle::Disconnect { .. })), "{change:?}");
    first.disconnect().await;
    second.emit().room_leave("lobby", None).expect("it is accepted");
    server.expect().room_leave().await.expect("it is the second one's");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_dropped_is_gone() {
    let (server, chat) = connected().await;
    let url = server.url().to_owned();
    drop(server);
    chat.state().wait_for(|state| !state.connected).await.expect("the client runs");
    chat.disconnect().await;
    let other = socket(socketio_runtime::Client::builder(url));
    let error = other.connect().await.expect_err("nobody listens");
    assert!(matches!(error, ConnectError::Transport(_)), "{error}");
}

#[tokio::test]
async fn it_works_in_real_time_too() {
    let (server, chat) = connected().await;
    let reply = chat.emit().message_send("hello");
    let (_, responder) = server.expect().message_send().await.expect("it was emitted");
    responder.answer(1).expect("it is sent");
    assert_eq!(reply.await.expect("it was answered"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_connected_is_so_on_both_sides_on_several_threads() {
    for _ in 0..200 {
        let (server, chat) = connected().await;
        let said = chat.once().said();
        server.emit().said("welcome".to_owned()).expect("a client is there");
        assert_eq!(said.await.expect("it was emitted"), "welcome");
        server.drop_connection().await;
        server.emit().said("nobody".to_owned()).expect_err("nobody is there");
    }
}
