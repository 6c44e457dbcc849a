//! Names and paths that are known at run time only: sent, heard and answered without a schema.

use schema_examples::{
    payload::{Credentials, JoinResult, MessageResponse, Presence, Status},
    server::ChatServer,
};
use serde_json::{Value, json};
use socketio_runtime::{
    AckError, AnyEvent, Bytes, ConnectError, EmitError, Socket, Untyped,
    error::{InvalidEvent, PayloadError},
    namespace,
};
use socketio_tests::{NodeOptions, NodeServer, Proxy, soon};

use crate::{
    schema::{Album, Asked, Early, Echo, Page},
    setup::{invalid_events, join, next_change, notes, quick, until_connected},
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

/// A connected socket of a path.
async fn enter(server: &NodeServer, path: &str) -> Socket<Untyped> {
    let client = quick(server.url()).build().expect("a good URL");
    let socket = client.socket::<Untyped>().namespace(path).connect();
    soon(socket).await.expect("the server accepts")
}

/// Everything that was emitted before has been handled by the server, and what it said to that
/// has been heard by the listeners that run inline.
async fn settle(socket: &Socket<Untyped>) {
    soon(socket.emit().event_with_ack("echo", ())).await.expect("an answer");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn events_of_names_known_at_run_time_are_sent_and_heard_in_order() {
    let server = start().await;
    let echo = enter(&server, "/echo").await;
    assert_eq!(echo.namespace(), "/echo");
    for name in ["user:joined", "", "with, comma", "a \"name\" \\ with\n everything 🎉", "é"] {
        let (pen, mut sync) = notes();
        echo.on().event(name, move |event| pen.note(event.decode::<(u64,)>()));
        let (pen, mut later) = notes();
        echo.on().event(name, move |event| {
            let pen = pen.clone();
            async move { pen.note(event.decode::<(u64,)>()) }
        });
        let mut stream = echo.stream().event(name);
        let once = echo.once().event(name);
        for number in 0..3_u64 {
            echo.emit().event("tell", (name, number)).expect("the socket is connected");
        }
        for number in 0..3 {
            assert_eq!(sync.next().await, Ok((number,)), "{name}");
            assert_eq!(later.next().await, Ok((number,)), "{name}");
            let event = soon(stream.next()).await.expect("the socket is connected");
            assert_eq!((event.name(), event.decode()), (name, Ok((number,))));
        }
        assert_eq!(soon(once).await.expect("an event").json(), "[0]", "{name}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_name_that_the_server_escapes_is_the_same_name() {
    let server = start().await;
    let faults = enter(&server, "/faults").await;
    let (pen, mut heard) = notes();
    faults.on().event("café 🎉", move |event| pen.note(event.name().to_owned()));
    for packet in [
        r#"2/faults,["café 🎉"]"#,
        r#"2/faults,["caf\u00e9 \ud83c\udf89"]"#,
        r#"2/faults,["\u0063af\u00e9\u0020\ud83c\udf89"]"#,
    ] {
        faults.emit().event("packets", (packet,)).expect("the socket is connected");
        assert_eq!(heard.next().await, "café 🎉", "{packet}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn arguments_are_typed_when_they_are_asked_for() {
    let server = start().await;
    let echo = enter(&server, "/echo").await;
    let page = |bytes: &'static [u8]| Page { picture: Some(Bytes::from_static(bytes)) };
    let album = Album { title: "a".to_owned(), pages: vec![page(b"1"), page(b"")] };
    let cover = Bytes::from_static(&[0, 255]);
    let next = echo.once().event("album");
    let arguments = ("album", &album, &cover, None::<u8>, 7);
    echo.emit().event("tell", arguments).expect("the socket is connected");
    let event = soon(next).await.expect("an event");
    let decoded = event.decode::<(Album, Bytes, Option<u8>, u8, Option<String>)>();
    assert_eq!(decoded, Ok((album.clone(), cover.clone(), None, 7, None)));
    assert_eq!(event.decode::<(Album,)>(), Ok((album,)), "what is not asked for is ignored");
    let attachments: Vec<_> = event.attachments().map(|bytes| bytes.to_vec()).collect();
    assert_eq!(attachments, [b"1", &b""[..], &cover]);
    let PayloadError { argument, path, .. } =
        event.decode::<(Value, Value, Value, String)>().expect_err("a number");
    assert_eq!((argument.map(|argument| argument.index), &*path), (Some(3), ""));
    assert!(event.decode::<(Value, Value, Value, Value, Value, u8)>().is_err(), "too few");

    // As many as there are.
    let next = echo.once().event("numbers");
    let arguments = ["numbers", "1", "2"].map(Value::from);
    echo.emit().event("tell", &arguments[..]).expect("the socket is connected");
    let event = soon(next).await.expect("an event");
    assert_eq!(event.decode(), Ok(vec!["1".to_owned(), "2".to_owned()]));
    assert_eq!((event.json(), event.descriptor().is_none()), (r#"["1","2"]"#.to_owned(), true));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn reserved_names_are_refused() {
    let server = start().await;
    let echo = enter(&server, "/echo").await;
    for name in
        ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]
    {
        let error = echo.emit().event(name, ()).expect_err(name);
        assert!(matches!(&error, EmitError::ReservedName { event } if event == name), "{error:?}");
        let error = soon(echo.emit().event_with_ack(name, ())).await.expect_err(name);
        assert!(matches!(error, AckError::Emit(EmitError::ReservedName { .. })), "{error:?}");
    }
    settle(&echo).await;
    assert!(echo.is_connected(), "a server would have closed the connection");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn answers_are_typed_when_they_are_asked_for() {
    let server = start().await;
    let echo = enter(&server, "/echo").await;
    let cover = Bytes::from_static(b"x");
    let answer = echo.emit().event_with_ack("echo", ("a", vec![&cover], 2));
    let answer = soon(answer).await.expect("an answer");
    assert_eq!(answer.decode(), Ok(("a".to_owned(), vec![cover.clone()], 2)));
    assert_eq!(answer.json(), r#"["a",[{"_placeholder":true,"num":0}],2]"#);
    assert_eq!(answer.attachments().collect::<Vec<_>>(), [cover]);
    let error = answer.decode::<(u64,)>().expect_err("a string").to_string();
    assert!(error.starts_with("the answer to `echo` does not fit"), "{error}");

    let divide = async |divisor: i64| {
        let answer = soon(echo.emit().event_with_ack("divide", (3, divisor))).await;
        answer.expect("an answer").decode::<(Option<Value>, Option<f64>)>().expect("it fits")
    };
    assert_eq!(divide(2).await, (None, Some(1.5)));
    assert_eq!(divide(0).await.0.expect("an error")["code"], "division_by_zero");

    let timeout = std::time::Duration::from_millis(20);
    let error = echo.emit().event_with_ack("ack:never", ()).timeout(timeout);
    let error = soon(error).await.expect_err("nobody answers");
    assert!(matches!(&error, AckError::Timeout { event, .. } if event == "ack:never"), "{error}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_a_listener_returns_is_the_answer() {
    let server = start().await;
    let echo = enter(&server, "/echo").await;
    let mut reports = echo.stream().event("ask:report");
    let mut ask = async || {
        echo.emit().event("ask", ("question", 20)).expect("the socket is connected");
        let report = soon(reports.next()).await.expect("a report");
        report.decode::<(Option<String>, Vec<Value>)>().expect("it fits")
    };
    let number = |event: &AnyEvent| event.decode::<(u64,)>().map_or(0, |(number,)| number);
    echo.on().event_with_ack("question", move |event| (number(&event) + 1,));
    let (pen, mut watched) = notes();
    echo.on().event("question", move |event| pen.note(event.expects_answer()));
    assert_eq!(ask().await, (None, vec![json!(21)]));
    assert!(watched.next().await, "who watches hears it too");
    let second = echo.on().event_with_ack("question", async |event: AnyEvent| {
        tokio::task::yield_now().await;
        (event.decode::<(u64,)>().map_or(0, |(number,)| number) + 2, "later")
    });
    assert_eq!(ask().await, (None, vec![json!(22), json!("later")]), "the last one answers");
    second.off();
    assert_eq!(ask().await, (None, vec![json!(21)]), "the one before takes over again");
    echo.on().event_with_ack("question", |_| vec![1, 2, 3]);
    assert_eq!(ask().await, (None, vec![json!(1), json!(2), json!(3)]));
    echo.on().event_with_ack("question", |_| ());
    assert_eq!(ask().await, (None, vec![]));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_event_that_nobody_waits_for_is_no_fault_where_nothing_is_declared() {
    let server = start().await;
    let echo = enter(&server, "/echo").await;
    settle(&echo).await;
    let mut invalid = invalid_events(&echo);
    let mut events = echo.events();
    for name in ["one", "two"] {
        echo.emit().event("tell", (name,)).expect("the socket is connected");
        assert_eq!(soon(events.next()).await.expect("an event").name(), name);
    }
    settle(&echo).await;
    assert!(invalid.so_far().is_empty());
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn listeners_are_registered_before_connecting_and_are_not_doubled_by_a_reconnection() {
    let server = start().await;
    let proxy = Proxy::start(server.address()).await;
    let client = quick(proxy.url()).build().expect("a good URL");
    let echo = client.socket::<Untyped>().namespace("/echo").build().expect("a new namespace");
    let (pen, mut heard) = notes();
    let listener = echo.on().event("number", move |event| pen.note(event.decode::<(u64,)>()));
    let (pen, mut welcomes) = notes();
    echo.on().event("welcome", move |event| pen.note(event.json()));
    let mut lifecycle = echo.lifecycle();
    soon(echo.connect()).await.expect("the server accepts");
    until_connected(&mut lifecycle).await;
    for number in 0..3_u64 {
        welcomes.next().await;
        echo.emit().event("tell", ("number", number)).expect("the socket is connected");
        settle(&echo).await;
        assert_eq!(heard.so_far(), [Ok((number,))]);
        proxy.cut();
        next_change(&mut lifecycle).await;
        until_connected(&mut lifecycle).await;
    }
    listener.off();
    heard.ended().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_volatile_event_is_dropped_while_there_is_no_connection() {
    let server = start().await;
    let client = quick(server.url()).build().expect("a good URL");
    let echo = client.socket::<Untyped>().namespace("/echo").build().expect("a new namespace");
    echo.volatile().event("tell", ("number", 1)).expect("nobody is told");
    echo.emit().event("tell", ("number", 2)).expect("it waits");
    let mut numbers = echo.stream().event("number");
    soon(echo.connect()).await.expect("the server accepts");
    echo.volatile().event("tell", ("number", 3)).expect("the socket is connected");
    let mut next = async || soon(numbers.next()).await.expect("an event").json();
    assert_eq!([next().await, next().await], ["[2]", "[3]"]);
}

/// Nobody wrote down what the server says.
#[namespace("/echo", listens = Untyped, emits = Asked)]
#[derive(Debug)]
struct HalfDeclared;

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn one_side_of_a_namespace_may_be_declared() {
    let server = start().await;
    let echo = join::<HalfDeclared>(server.url()).await;
    let once = echo.once().event("number");
    echo.emit().tell("number", &[7.into()]).expect("the socket is connected");
    assert_eq!(soon(once).await.expect("an event").decode(), Ok((7,)));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_path_is_given_at_run_time_also_to_a_schema() {
    let server = start().await;
    let client = quick(server.url()).build().expect("a good URL");
    // What `Early` listens to, and `/echo` says.
    let moved = client.socket::<Early>().namespace("/echo").build().expect("a new namespace");
    let welcome = moved.once().welcome();
    soon(moved.connect()).await.expect("the server accepts");
    assert_eq!(moved.namespace(), "/echo");
    assert_eq!(Some(&*soon(welcome).await.expect("an event")), moved.id().as_deref());
    let error = client.socket::<Echo>().build().expect_err("it has a socket");
    assert!(matches!(error, ConnectError::NamespaceInUse { .. }), "{error:?}");
    let unknown = client.socket::<Untyped>().namespace("/nowhere").connect();
    let error = soon(unknown).await.expect_err("the server has none").to_string();
    assert!(error.contains("`/nowhere`: Invalid namespace"), "{error}");
    soon(client.socket::<Untyped>().connect()).await.expect("`/` is there");
}

#[tokio::test]
async fn a_path_that_is_no_namespace_is_refused() {
    let client = quick("http://127.0.0.1:1").build().expect("a good URL");
    for path in ["", "chat", "/a,b", "/a?b=c", "/a b", "/a\n"] {
        let error = client.socket::<Untyped>().namespace(path).build().expect_err(path);
        let is_told =
            matches!(&error, ConnectError::InvalidNamespace { namespace, .. } if namespace == path);
        assert!(is_told, "{error:?}");
    }
}

#[tokio::test]
async fn a_schema_is_not_needed_to_talk_to_a_service() {
    let server = ChatServer::start("127.0.0.1:0").await.expect("loopback has free ports");
    let client = quick(server.url()).build().expect("a good URL");
    let credentials = Credentials { token: "ada".to_owned() };
    let chat = client.socket::<Untyped>().namespace("/chat").auth(credentials);
    let chat = chat.build().expect("a new namespace");
    let (pen, mut asked) = notes();
    chat.on().event_with_ack("presence:check", move |event| {
        let (nonce,) = event.decode::<(u64,)>().expect("a nonce");
        pen.note(nonce);
        (Presence { status: Status::Online, nonce },)
    });
    let mut invalid = invalid_events(&chat);
    let mut messages = chat.stream().event("message:received");
    soon(chat.connect()).await.expect("the server accepts");
    let joined = soon(chat.emit().event_with_ack("room:join", ("lobby",))).await;
    let (joined,) = joined.expect("an answer").decode::<(JoinResult,)>().expect("it fits");
    assert!(joined.success);
    asked.next().await;
    let sent = soon(chat.emit().event_with_ack("message:send", ("hello",))).await;
    let (sent,) = sent.expect("an answer").decode::<(MessageResponse,)>().expect("it fits");
    let message = soon(messages.next()).await.expect("an event");
    let (message,) = message.decode::<(Value,)>().expect("any JSON");
    assert_eq!(message["id"].as_str(), sent.message_id.as_deref());
    assert!(!matches!(invalid.so_far()[..], [InvalidEvent::Undeclared { .. }, ..]));
}
