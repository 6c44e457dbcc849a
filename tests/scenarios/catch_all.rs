//! Catch-alls, which hear whatever comes and whatever is sent, and what is told of events that
//! listeners miss or cannot read.

use std::future::pending;

use serde::Deserialize;
use serde_json::json;
use socketio_runtime::{
    AnyEvent, Bytes, Socket, Untyped, client_to_server, error::InvalidEvent, namespace,
    server_to_client,
};
use socketio_tests::{NodeOptions, NodeServer, Proxy, soon};

use crate::{
    schema::{Album, Echo, EchoParts, Page, Told, ToldEvent},
    setup::{Notes, invalid_events, join, next_change, notes, quick, scribe, until_connected},
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

async fn settle(echo: &Socket<Echo>) {
    soon(echo.emit().echo(&json!(null))).await.expect("an answer");
}

fn tell_number(echo: &Socket<Echo>, number: u64) {
    echo.emit().tell("number", &[number.into()]).expect("the socket is connected");
}

fn line(event: &AnyEvent) -> String {
    format!("{} {}", event.name(), event.json())
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_catch_all_hears_everything_before_its_own_listeners_do() {
    let server = start().await;
    let client = quick(server.url()).build().expect("a good URL");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let (pen, mut heard) = notes();
    let own = pen.clone();
    echo.on().number(move |number| own.note(format!("own {number}")));
    for who in ["first", "second"] {
        let pen = pen.clone();
        echo.on_any(move |event| pen.note(format!("{who} {}", event.name())));
    }
    let (pen, mut later) = notes();
    echo.on_any(move |event| {
        let pen = pen.clone();
        async move {
            tokio::task::yield_now().await;
            pen.note(event.name().to_owned());
        }
    });
    let mut invalid = invalid_events(&echo);
    soon(echo.connect()).await.expect("the server accepts");
    tell_number(&echo, 1);
    echo.emit().tell("undeclared 🎉", &[]).expect("the socket is connected");
    for line in [
        "first welcome",
        "second welcome",
        "first number",
        "second number",
        "own 1",
        "first undeclared 🎉",
        "second undeclared 🎉",
    ] {
        assert_eq!(heard.next().await, line);
    }
    for name in ["welcome", "number", "undeclared 🎉"] {
        assert_eq!(later.next().await, name, "one that waits has a queue of its own");
    }
    let undeclared = invalid.next().await;
    assert!(
        matches!(&undeclared, InvalidEvent::Undeclared { event } if event == "undeclared 🎉"),
        "who only watches hides nothing: {undeclared:?}"
    );
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_a_catch_all_hears_can_be_read_in_every_way() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    settle(&echo).await;
    let mut any = echo.stream_any();
    let picture = Bytes::from_static(&[0, 1, 2]);
    let album = Album { title: "a".into(), pages: vec![Page { picture: Some(picture.clone()) }] };
    let parts = [crate::schema::Part::Album(album.clone()), crate::schema::Part::Bytes(picture)];
    echo.emit().tell("album", &parts).expect("the socket is connected");
    let event = soon(any.next()).await.expect("the socket is connected");
    assert_eq!(event.descriptor().expect("declared").ident, "album");
    assert!(!event.expects_answer());
    assert_eq!(event.attachments().len(), 2);
    assert_eq!(
        event.json(),
        r#"[{"title":"a","pages":[{"picture":{"_placeholder":true,"num":0}}]},{"_placeholder":true,"num":1}]"#
    );
    assert_eq!(event.decode::<(Album,)>(), Ok((album.clone(),)));
    let error = event.decode::<(u8,)>().expect_err("an album").to_string();
    assert!(error.contains("argument `album`"), "the schema's own name: {error}");
    match event.decode_as::<Told>() {
        Some(Ok(ToldEvent::Album { album: read, .. })) => assert_eq!(read, album),
        other => panic!("{other:?}"),
    }
    assert!(!format!("{event:?}").contains("title"), "what may be secret is not shown");

    echo.emit().tell("undeclared", &[]).expect("the socket is connected");
    let event = soon(any.next()).await.expect("the socket is connected");
    assert!(event.descriptor().is_none() && event.decode_as::<Told>().is_none());
    assert_eq!((event.json(), event.decode()), ("[]".to_owned(), Ok(())));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_catch_all_watches_a_question_that_another_answers() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    settle(&echo).await;
    let mut reports = echo.stream().ask_report();
    echo.on().question(|nonce| nonce + 1);
    let (pen, mut watched) = notes();
    echo.on_any(move |event| pen.note((event.name().to_owned(), event.expects_answer())));
    echo.emit().ask("question", &[1.into()]).expect("the socket is connected");
    assert_eq!(soon(reports.next()).await, Some((None, vec![json!(2)])));
    assert_eq!(watched.next().await, ("question".to_owned(), true));
    assert_eq!(watched.next().await, ("ask:report".to_owned(), false));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_is_sent_is_heard_when_it_is_sent() {
    let server = start().await;
    let client = quick(server.url()).build().expect("a good URL");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let (pen, mut sent) = notes();
    echo.on_any_outgoing(move |event| {
        let ident = event.descriptor().map(|event| event.ident);
        pen.note((line(&event), ident, event.expects_answer()));
    });
    echo.on().question(|nonce| nonce);
    tell_number(&echo, 1);
    echo.volatile().tell("dropped", &[]).expect("nobody is told");
    let never = echo.emit().ack_never().timeout(std::time::Duration::from_millis(1));
    soon(never).await.expect_err("it was never sent");
    assert!(sent.so_far().is_empty(), "nothing was sent");
    soon(echo.connect()).await.expect("the server accepts");
    // The answer to this is not an event.
    let report = echo.once().ask_report();
    echo.emit().ask("question", &[2.into()]).expect("the socket is connected");
    soon(report).await.expect("a report");
    settle(&echo).await;
    let expected = [
        (r#"tell ["number",1]"#, "tell", false),
        (r#"ask ["question",2]"#, "ask", false),
        ("echo [null]", "echo", true),
    ];
    assert_eq!(sent.so_far(), expected.map(|(line, ident, ack)| (line.into(), Some(ident), ack)));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_is_sent_is_heard_with_its_binary_data() {
    let server = start().await;
    let echo = join::<EchoParts>(server.url()).await;
    let mut sent = echo.stream_any_outgoing();
    let [cover, empty] = [Bytes::from_static(b"cover"), Bytes::default()];
    let album = Album { title: "a".into(), pages: vec![Page { picture: None }] };
    let answer = echo.emit().echo(&album, cover.clone(), empty.clone());
    let event = soon(sent.next()).await.expect("the socket is connected");
    assert_eq!(event.attachments().collect::<Vec<_>>(), [cover.clone(), empty.clone()]);
    assert_eq!(event.decode(), Ok((album.clone(), cover.clone(), empty.clone())));
    assert_eq!(soon(answer).await.expect("an answer"), (album, cover, empty));
}

#[tokio::test]
async fn what_is_sent_before_a_goodbye_is_heard() {
    let (server, mut wire) = scribe().await;
    let client = quick(server.url()).build().expect("a good URL");
    let socket = client.socket::<Untyped>().namespace("/any").connect();
    let socket = soon(socket).await.expect("the server accepts");
    let (pen, mut sent) = notes();
    socket.on_any_outgoing(move |event| pen.note(line(&event)));
    for number in 0..3 {
        socket.emit().event("last words", (number,)).expect("the socket is connected");
    }
    soon(socket.disconnect()).await;
    for number in 0..3 {
        assert_eq!(sent.next().await, format!("last words [{number}]"));
    }
    sent.ended().await;
    assert_eq!(wire.next().await, "40/any,");
    for number in 0..3 {
        assert_eq!(wire.next().await, format!(r#"42/any,["last words",{number}]"#));
    }
    assert_eq!(wire.next().await, "41/any,");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn catch_alls_end_and_are_not_doubled_by_a_reconnection() {
    let server = start().await;
    let proxy = Proxy::start(server.address()).await;
    let echo = join::<Echo>(proxy.url()).await;
    let mut lifecycle = echo.lifecycle();
    let (pen, mut came) = notes();
    let any = echo.on_any(move |event| pen.note(line(&event)));
    let (pen, mut went) = notes();
    let outgoing = echo.on_any_outgoing(move |event| pen.note(line(&event))).guard();
    proxy.cut();
    next_change(&mut lifecycle).await;
    until_connected(&mut lifecycle).await;
    settle(&echo).await;
    came.so_far();
    went.so_far();
    tell_number(&echo, 1);
    settle(&echo).await;
    assert_eq!(came.so_far(), ["number [1]"]);
    assert_eq!(went.so_far(), [r#"tell ["number",1]"#, "echo [null]"]);
    any.off();
    drop(outgoing);
    tell_number(&echo, 2);
    settle(&echo).await;
    came.ended().await;
    went.ended().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn all_listeners_of_a_socket_end_at_once_and_it_stays_connected() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let (pen, notes_taken) = notes::<()>();
    let [sync, later, any, outgoing] = [(); 4].map(|()| pen.clone());
    let listener = echo.on().number(move |_| sync.note(()));
    echo.on().number(move |_| {
        let _ = &later;
        async {}
    });
    echo.on_any(move |_| any.note(()));
    echo.on_any_outgoing(move |_| outgoing.note(()));
    echo.on_invalid(move |_| pen.note(()));
    let (mut stream, mut events, mut lifecycle) =
        (echo.stream().number(), echo.events(), echo.lifecycle());
    let once = echo.once().number();
    echo.off_all();
    let later = echo.once().number();
    assert!(soon(stream.next()).await.is_none());
    while soon(events.next()).await.is_some() {}
    assert!(soon(lifecycle.next()).await.is_none());
    soon(once).await.expect_err("it was ended");
    assert!(!listener.is_active());
    tell_number(&echo, 1);
    assert_eq!(soon(later).await.expect("what is registered later stays"), 1);
    let mut freed: Notes<()> = notes_taken;
    freed.ended().await;
    assert!(echo.is_connected());
}

#[derive(Debug)]
struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("on purpose, in drop");
    }
}

#[derive(Debug)]
struct PanicsWhenRead;

impl<'de> Deserialize<'de> for PanicsWhenRead {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        panic!("on purpose, in deserialize")
    }
}

#[server_to_client]
trait ToldBadly {
    fn number(index: PanicsWhenRead);
    fn text(text: String);
}

#[client_to_server]
trait Tells {
    fn tell(event: &str, argument: u64);
    fn echo() -> ();
}

#[namespace("/echo", listens = ToldBadly, emits = Tells)]
#[derive(Debug)]
struct Badly;

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn panics_of_catch_alls_decoders_and_captures_harm_nobody() {
    let server = start().await;
    let socket = join::<Badly>(server.url()).await;
    soon(socket.emit().echo()).await.expect("an answer");
    let id = socket.id();
    let trap = PanicsWhenDropped;
    let trapped = socket.on_any(move |event| {
        let _ = &trap;
        assert!(event.name().is_empty(), "on purpose");
    });
    socket.on_any(|event| drop(event.decode::<(PanicsWhenRead,)>()));
    socket.on_any_outgoing(|event| assert!(event.name().is_empty(), "on purpose"));
    socket.on_any(async |event| assert!(event.name().is_empty(), "on purpose"));
    socket.on().number(|_| ());
    socket.on().number(async |_| ());
    let trap = PanicsWhenDropped;
    socket.on().text(move |_| {
        let _ = &trap;
    });
    let (pen, mut bystander) = notes();
    socket.on_any(move |event| pen.note(line(&event)));
    socket.emit().tell("number", 1).expect("the socket is connected");
    assert_eq!(bystander.next().await, "number [1]");
    trapped.off();
    socket.emit().tell("number", 2).expect("the socket is connected");
    assert_eq!(bystander.next().await, "number [2]");
    socket.off_all();
    let (pen, mut bystander) = notes();
    socket.on_any(move |event| pen.note(line(&event)));
    socket.emit().tell("number", 3).expect("the socket is connected");
    assert_eq!(bystander.next().await, "number [3]");
    assert_eq!(socket.id(), id, "the connection was lost");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn who_lags_is_reported_ever_more_seldom() {
    let server = start().await;
    let client = quick(server.url()).listener_queue(1).build().expect("a good URL");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let mut invalid = invalid_events(&echo);
    let stream = echo.stream().number();
    echo.emit().tell_many(10, "number").expect("the socket is connected");
    for expected in [1, 2, 4, 8] {
        match invalid.next().await {
            InvalidEvent::Lagged { event, missed } => {
                assert_eq!((&*event, missed), ("number", expected));
            }
            other => panic!("{other:?}"),
        }
    }
    settle(&echo).await;
    assert_eq!(stream.missed(), 9);
    assert!(invalid.so_far().is_empty());
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_question_that_a_full_queue_leaves_unanswered_is_reported_every_time() {
    let server = start().await;
    let client = quick(server.url()).listener_queue(1).build().expect("a good URL");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let mut invalid = invalid_events(&echo);
    let (pen, mut called) = notes();
    echo.on().question(move |_| {
        pen.note(());
        pending()
    });
    let ask = || echo.emit().ask("question", &[1.into()]).expect("the socket is connected");
    ask();
    called.next().await;
    // One waits in the queue, and three find it full.
    for _ in 0..4 {
        ask();
    }
    for expected in 1..=3 {
        match invalid.next().await {
            InvalidEvent::Unanswered { event, missed } => {
                assert_eq!((&*event, missed), ("question", expected));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn listeners_that_cannot_read_an_event_in_the_same_way_are_one_report() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let mut invalid = invalid_events(&echo);
    for _ in 0..3 {
        echo.on().number(drop);
    }
    for (text, number) in [("x", 1), ("y", 2)] {
        echo.emit().tell("number", &[text.into()]).expect("the socket is connected");
        settle(&echo).await;
        let reports = invalid.so_far();
        let [InvalidEvent::Payload(error)] = &reports[..] else { panic!("{number}: {reports:?}") };
        assert!(error.reason.contains(&format!("string \"{text}\"")), "{error}");
    }
}
