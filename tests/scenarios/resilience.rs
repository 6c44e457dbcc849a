//! What must hold while something else goes wrong: panics in the user's code, a full network,
//! others who emit without end, calls before the first connect.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use serde::{Serialize, Serializer};
use socketio_runtime::{
    AckError, Client, DisconnectReason, EmitError, Lifecycle, Socket, client_to_server,
    error::InvalidEvent, namespace, server_to_client,
};
use socketio_tests::{FakeServer, soon};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

use crate::setup::{invalid_events, next_change, notes, quick, scribe};

#[server_to_client]
trait Asks {
    fn question(number: u64) -> Fragile;
}

#[client_to_server]
trait Notes {
    fn note(text: &str);
    fn ask() -> u64;
}

#[namespace("/a", listens = Asks, emits = Notes)]
#[derive(Debug)]
struct A;

#[namespace("/b", listens = Asks, emits = Notes)]
#[derive(Debug)]
struct B;

/// Panics when it is written, if it is empty.
#[derive(Debug, Clone)]
struct Fragile(String);

impl Serialize for Fragile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        assert!(!self.0.is_empty(), "on purpose");
        self.0.serialize(serializer)
    }
}

fn client(server: &FakeServer) -> Client {
    quick(server.url()).build().expect("the URL is good")
}

