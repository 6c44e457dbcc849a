//! The counters of a client and of its sockets.

use std::time::Duration;

use serde_json::json;
use socketio_runtime::{AckError, ClientStats, Lifecycle};
use socketio_tests::{NodeOptions, NodeServer, Proxy, soon};

use crate::{
    schema::{Echo, Part},
    setup::{invalid_events, join, next_change, notes, quick, until_connected},
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_goes_over_the_wire_is_counted() {
    let server = start().await;
    let client = quick(server.url()).build().expect("the URL is good");
    assert_eq!(client.stats(), ClientStats::default());
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let text = "x".repeat(1000);
    assert_eq!(soon(echo.emit().echo(&json!(text))).await.expect("an answer"), text);
    let stats = client.stats();
    assert_eq!((stats.connections, stats.failed_attempts), (1, 0));
    // CONNECT and the event; the handshake, CONNECT, `welcome` and the answer.
    assert_eq!((stats.packets_sent, stats.packets_received), (2, 4));
    let event = format!(r#"42/echo,0["echo","{text}"]"#).len() as u64;
    assert_eq!(stats.bytes_sent, "40/echo,".len() as u64 + event);
    assert!(stats.bytes_received > 1000 && stats.bytes_received < 2000, "{stats:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn events_and_answers_are_counted() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let mut invalid = invalid_events(&echo);
    let (pen, mut reported) = notes();
    echo.on().ask_report(move |_, answer| pen.note(answer));
    echo.on().question(|nonce| nonce + 1);
    echo.on().number(|_| {});
    soon(echo.emit().echo(&json!(1))).await.expect("an answer");
    let late = soon(echo.emit().ack_never().timeout(Duration::from_millis(1))).await;
    assert!(matches!(late, Err(AckError::Timeout { .. })), "{late:?}");
    echo.emit().ask("question", &[Part::from(41)]).expect("the socket is connected");
    assert_eq!(reported.next().await, [42]);
    echo.emit().tell("number", &[Part::from("no number")]).expect("the socket is connected");
    echo.emit().tell("undeclared", &[]).expect("the socket is connected");
    invalid.next().await;
    invalid.next().await;
    let stats = echo.stats();
    assert_eq!((stats.connects, stats.reconnects, stats.connect_errors), (1, 0, 0));
    assert_eq!((stats.emitted, stats.dropped), (5, 0));
    assert_eq!((stats.acks_received, stats.acks_timed_out, stats.acks_sent), (1, 1, 1));
    // `welcome`, `question`, `ask:report` and what was told.
    assert_eq!((stats.received, stats.missed), (5, 0));
    assert_eq!(stats.undelivered, 2);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn events_that_a_full_queue_misses_are_counted() {
    let server = start().await;
    let client = quick(server.url()).listener_queue(2).build().expect("the URL is good");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let stream = echo.stream().number();
    echo.emit().tell_many(10, "number").expect("the socket is connected");
    soon(echo.emit().echo(&json!("all have come"))).await.expect("an answer");
    assert_eq!((stream.missed(), echo.stats().missed), (8, 8));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn losses_and_what_they_cost_are_counted() {
    let server = start().await;
    let mut proxy = Proxy::start(server.address()).await;
    let client = quick(proxy.url()).build().expect("the URL is good");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let mut lifecycle = echo.lifecycle();
    proxy.refuse().await;
    proxy.cut();
    while !matches!(next_change(&mut lifecycle).await, Lifecycle::ConnectError { .. }) {}
    echo.volatile().tell("text", &[]).expect("it is only lost");
    proxy.heal().await;
    until_connected(&mut lifecycle).await;
    let stats = echo.stats();
    assert_eq!((stats.connects, stats.reconnects), (2, 1));
    assert!(stats.connect_errors >= 1, "{stats:?}");
    assert_eq!((stats.emitted, stats.dropped), (1, 1));
    let stats = client.stats();
    assert_eq!(stats.connections, 2);
    assert!(stats.failed_attempts >= 1, "{stats:?}");

    // What still waits when the socket is left is thrown away.
    proxy.refuse().await;
    proxy.cut();
    while !matches!(next_change(&mut lifecycle).await, Lifecycle::ConnectError { .. }) {}
    echo.emit().tell("text", &[]).expect("it waits");
    let ack = echo.emit().echo(&json!(1));
    soon(echo.disconnect()).await;
    soon(ack).await.expect_err("it was not sent");
    assert_eq!((echo.stats().emitted, echo.stats().dropped), (3, 3));
}
