//! Servers that are down, are none, or do not want this client: the error says which.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use schema_examples::{
    payload::{Credentials, Refusal},
    schema::Chat,
};
use serde_json::json;
use socketio_runtime::{
    ClientBuilder, ConnectError, EmitError, Lifecycle, Namespace, error::TransportError,
};
use socketio_tests::{FakeServer, NodeOptions, NodeServer, Proxy, soon};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    schema::{Echo, RefusalData, Refuse, Slow},
    setup::{next_change, quick, until_connected},
};

/// The error of the first attempt.
async fn connect_error(url: String) -> ConnectError {
    first_error(quick(url)).await
}

async fn first_error(client: ClientBuilder) -> ConnectError {
    let client = client.build().expect("the URL is good");
    soon(client.socket::<Echo>().connect()).await.expect_err("there is no such server")
}

/// For servers that never answer.
const SHORT: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_server_that_is_down_refuses_the_connection() {
    let target = FakeServer::silent().await;
    let mut host = Proxy::start(target.address()).await;
    host.refuse().await;
    let error = connect_error(host.url()).await;
    let ConnectError::Transport(TransportError::Connect { address, source }) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(address, &host.address().to_string());
    assert_eq!(source.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_host_without_an_address_is_named() {
    let error = connect_error("http://no-such-host.invalid:3000".to_owned()).await;
    let ConnectError::Transport(TransportError::Connect { address, .. }) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(address, "no-such-host.invalid:3000");
}

#[tokio::test]
async fn a_web_server_without_socket_io_answers_404() {
    let server = FakeServer::not_found().await;
    let error = connect_error(server.url()).await;
    let ConnectError::Transport(TransportError::Status { status: 404, body, .. }) = &error else {
        panic!("{error:?}")
    };
    assert!(body.contains("Not Found"), "{body}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_wrong_path_is_told_by_the_servers_status() {
    let server = NodeServer::start(NodeOptions::new()).await;
    // Long-polling, which is tried then, is not answered at all.
    let client = quick(server.url()).path("/wrong/").open_timeout(Duration::from_secs(3));
    let client = client.build().expect("the URL is good");
    let error = soon(client.socket::<Echo>().connect()).await.expect_err("the path is wrong");
    // A Node server without a route hangs up; one with a web framework answers 404.
    assert!(matches!(error, ConnectError::Transport(_)), "{error:?}");
}

#[tokio::test]
async fn a_page_instead_of_a_websocket_is_told_by_its_status() {
    let server = FakeServer::html().await;
    let error = connect_error(server.url()).await;
    let ConnectError::Transport(TransportError::Status { status: 200, body, .. }) = &error else {
        panic!("{error:?}")
    };
    assert!(body.contains("Welcome"), "{body}");
}

#[tokio::test]
async fn a_websocket_that_is_no_engine_io_does_not_open_in_time() {
    let server = FakeServer::websocket_echo().await;
    let error = first_error(quick(server.url()).open_timeout(SHORT)).await;
    assert!(matches!(error, ConnectError::OpenTimeout { after: SHORT }), "{error:?}");
}

#[tokio::test]
async fn a_server_that_never_answers_does_not_open_in_time() {
    let server = FakeServer::silent().await;
    let error = first_error(quick(server.url()).open_timeout(SHORT)).await;
    assert!(matches!(error, ConnectError::OpenTimeout { after: SHORT }), "{error:?}");
}

#[tokio::test]
async fn a_handshake_that_is_none_says_what_is_wrong_with_it() {
    for (handshake, mistake) in [
        ("", ""),
        ("0", "EOF"),
        ("0null", "expected"),
        ("0[]", "expected"),
        ("0{}", "`sid`"),
        (r#"0{"sid":"","pingInterval":25000,"pingTimeout":20000}"#, "`sid`"),
        (r#"0{"sid":7,"pingInterval":25000,"pingTimeout":20000}"#, "integer"),
        (r#"0{"sid":"a","pingTimeout":20000}"#, "`pingInterval`"),
        (r#"0{"sid":"a","pingInterval":25000}"#, "`pingTimeout`"),
        (r#"0{"sid":"a","pingInterval":0,"pingTimeout":20000}"#, "0"),
        (r#"0{"sid":"a","pingInterval":1e300,"pingTimeout":20000}"#, "sensible"),
        (r#"0{"sid":"a","pingInterval":25000,"pingTimeout":20000,"maxPayload":-1}"#, "-1"),
        (r#"0{"sid":"a""#, "EOF"),
        ("2", ""),
        ("4hello", ""),
        ("hello", ""),
    ] {
        let server = FakeServer::handshake(handshake).await;
        let error = connect_error(server.url()).await;
        let ConnectError::Handshake { reason } = &error else {
            panic!("{handshake}: {error:?}");
        };
        assert!(reason.contains(mistake), "{handshake}: {reason}");
    }
}

#[tokio::test]
async fn a_first_attempt_that_fails_is_tried_again() {
    let server = FakeServer::not_found().await;
    let client = quick(server.url()).build().expect("the URL is good");
    let socket = client.socket::<Echo>().build().expect("a new namespace");
    let mut lifecycle = socket.lifecycle();
    soon(socket.connect()).await.expect_err("there is no Socket.IO");
    let first = next_change(&mut lifecycle).await;
    assert!(matches!(first, Lifecycle::ConnectError { will_retry: true, .. }), "{first:?}");
    let second = next_change(&mut lifecycle).await;
    assert!(matches!(second, Lifecycle::ReconnectAttempt { attempt: 1 }), "{second:?}");
    let state = socket.state().borrow().clone();
    assert!(state.reconnecting && !state.connected && state.last_error.is_some(), "{state:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_refused_token_has_its_message_and_typed_data() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let client = quick(server.url()).build().expect("the URL is good");
    let credentials = Credentials { token: "wrong".to_owned() };
    let chat = client.socket::<Chat>().auth(credentials).build().expect("a new namespace");
    let error = soon(chat.connect()).await.expect_err("the token is wrong");
    let ConnectError::Refused { namespace, refusal } = &error else { panic!("{error:?}") };
    assert_eq!((namespace.as_str(), refusal.message()), ("/chat", "invalid token"));
    let expected = Refusal { code: "invalid_token".to_owned() };
    assert_eq!(Chat::refusal(&error), Some(Ok(expected)));

    let emitted = chat.emit().ping().expect_err("nobody would ever send it");
    assert!(matches!(emitted, EmitError::Disconnected { .. }), "{emitted:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_refused_namespace_is_not_asked_again_and_harms_no_other() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let proxy = Proxy::start(server.address()).await;
    let client = quick(proxy.url()).build().expect("the URL is good");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let mut lifecycle = echo.lifecycle();

    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let payload = move || {
        count.fetch_add(1, Ordering::Relaxed);
        json!({ "message": "not you", "data": { "code": "banned" } })
    };
    let refused = client.socket::<Refuse>().auth(payload).build().expect("a new namespace");
    let mut changes = refused.lifecycle();
    let error = soon(refused.connect()).await.expect_err("nobody gets in");
    assert_eq!(Refuse::refusal(&error), Some(Ok(RefusalData { code: "banned".to_owned() })));
    let change = next_change(&mut changes).await;
    assert!(matches!(change, Lifecycle::ConnectError { will_retry: false, .. }), "{change:?}");
    let state = refused.state().borrow().clone();
    assert!(!state.reconnecting && !state.connected, "{state:?}");

    assert_eq!(
        soon(echo.emit().echo(&json!("still here"))).await.expect("an answer"),
        "still here"
    );
    proxy.cut();
    until_connected(&mut lifecycle).await;
    assert_eq!(soon(echo.emit().echo(&json!("back"))).await.expect("an answer"), "back");
    assert_eq!(asked.load(Ordering::Relaxed), 1, "asked again without a call of `connect`");

    soon(refused.connect()).await.expect_err("nobody gets in");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_namespace_that_the_server_does_not_have_is_refused() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let client = quick(server.url()).build().expect("the URL is good");
    let error = soon(client.socket::<Nowhere>().connect()).await.expect_err("there is none");
    let ConnectError::Refused { namespace, refusal } = &error else { panic!("{error:?}") };
    assert_eq!((namespace.as_str(), refusal.message()), ("/nowhere", "Invalid namespace"));
    assert_eq!(Nowhere::refusal(&error), None, "the server sent no data");
}

#[tokio::test]
async fn a_server_of_an_older_revision_is_told_apart() {
    let server = FakeServer::websocket(|mut socket| async move {
        let packets = [r#"0{"sid":"s","pingInterval":25000,"pingTimeout":20000}"#, "40/echo,"];
        for packet in packets {
            socket.send(Message::text(packet)).await.expect("the client is there");
            // After the handshake it asks for the namespace, and then it hangs up.
            socket.next().await.expect("an answer").expect("in good order");
        }
    })
    .await;
    let error = connect_error(server.url()).await;
    assert!(matches!(error, ConnectError::UnsupportedServer), "{error:?}");
}

#[socketio_runtime::namespace("/nowhere")]
#[derive(Debug)]
struct Nowhere;

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_namespace_that_answers_too_late_is_named() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let client = quick(server.url()).connect_timeout(SHORT).build().expect("the URL is good");
    let delay = crate::schema::Delay { delay_ms: 60_000 };
    let socket = client.socket::<Slow>().auth(delay).build().expect("a new namespace");
    let error = soon(socket.connect()).await.expect_err("it answers in a minute");
    assert!(
        matches!(&error, ConnectError::NamespaceTimeout { namespace, after: SHORT } if namespace == "/slow"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_second_socket_of_a_namespace_is_refused_until_the_first_is_gone() {
    let client = quick("http://127.0.0.1:1").build().expect("the URL is good");
    let first = client.socket::<Echo>().build().expect("a new namespace");
    let error = client.socket::<Echo>().build().expect_err("it is taken");
    assert!(
        matches!(&error, ConnectError::NamespaceInUse { namespace } if namespace == "/echo"),
        "{error:?}"
    );
    let second = first.clone();
    drop(first);
    client.socket::<Echo>().build().expect_err("a clone is the same socket");
    drop(second);
    let third = client.socket::<Echo>().build().expect("it is free");
    drop(third);
}
