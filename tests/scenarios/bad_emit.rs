//! Emits that cannot be sent: the error is typed, and the connection and other emits go on.

use std::collections::HashMap;

use serde::{Serialize, Serializer, ser::Error};
use serde_json::json;
use socketio_runtime::{
    AckError, Bytes, DisconnectReason, EmitError, client_to_server, error::InvalidEvent, namespace,
};
use socketio_tests::{NodeOptions, NodeServer, Proxy, soon};

use crate::{
    schema::{Echo, Part},
    setup::{invalid_events, join, next_change, quick, until_connected},
};

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn after_a_disconnect_nothing_is_accepted() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let echo = join::<Echo>(server.url()).await;
    let leaving = echo.disconnect();
    let error = echo.emit().tell("text", &[]).expect_err("the socket is leaving");
    let EmitError::Disconnected { event, reason } = &error else { panic!("{error:?}") };
    assert_eq!(event, "tell");
    assert!(matches!(reason, DisconnectReason::ClientDisconnect), "{reason:?}");
    soon(leaving).await;
    let error = soon(echo.emit().echo(&json!(1))).await.expect_err("the socket has left");
    assert!(matches!(error, AckError::Emit(EmitError::Disconnected { .. })), "{error:?}");

    soon(echo.connect()).await.expect("the server accepts");
    assert_eq!(soon(echo.emit().echo(&json!(1))).await.expect("an answer"), 1);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_message_over_the_servers_limit_is_refused_at_once() {
    let server = NodeServer::start(NodeOptions::new().max_http_buffer_size(LIMIT)).await;
    let echo = join::<Echo>(server.url()).await;
    let id = echo.id();
    let large = "x".repeat(LIMIT);
    let error = echo.emit().tell("text", &[large.as_str().into()]).expect_err("too large");
    let EmitError::TooLarge { event, size, limit: LIMIT } = &error else { panic!("{error:?}") };
    assert!(event == "tell" && *size > LIMIT, "{error:?}");
    let error = soon(echo.emit().echo(&json!(large))).await.expect_err("too large");
    assert!(matches!(error, AckError::Emit(EmitError::TooLarge { .. })), "{error:?}");

    // The limit is of one message: the text and each attachment count for themselves.
    let attachment = Bytes::from(vec![7; LIMIT]);
    let heard = echo.once().blob();
    let accepted = echo.emit().tell("blob", &[Part::Bytes(attachment.clone())]);
    accepted.expect("exactly as large as allowed");
    assert_eq!(soon(heard).await.expect("an event"), attachment);
    let larger = Bytes::from(vec![7; LIMIT + 1]);
    let error = echo.emit().tell("blob", &[Part::Bytes(larger)]).expect_err("too large");
    assert!(matches!(error, EmitError::TooLarge { size, .. } if size == LIMIT + 1), "{error:?}");
    assert_eq!(echo.id(), id, "the connection was lost");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_message_over_a_limit_that_was_not_known_yet_is_reported_later() {
    let server = NodeServer::start(NodeOptions::new().max_http_buffer_size(LIMIT)).await;
    let client = quick(server.url()).build().expect("the URL is good");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let mut invalid = invalid_events(&echo);
    let mut texts = echo.stream().text();
    let large = "x".repeat(LIMIT);
    let tell = |text: &str| echo.emit().tell("text", &[text.into()]).expect("it waits");
    tell("before");
    tell(&large);
    let lost = echo.emit().echo(&json!(large));
    let kept = echo.emit().echo(&json!("kept"));
    tell("after");
    soon(echo.connect()).await.expect("the server accepts");

    let error = invalid.next().await;
    assert!(matches!(error, InvalidEvent::Emit(EmitError::TooLarge { .. })), "{error:?}");
    let error = soon(lost).await.expect_err("too large");
    assert!(matches!(error, AckError::Emit(EmitError::TooLarge { .. })), "{error:?}");
    assert_eq!(soon(kept).await.expect("an answer"), "kept");
    for expected in ["before", "after"] {
        assert_eq!(soon(texts.next()).await.as_deref(), Some(expected));
    }
    assert!(invalid.so_far().is_empty());
}

const LIMIT: usize = 1000;

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_full_send_buffer_refuses_and_has_room_again_later() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let mut proxy = Proxy::start(server.address()).await;
    let client = quick(proxy.url()).send_buffer_limit(LIMIT).build().expect("the URL is good");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let mut lifecycle = echo.lifecycle();
    let mut numbers = echo.stream().number();
    proxy.refuse().await;
    proxy.cut();
    next_change(&mut lifecycle).await;

    let mut accepted = 0;
    let error = loop {
        match echo.emit().tell("number", &[accepted.into()]) {
            Ok(()) => accepted += 1,
            Err(error) => break error,
        }
    };
    let EmitError::BufferFull { event, size, buffered, limit: LIMIT } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(event, "tell");
    assert!(*buffered <= LIMIT && buffered + size > LIMIT, "{error:?}");
    let error = soon(echo.emit().echo(&json!("x".repeat(LIMIT)))).await.expect_err("no room");
    assert!(matches!(error, AckError::Emit(EmitError::BufferFull { .. })), "{error:?}");
    // What may be lost is, without an error.
    echo.volatile().tell("number", &[u64::MAX.into()]).ok();

    proxy.heal().await;
    until_connected(&mut lifecycle).await;
    soon(echo.flushed()).await.expect("the runtime is there");
    echo.emit().tell("number", &[accepted.into()]).expect("there is room again");
    for expected in 0..=accepted {
        assert_eq!(soon(numbers.next()).await, Some(expected), "each once, and in order");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_argument_that_cannot_be_written_is_named() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let echo = join::<Odd>(server.url()).await;
    let error = echo.emit().fragile(1, &Unwritable).expect_err("not JSON");
    let EmitError::Serialize { event, argument: 1, reason } = &error else { panic!("{error:?}") };
    assert!(event == "fragile" && reason.contains("on purpose"), "{error:?}");
    let numbered = HashMap::from([((1, 2), 3)]);
    let error = soon(echo.emit().echo(&numbered)).await.expect_err("a key has to be text");
    assert!(matches!(error, AckError::Emit(EmitError::Serialize { argument: 0, .. })), "{error:?}");
    assert!(soon(echo.emit().echo(&HashMap::new())).await.expect("an answer").is_object());
}

#[client_to_server]
trait OddlyEmitted {
    fn fragile(number: u64, value: &Unwritable);
    fn echo(value: &HashMap<(u8, u8), u8>) -> serde_json::Value;
}

#[namespace("/echo", emits = OddlyEmitted)]
#[derive(Debug)]
struct Odd;

/// Fails after it has begun to write.
#[derive(Debug)]
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_some(&Bytes::from_static(b"an attachment"))?;
        Err(S::Error::custom("on purpose"))
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn too_many_attachments_and_reserved_keys_are_refused() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let client = quick(server.url()).max_attachments(2).build().expect("the URL is good");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let part = || Part::Bytes(Bytes::from_static(b"part"));
    let error = echo.emit().tell("blob", &[part(), part(), part()]).expect_err("one too many");
    assert!(matches!(error, EmitError::TooManyAttachments { count: 3, limit: 2, .. }), "{error:?}");
    let disguised = json!({ "_placeholder": true, "num": 0 });
    let error = echo.emit().tell("blob", &[part(), disguised.clone().into()]);
    assert!(matches!(error, Err(EmitError::ReservedKey { .. })), "{error:?}");
    // Without binary data it is a key like any other.
    assert_eq!(soon(echo.emit().echo(&disguised)).await.expect("an answer"), disguised);
    let heard = echo.once().blob();
    echo.emit().tell("blob", &[part(), part()]).expect("as many as allowed");
    assert_eq!(soon(heard).await.expect("an event").as_ref(), b"part");
}

#[tokio::test]
async fn an_emit_that_never_left_is_reported_when_the_socket_leaves() {
    let client = quick("http://127.0.0.1:1").build().expect("the URL is good");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let mut invalid = invalid_events(&echo);
    echo.emit().tell("text", &[]).expect("it waits");
    let answer = echo.emit().echo(&json!(1));
    drop(echo.connect());
    soon(echo.disconnect()).await;
    let error = soon(answer).await.expect_err("never sent");
    // Not `AckError::Disconnected`, which would leave open whether the server has the event.
    let AckError::Emit(EmitError::Disconnected { reason, .. }) = error else {
        panic!("{error:?}");
    };
    assert!(matches!(reason, DisconnectReason::ClientDisconnect), "{reason:?}");
    let error = invalid.next().await;
    assert!(matches!(error, InvalidEvent::Emit(EmitError::Disconnected { .. })), "{error:?}");
}
