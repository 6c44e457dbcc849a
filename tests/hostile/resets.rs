//! A reset at every byte of a session, in both directions, over each transport.
//!
//! The session is short and has everything in it: the connect, events with an ack and an attachment
//! from both sides, over long-polling the change to a WebSocket, the disconnect. A proxy lets so
//! many bytes pass, resets every connection (`SO_LINGER` of nothing), and does no harm from then on.
//! Whatever the byte was, the client comes back, each ack settles, what the server sends comes in
//! order and at most once, and what is said after that is answered.
//!
//! A debug build takes about seven milliseconds a session. So that all tests are done within a
//! minute, those over long-polling go in steps of a few bytes; the WebSocket is reset at every one.
//! `SOCKETIO_EVERY_BYTE=1` makes every step one.

use std::{
    env,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use socketio_runtime::{AckError, AnyEvent, Bytes, Client, Socket, Transport, Untyped};
use socketio_tests::{Direction, OxideServer, Proxy, within};

/// How many of the events and answers of a session there are.
const ROUNDS: u64 = 3;

/// Sessions at the same time.
const AT_ONCE: usize = 24;

/// Far more than a session takes, though two dozen go on at the same time on a loaded machine.
const LONG: Duration = Duration::from_secs(30);

const BOTH: [Direction; 2] = [Direction::ToServer, Direction::ToClient];

/// What a session has come to.
struct Outcome {
    /// Bytes to the server and to the client.
    passed: [usize; 2],
    cuts: usize,
    /// Answers that came, of those that were asked for before the end.
    answers: u64,
    connects: u64,
}

async fn session(
    server: &OxideServer,
    transports: &[Transport],
    cut: Option<(Direction, usize)>,
) -> Outcome {
    let proxy = Proxy::start(server.address()).await;
    if let Some((direction, bytes)) = cut {
        proxy.cut_after(direction, bytes);
    }
    let client = Client::builder(proxy.url())
        .transports(transports.iter().copied())
        .reconnection_delay(Duration::from_millis(1))
        .reconnection_delay_max(Duration::from_millis(5))
        .build()
        .expect("the URL is good");
    let socket = client.socket::<Untyped>().namespace("/echo").build().expect("a new namespace");
    let told = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&told);
    socket.on().event("told", move |event: AnyEvent| {
        let (content, number): (Bytes, String) = event.decode().expect("as it was told");
        assert_eq!(&*content, b"\x00\xff");
        notes.lock().expect("nobody panicked").push(number);
    });
    socket
        .on()
        .event_with_ack("question", |event: AnyEvent| event.decode::<(u64,)>().expect("one"));

    // The first attempt may fail, and is made again.
    let connected = within(LONG, socket.connect()).await;
    assert!(connected.is_ok() || proxy.cuts() > 0, "{cut:?}: {connected:?}");
    let mut answers = 0;
    for round in 0..ROUNDS {
        let content = Bytes::from_static(b"\x00\xff");
        let tell = ("told", content, round.to_string());
        socket.emit().event("tell", tell).expect("it is buffered if need be");
        socket.emit().event("ask", ("question", round)).expect("it is buffered if need be");
        answers += u64::from(is_answered(&socket, round, cut).await);
    }
    let is_whole = cut.is_none();
    // What follows the cut is as if there had been none.
    let mut tries = 0;
    while !is_answered(&socket, 1000, cut).await {
        tries += 1;
        assert!(tries < 5, "{cut:?}: it does not come back");
    }
    let connects = socket.stats().connects;
    within(LONG, socket.disconnect()).await;
    let told = told.lock().expect("nobody panicked").clone();
    assert!(told.is_sorted_by(|one, next| one < next), "{cut:?}: out of order or twice: {told:?}");
    if is_whole {
        assert_eq!(told, ["0", "1", "2"]);
    }
    let passed = BOTH.map(|direction| proxy.passed(direction));
    Outcome { passed, cuts: proxy.cuts(), answers, connects }
}

/// Whether an event with an attachment was answered; if not, the connection was lost.
async fn is_answered(
    socket: &Socket<Untyped>,
    number: u64,
    cut: Option<(Direction, usize)>,
) -> bool {
    let said = (Bytes::from_static(b"\x01\x02"), number.to_string());
    match within(LONG, socket.emit().event_with_ack("echo", said)).await {
        Ok(answer) => {
            let (bytes, text): (Bytes, String) = answer.decode().expect("what was said");
            assert_eq!((&*bytes, text), (&[1, 2][..], number.to_string()), "{cut:?}");
            true
        }
        Err(error) => {
            assert!(matches!(error, AckError::Disconnected { .. }), "{cut:?}: {error}");
            assert!(cut.is_some(), "nothing was cut: {error}");
            false
        }
    }
}

async fn resets(transports: &[Transport], step: usize) {
    let server = OxideServer::start().await;
    let whole = session(&server, transports, None).await;
    assert_eq!((whole.answers, whole.connects, whole.cuts), (ROUNDS, 1, 0));
    let step = if env::var_os("SOCKETIO_EVERY_BYTE").is_some() { 1 } else { step };
    let cuts = BOTH.into_iter().zip(whole.passed).flat_map(|(direction, passed)| {
        (1..=passed).step_by(step).map(move |bytes| (direction, bytes))
    });
    let (mut sessions, mut cut, mut lost) = (0, 0, 0);
    let server = &server;
    let mut outcomes = stream::iter(cuts)
        .map(|cut| session(server, transports, Some(cut)))
        .buffer_unordered(AT_ONCE);
    while let Some(outcome) = outcomes.next().await {
        sessions += 1;
        cut += outcome.cuts;
        lost += ROUNDS - outcome.answers;
        assert!(outcome.answers + 1 >= ROUNDS, "one cut costs one answer at most");
        assert!(outcome.connects <= 2, "{} connects", outcome.connects);
    }
    println!(
        "{transports:?}: {sessions} sessions of {:?} bytes, {cut} cut, {lost} answers lost",
        whole.passed
    );
    assert!(cut >= sessions * 9 / 10, "{cut} of {sessions} sessions were cut");
    assert!(lost > 0, "no cut was ever felt");
}

#[tokio::test]
async fn a_websocket_is_reset_at_any_byte() {
    resets(&[Transport::WebSocket], 1).await;
}

#[tokio::test]
async fn long_polling_is_reset_at_any_byte() {
    resets(&[Transport::Polling], 13).await;
}

#[tokio::test]
async fn the_change_to_a_websocket_is_reset_at_any_byte() {
    resets(&[Transport::Polling, Transport::WebSocket], 7).await;
}
