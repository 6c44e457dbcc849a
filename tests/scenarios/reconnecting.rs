//! Connections that are lost, and how they come back or do not.

use std::time::Duration;

use serde_json::json;
use socketio_runtime::{ConnectError, DisconnectReason, EmitError, Lifecycle, Socket};
use socketio_tests::{NodeOptions, NodeServer, Proxy, soon};
use tokio::time::Instant;

use crate::{
    schema::{Census, Delay, Echo, Faults, Kick, Slow},
    setup::{join, next_change, notes, quick, until_connected},
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

async fn is_well(echo: &Socket<Echo>) {
    assert_eq!(soon(echo.emit().echo(&json!("well"))).await.expect("an answer"), "well");
}

/// The connection was lost by accident.
async fn is_lost(lifecycle: &mut socketio_runtime::LifecycleStream) {
    let change = next_change(lifecycle).await;
    assert!(matches!(change, Lifecycle::Disconnect { will_reconnect: true, .. }), "{change:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_server_that_comes_back_is_found_again() {
    let mut server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let (mut lifecycle, state) = (echo.lifecycle(), echo.state());
    let (pen, mut heard) = notes();
    echo.on().number(move |number| pen.note(number));
    server.kill().await;
    is_lost(&mut lifecycle).await;
    for expected in 1..=3 {
        let change = next_change(&mut lifecycle).await;
        let Lifecycle::ReconnectAttempt { attempt } = change else { panic!("{change:?}") };
        assert_eq!(attempt, expected);
        let change = next_change(&mut lifecycle).await;
        assert!(matches!(change, Lifecycle::ConnectError { will_retry: true, .. }), "{change:?}");
        let state = state.borrow().clone();
        assert!(state.reconnecting && state.attempts >= expected, "{state:?}");
        assert!(matches!(state.last_error, Some(ConnectError::Transport(_))), "{state:?}");
    }
    server.restart_same_port().await;
    until_connected(&mut lifecycle).await;
    is_well(&echo).await;
    echo.emit().tell_many(2, "number").expect("the socket is connected");
    assert_eq!([heard.next().await, heard.next().await], [0, 1], "listeners stay, each once");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_attempts_grow_apart_up_to_their_limit_and_a_new_connect_begins_anew() {
    let mut server = start().await;
    let client = quick(server.url())
        .reconnection_attempts(3)
        .reconnection_delay(Duration::from_millis(40))
        .reconnection_delay_max(Duration::from_secs(1))
        .randomization_factor(0.0)
        .build()
        .expect("the URL is good");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let mut lifecycle = echo.lifecycle();
    let (pen, mut heard) = notes();
    echo.on().number(move |number| pen.note(number));
    let killed = Instant::now();
    server.kill().await;
    is_lost(&mut lifecycle).await;
    for expected in 1..=3 {
        let change = next_change(&mut lifecycle).await;
        let Lifecycle::ReconnectAttempt { attempt } = change else { panic!("{change:?}") };
        let change = next_change(&mut lifecycle).await;
        let Lifecycle::ConnectError { will_retry, .. } = change else { panic!("{change:?}") };
        assert_eq!((attempt, will_retry), (expected, expected < 3));
    }
    assert!(killed.elapsed() >= Duration::from_millis(40 + 80 + 160), "{:?}", killed.elapsed());
    let change = next_change(&mut lifecycle).await;
    assert!(matches!(change, Lifecycle::ReconnectFailed), "{change:?}");
    let error = echo.emit().tell("number", &[1.into()]).expect_err("nobody tries any more");
    assert!(
        matches!(error, EmitError::Disconnected { reason: DisconnectReason::ReconnectFailed, .. }),
        "{error:?}"
    );
    let error = soon(echo.connect()).await.expect_err("the server is still down");
    assert!(matches!(error, ConnectError::Transport(_)), "{error:?}");

    server.restart_same_port().await;
    // Perhaps the attempts have run out once more by now.
    while soon(echo.connect()).await.is_err() {}
    is_well(&echo).await;
    echo.emit().tell_many(1, "number").expect("the socket is connected");
    assert_eq!(heard.next().await, 0, "listeners outlive a failure");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn without_reconnection_a_lost_connection_stays_lost() {
    let server = start().await;
    let proxy = Proxy::start(server.address()).await;
    let client = quick(proxy.url()).reconnection(false).build().expect("the URL is good");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let mut lifecycle = echo.lifecycle();
    proxy.cut();
    let change = next_change(&mut lifecycle).await;
    assert!(matches!(change, Lifecycle::Disconnect { will_reconnect: false, .. }), "{change:?}");
    assert!(!echo.state().borrow().reconnecting);
    echo.emit().tell("text", &[]).expect_err("nobody tries");
    soon(echo.connect()).await.expect("the server accepts");
    is_well(&echo).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_connection_that_the_server_ends_comes_back_as_a_new_one() {
    let mut server = start().await;
    let faults = join::<Faults>(server.url()).await;
    let (mut lifecycle, mut former) = (faults.lifecycle(), faults.id());
    for in_good_order in [true, false] {
        let told = if in_good_order { faults.emit().close() } else { faults.emit().terminate() };
        told.expect("the socket is connected");
        is_lost(&mut lifecycle).await;
        until_connected(&mut lifecycle).await;
        assert_ne!(faults.id(), former);
        former = faults.id();
        assert_eq!(server.census("/faults").await, (1, 1));
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_servers_close_code_is_told() {
    let server = start().await;
    let faults = join::<Faults>(server.url()).await;
    let mut lifecycle = faults.lifecycle();
    // As where a proxy finds a message too large.
    faults.emit().close_websocket(1009, "too large").expect("the socket is connected");
    let change = next_change(&mut lifecycle).await;
    let Lifecycle::Disconnect {
        reason: DisconnectReason::TransportClose { code: Some(1009) },
        will_reconnect: true,
    } = change
    else {
        panic!("{change:?}")
    };
    until_connected(&mut lifecycle).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn who_disconnected_and_connected_again_is_reconnected_as_before() {
    let server = start().await;
    let proxy = Proxy::start(server.address()).await;
    let echo = join::<Echo>(proxy.url()).await;
    let mut lifecycle = echo.lifecycle();
    soon(echo.disconnect()).await;
    soon(echo.connect()).await.expect("the server accepts");
    let change = next_change(&mut lifecycle).await;
    let Lifecycle::Disconnect { reason: DisconnectReason::ClientDisconnect, will_reconnect: false } =
        change
    else {
        panic!("{change:?}")
    };
    assert!(soon(lifecycle.next()).await.is_none(), "one goodbye, and no more");

    let mut lifecycle = echo.lifecycle();
    proxy.cut();
    is_lost(&mut lifecycle).await;
    until_connected(&mut lifecycle).await;
    is_well(&echo).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_silent_network_is_noticed_by_the_missing_heartbeat() {
    let heartbeat = Duration::from_millis(400);
    let options = NodeOptions::new().ping_interval(heartbeat).ping_timeout(heartbeat);
    let server = NodeServer::start(options).await;
    let mut proxy = Proxy::start(server.address()).await;
    let client = quick(proxy.url()).build().expect("the URL is good");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let mut lifecycle = echo.lifecycle();
    // On a busy machine even a heartbeat may come too late, at first.
    drop(echo.connect());
    until_connected(&mut lifecycle).await;
    proxy.stall();
    let change = next_change(&mut lifecycle).await;
    let Lifecycle::Disconnect { reason: DisconnectReason::PingTimeout, will_reconnect: true } =
        change
    else {
        panic!("{change:?}")
    };
    proxy.heal().await;
    until_connected(&mut lifecycle).await;
    is_well(&echo).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn who_is_kicked_stays_out_until_told_otherwise() {
    let server = start().await;
    let client = quick(server.url()).build().expect("the URL is good");
    let kick = soon(client.socket::<Kick>().connect()).await.expect("the server accepts");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let mut lifecycle = kick.lifecycle();
    kick.emit().kick().expect("the socket is connected");
    is_kicked(&mut lifecycle).await;
    assert!(!kick.state().borrow().reconnecting);
    let error = kick.emit().kick().expect_err("the socket is not connected");
    assert!(
        matches!(error, EmitError::Disconnected { reason: DisconnectReason::ServerDisconnect, .. }),
        "{error:?}"
    );
    is_well(&echo).await;

    soon(kick.connect()).await.expect("the server accepts");
    assert!(matches!(next_change(&mut lifecycle).await, Lifecycle::Connect { .. }));
    let mut other = echo.lifecycle();
    kick.emit().kick_engine().expect("the socket is connected");
    is_kicked(&mut lifecycle).await;
    is_kicked(&mut other).await;
    soon(echo.connect()).await.expect("the server accepts");
    is_well(&echo).await;
}

async fn is_kicked(lifecycle: &mut socketio_runtime::LifecycleStream) {
    let change = next_change(lifecycle).await;
    let Lifecycle::Disconnect { reason: DisconnectReason::ServerDisconnect, will_reconnect: false } =
        change
    else {
        panic!("{change:?}")
    };
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_disconnect_ends_the_attempts_and_a_connect_begins_them_again() {
    let server = start().await;
    let mut proxy = Proxy::start(server.address()).await;
    let echo = join::<Echo>(proxy.url()).await;
    let mut lifecycle = echo.lifecycle();
    proxy.refuse().await;
    proxy.cut();
    is_lost(&mut lifecycle).await;
    let change = next_change(&mut lifecycle).await;
    assert!(matches!(change, Lifecycle::ReconnectAttempt { attempt: 1 }), "{change:?}");
    drop(echo.disconnect());
    proxy.heal().await;
    // What happened before it was told may still be said, and no attempt succeeds.
    while let Some(change) = soon(lifecycle.next()).await {
        assert!(!matches!(change, Lifecycle::Connect { .. }), "{change:?}");
    }
    let state = echo.state().borrow().clone();
    assert!(!state.connected && !state.reconnecting, "{state:?}");
    let faults = join::<Faults>(server.url()).await;
    let census = soon(faults.emit().census("/echo")).await.expect("an answer");
    assert_eq!(census, Census { engines: 1, sockets: 0 }, "only who counts is connected");

    let mut lifecycle = echo.lifecycle();
    drop((echo.connect(), echo.disconnect()));
    soon(lifecycle.next()).await;
    let mut lifecycle = echo.lifecycle();
    soon(echo.connect()).await.expect("the server accepts");
    assert!(matches!(next_change(&mut lifecycle).await, Lifecycle::Connect { .. }));
    is_well(&echo).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_namespace_that_answers_late_is_welcome_where_the_connection_is_used() {
    let server = start().await;
    let timeout = Duration::from_millis(50);
    let client = quick(server.url()).connect_timeout(timeout).build().expect("the URL is good");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let mut lifecycle = echo.lifecycle();
    // On a busy machine this may be too slow as well, at first.
    drop(echo.connect());
    until_connected(&mut lifecycle).await;
    let id = echo.id();
    let slow = client.socket::<Slow>().auth(Delay { delay_ms: 300 }).build().expect("a namespace");
    let mut lifecycle = slow.lifecycle();
    let error = soon(slow.connect()).await.expect_err("it takes longer");
    assert!(matches!(error, ConnectError::NamespaceTimeout { .. }), "{error:?}");
    let changes = until_connected(&mut lifecycle).await;
    assert!(
        matches!(changes[..], [Lifecycle::ConnectError { will_retry: true, .. }, _]),
        "{changes:?}"
    );
    assert_eq!(echo.id(), id, "the connection was lost");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_a_stalled_link_did_not_take_arrives_in_order_after_it_broke() {
    const EMITS: usize = 200;
    let server = start().await;
    let mut proxy = Proxy::start(server.address()).await;
    let echo = join::<Echo>(proxy.url()).await;
    let mut lifecycle = echo.lifecycle();
    let mut texts = echo.stream().text();
    proxy.stall();
    // More than sockets hold, so that most of it waits in the client.
    let padding = "x".repeat(64 * 1024);
    for number in 0..EMITS {
        let text = format!("{number} {padding}");
        echo.emit().tell("text", &[text.as_str().into()]).expect("there is room");
    }
    proxy.cut();
    proxy.heal().await;
    is_lost(&mut lifecycle).await;
    until_connected(&mut lifecycle).await;
    let number = |text: String| text.split(' ').next().and_then(|number| number.parse().ok());
    let first: usize = soon(texts.next()).await.and_then(number).expect("what was kept");
    assert!(first > 0, "what the link had taken is gone with it");
    for expected in first + 1..EMITS {
        assert_eq!(soon(texts.next()).await.and_then(number), Some(expected));
    }
    is_well(&echo).await;
}