/// A server that accepts `/a`, sends `after`, and reads on.
async fn server_that_sends(after: &'static [&'static str]) -> FakeServer {
    FakeServer::websocket(move |mut socket| async move {
        let handshake = r#"0{"sid":"s","pingInterval":25000,"pingTimeout":20000}"#;
        let first = [handshake, r#"40/a,{"sid":"x"}"#];
        for text in first.iter().chain(after) {
            if text.starts_with("40") {
                // Only after the client has asked.
                socket.next().await;
            }
            if socket.send(Message::text(*text)).await.is_err() {
                return;
            }
        }
        while let Some(Ok(_)) = socket.next().await {}
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flushing_and_leaving_do_not_wait_for_what_others_emit_later() {
    let (server, _notes) = scribe().await;
    let client = client(&server);
    let busy = soon(client.socket::<A>().connect()).await.expect("accepted");
    let other = soon(client.socket::<B>().connect()).await.expect("accepted");
    let stop = Arc::new(AtomicBool::new(false));
    let is_stopped = Arc::clone(&stop);
    let emitting = std::thread::spawn(move || {
        while !is_stopped.load(Ordering::Relaxed) {
            // Full at times, which is as good a load.
            busy.emit().note("without end").ok();
        }
    });
    soon(other.flushed()).await.expect("the runtime is there");
    soon(other.disconnect()).await;
    stop.store(true, Ordering::Relaxed);
    emitting.join().expect("it only emits");
}

#[tokio::test]
async fn acks_flushes_and_listeners_settle_before_the_first_connect() {
    let client = quick("http://127.0.0.1:1").build().expect("the URL is good");
    let socket = client.socket::<A>().build().expect("a new namespace");
    soon(socket.flushed()).await.expect("nothing was emitted");
    let error = soon(socket.emit().ask().timeout(Duration::from_millis(1))).await;
    assert!(matches!(error, Err(AckError::Timeout { .. })), "{error:?}");
    let captured = Arc::new(());
    let (itself, held) = (socket.clone(), Arc::clone(&captured));
    socket.on().question(move |_| {
        let _ = (&itself, &held);
        Fragile("here".to_owned())
    });
    let (once, ack) = (socket.once().question(), socket.emit().ask());
    soon(socket.disconnect()).await;
    soon(once).await.expect_err("the socket has left");
    let error = soon(ack).await;
    assert!(matches!(error, Err(AckError::Emit(EmitError::Disconnected { .. }))), "{error:?}");
    assert_eq!(Arc::strong_count(&captured), 1, "what listeners captured is freed");
}

#[tokio::test]
async fn whoever_watches_the_state_is_told_that_reconnecting_has_ended() {
    let client = quick("http://127.0.0.1:1").build().expect("the URL is good");
    let socket = client.socket::<A>().build().expect("a new namespace");
    let mut state = socket.state();
    soon(socket.connect()).await.expect_err("nobody listens there");
    soon(state.wait_for(|state| state.reconnecting)).await.expect("the socket is there");
    let gave_up = async {
        soon(state.wait_for(|state| !state.reconnecting)).await.expect("the socket is there");
    };
    // Polled in this order, so that the wait has begun before the change.
    tokio::join!(biased; gave_up, socket.disconnect());
}

#[tokio::test]
async fn a_panic_in_writing_an_answer_costs_that_answer_alone() {
    let server = server_that_sends(&[
        r#"42/a,0["question",0]"#,
        r#"42/a,1["question",1]"#,
        r#"42/a,2["question",2]"#,
    ])
    .await;
    let client = client(&server);
    let socket = client.socket::<A>().build().expect("a new namespace");
    let (pen, mut asked) = notes();
    let listener = socket.on().question(move |number| {
        pen.note(number);
        async move { Fragile(if number == 0 { String::new() } else { "well".to_owned() }) }
    });
    soon(socket.connect()).await.expect("accepted");
    for expected in 0..3 {
        assert_eq!(asked.next().await, expected);
    }
    assert!(listener.is_active());
}

#[tokio::test]
async fn a_panic_when_a_providers_captures_are_dropped_harms_no_other_socket() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            assert!(std::thread::panicking(), "on purpose");
        }
    }
    let (server, _notes) = scribe().await;
    let client = client(&server);
    let other = soon(client.socket::<B>().connect()).await.expect("accepted");
    let bomb = Bomb;
    let provider = move || {
        let _ = &bomb;
        serde_json::json!({})
    };
    drop(soon(client.socket::<A>().auth(provider).connect()).await.expect("accepted"));
    soon(other.flushed()).await.expect("the connection's task is there");
    assert!(other.is_connected());
}

#[tokio::test]
async fn a_close_frame_ends_the_connection_at_once_with_its_code() {
    let server = FakeServer::websocket(|mut socket| async move {
        let handshake = r#"0{"sid":"s","pingInterval":25000,"pingTimeout":20000}"#;
        for text in [handshake, r#"40/a,{"sid":"x"}"#] {
            socket.send(Message::text(text)).await.ok();
            socket.next().await;
        }
        let frame = CloseFrame { code: CloseCode::Away, reason: "".into() };
        socket.send(Message::Close(Some(frame))).await.ok();
        // The stream stays open: only the frame says that it is over.
        std::future::pending::<()>().await;
    })
    .await;
    let socket: Socket<A> = soon(client(&server).socket().connect()).await.expect("accepted");
    let mut lifecycle = socket.lifecycle();
    socket.emit().note("the server closes now").expect("the socket is connected");
    let change = next_change(&mut lifecycle).await;
    let Lifecycle::Disconnect {
        reason: DisconnectReason::TransportClose { code: Some(1001) },
        will_reconnect: true,
    } = change
    else {
        panic!("{change:?}")
    };
}

#[tokio::test]
async fn answers_that_nobody_reads_have_the_limit_of_the_send_buffer() {
    const ANSWER: usize = 100_000;
    let server = FakeServer::websocket(|mut socket| async move {
        let handshake = r#"0{"sid":"s","pingInterval":25000,"pingTimeout":20000}"#;
        socket.send(Message::text(handshake)).await.ok();
        socket.next().await;
        socket.send(Message::text(r#"40/a,{"sid":"x"}"#)).await.ok();
        for number in 0..1_000 {
            let question = format!(r#"42/a,{number}["question",0]"#);
            if socket.send(Message::text(question)).await.is_err() {
                return;
            }
        }
        // It asks, and reads no answer.
        std::future::pending::<()>().await;
    })
    .await;
    let builder = quick(server.url()).send_buffer_limit(10 * ANSWER);
    let client = builder.build().expect("the URL is good");
    let socket = client.socket::<A>().build().expect("a new namespace");
    let mut invalid = invalid_events(&socket);
    socket.on().question(|_| Fragile("x".repeat(ANSWER)));
    soon(socket.connect()).await.expect("accepted");
    let report = invalid.next().await;
    let InvalidEvent::Emit(EmitError::BufferFull { buffered, limit, .. }) = report else {
        panic!("{report:?}")
    };
    assert!(buffered <= limit && limit == 10 * ANSWER, "{buffered} {limit}");
}
