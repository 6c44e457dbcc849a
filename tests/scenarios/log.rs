//! What the log says, and what it must never say.

use crate::{
    schema::{Asked, EchoedParts, RefusalData, Told},
    security::{Log, logged},
    setup::{invalid_events, next_change, notes, quick},
};
use serde::Serialize;
use serde_json::json;
use socketio_runtime::{Bytes, Client, namespace, server_to_client};
use socketio_tests::{FakeServer, NodeOptions, NodeServer, soon};

/// `/echo`, with credentials.
#[namespace("/echo", listens = Told, emits = Asked, auth = Credentials)]
#[derive(Debug)]
struct Private;

/// `/echo`, for binary data.
#[namespace("/echo", listens = Misread, emits = EchoedParts)]
#[derive(Debug)]
struct Binary;

/// `/refuse`, which repeats what it was sent.
#[namespace("/refuse", auth = Repeated, refusal = RefusalData)]
#[derive(Debug)]
struct Parrot;

#[server_to_client]
trait Misread {
    fn welcome(id: u64);
}

#[derive(Debug, Clone, Serialize)]
struct Credentials {
    token: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct Repeated {
    message: &'static str,
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn no_secret_reaches_the_log() {
    let _log = Log::capture();
    let server = NodeServer::start(NodeOptions::new()).await;
    let url = format!("{}?key=secret-in-the-query", server.url());
    let builder = || {
        quick(&url)
            .extra_header("authorization", "secret-in-a-header")
            .extra_header("cookie", "session=secret-in-a-cookie")
    };
    let client = builder().build().expect("the URL is good");
    let private = client.socket::<Private>().auth(|| Credentials { token: "secret-in-auth" });
    let socket = private.build().expect("a new namespace");
    let mut invalid = invalid_events(&socket);
    let (pen, mut heard) = notes();
    socket.on().text(move |text| pen.note(text));
    socket.on().number(|_| {});
    socket.on().item(|item| assert!(item.tags.is_empty(), "secret-in-a-panic"));
    soon(socket.connect()).await.expect("the server accepts");
    let sid = socket.id().expect("it is connected");

    let answer = soon(socket.emit().echo(&json!("secret-in-an-answer"))).await;
    assert_eq!(answer.expect("an answer"), "secret-in-an-answer");
    socket.emit().tell("text", &["secret-in-an-event".into()]).expect("it is connected");
    assert_eq!(heard.next().await, "secret-in-an-event");
    socket.emit().tell("number", &["secret-that-is-no-number".into()]).expect("it is connected");
    assert!(invalid.next().await.to_string().contains("secret-that-is-no-number"));
    let item = json!({ "tags": [{ "name": "secret-in-an-item" }] });
    socket.emit().tell("item", &[item.into()]).expect("it is connected");
    soon(socket.emit().echo(&json!(1))).await.expect("the listener has panicked by now");

    let other = builder().build().expect("the URL is good");
    let parrot = other.socket::<Parrot>().auth(Repeated { message: "secret-in-a-refusal" });
    let error = soon(parrot.connect()).await.expect_err("it is refused");
    assert!(error.to_string().contains("secret-in-a-refusal"), "{error}");
    let binary = other.socket::<Binary>().build().expect("a new namespace");
    let mut misread = invalid_events(&binary);
    binary.on().welcome(|_| {});
    soon(binary.connect()).await.expect("the server accepts");
    misread.next().await;
    let album = crate::schema::Album { title: "secret-in-an-album".to_owned(), pages: Vec::new() };
    let cover = Bytes::from(&b"secret-in-bytes"[..]);
    soon(binary.emit().echo(&album, cover.clone(), cover)).await.expect("an answer");

    let debug = format!("{client:?} {:?} {socket:?}", builder());
    let text = logged();
    for seen in [
        &*format!(
            "INFO socketio_runtime::driver::task connection: server=\"{}\"",
            server.address()
        ),
        "kind=Connect namespace=\"/echo\"",
        "kind=Event namespace=\"/echo\" event=\"echo\" ack=0 bytes=",
        "kind=Event namespace=\"/echo\" event=\"text\"",
        "kind=Ack namespace=\"/echo\" ack=0 bytes=",
        "kind=ConnectError namespace=\"/refuse\"",
        "a listener panicked",
    ] {
        assert!(text.contains(seen), "no `{seen}` in\n{text}");
    }
    for (what, said) in [("the log", &text), ("debug output", &debug)] {
        for secret in ["secret", &*sid] {
            assert!(!said.contains(secret), "`{secret}` in {what}:\n{said}");
        }
    }
}

#[tokio::test]
async fn an_error_page_that_repeats_the_request_is_not_logged() {
    let _log = Log::capture();
    let server = FakeServer::http("502 Bad Gateway", "no route for /?key=secret").await;
    let url = format!("http://{}?key=secret", server.address());
    let client = quick(url).build().expect("the URL is good");
    let private = client.socket::<Private>().auth(|| Credentials { token: "secret-in-auth" });
    let socket = private.build().expect("a new namespace");
    let mut lifecycle = socket.lifecycle();
    let error = soon(socket.connect()).await.expect_err("there is no server");
    assert!(error.to_string().contains("secret"), "{error}");
    next_change(&mut lifecycle).await;
    let text = logged();
    assert!(text.contains("HTTP status 502") && !text.contains("secret"), "{text}");
}

#[test]
fn certificates_that_are_not_verified_are_warned_of() {
    let _log = Log::capture();
    let build = |is_on| {
        let client = Client::builder("https://localhost").danger_accept_invalid_certificates(is_on);
        client.build().expect("the options are good");
        logged().matches("server certificates are not verified").count()
    };
    assert_eq!(build(false), 0);
    assert_eq!(build(true), 1);
    assert!(logged().starts_with("WARN"), "{}", logged());
}
