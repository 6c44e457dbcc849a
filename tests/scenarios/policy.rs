//! What is tried again: by default, and where a policy says so.

use std::time::Duration;

use serde::Serialize;
use socketio_runtime::{
    ConnectError, DisconnectReason, Lifecycle, LifecycleStream,
    error::{Failure, RetryDecision},
    namespace,
};
use socketio_tests::{FakeServer, NodeOptions, NodeServer, soon};

use crate::{
    schema::{Echo, Kick, Refuse},
    setup::{next_change, notes, quick, until_connected},
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

/// `/kick`, where the client may ask to be sent away at once.
#[namespace("/kick", auth = Haste)]
#[derive(Debug)]
struct Thrown;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Haste {
    at_once: bool,
}

/// The number of the attempt that starts next.
async fn next_attempt(lifecycle: &mut LifecycleStream) -> u32 {
    let change = next_change(lifecycle).await;
    let Lifecycle::ReconnectAttempt { attempt } = change else { panic!("{change:?}") };
    attempt
}

#[tokio::test]
async fn a_forbidden_door_is_not_knocked_at_again() {
    let server = FakeServer::http("403 Forbidden", "no").await;
    let url = format!("http://{}", server.address());
    let client = quick(url).build().expect("the URL is good");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let mut lifecycle = echo.lifecycle();
    let error = soon(echo.connect()).await.expect_err("the server forbids it");
    assert!(!error.is_retried(), "{error:?}");
    let change = next_change(&mut lifecycle).await;
    assert!(matches!(change, Lifecycle::ConnectError { will_retry: false, .. }), "{change:?}");
    assert!(!echo.state().borrow().reconnecting);
    echo.emit().tell("text", &[]).expect_err("nobody tries");
}

#[tokio::test]
async fn a_policy_has_a_forbidden_door_knocked_at_again() {
    let server = FakeServer::http("403 Forbidden", "no").await;
    let url = format!("http://{}", server.address());
    let (pen, mut judged) = notes();
    let client = quick(url)
        .reconnection_attempts(2)
        .retry_policy(move |failure| {
            pen.note(format!("{failure:?}"));
            RetryDecision::Retry
        })
        .build()
        .expect("the URL is good");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let mut lifecycle = echo.lifecycle();
    drop(echo.connect());
    for attempt in 1..=2 {
        let change = next_change(&mut lifecycle).await;
        assert!(matches!(change, Lifecycle::ConnectError { will_retry: true, .. }), "{change:?}");
        assert_eq!(next_attempt(&mut lifecycle).await, attempt);
    }
    let change = next_change(&mut lifecycle).await;
    assert!(matches!(change, Lifecycle::ConnectError { will_retry: false, .. }), "{change:?}");
    assert!(matches!(next_change(&mut lifecycle).await, Lifecycle::ReconnectFailed));
    let judged = judged.so_far();
    assert_eq!(judged.len(), 3);
    assert!(judged.iter().all(|failure| failure.contains("status: 403")), "{judged:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn who_is_kicked_comes_back_where_the_policy_says_so() {
    let server = start().await;
    let client = quick(server.url())
        .retry_policy(|failure| match failure {
            Failure::Loss(DisconnectReason::ServerDisconnect) => RetryDecision::Retry,
            _ => RetryDecision::Default,
        })
        .build()
        .expect("the URL is good");
    let kick = soon(client.socket::<Kick>().connect()).await.expect("the server accepts");
    let mut lifecycle = kick.lifecycle();
    // On the connection that stays, and with it.
    for is_alone in [true, false] {
        let told = if is_alone { kick.emit().kick() } else { kick.emit().kick_engine() };
        told.expect("the socket is connected");
        let change = next_change(&mut lifecycle).await;
        let Lifecycle::Disconnect {
            reason: DisconnectReason::ServerDisconnect,
            will_reconnect: true,
        } = change
        else {
            panic!("{change:?}")
        };
        until_connected(&mut lifecycle).await;
        assert!(kick.is_connected());
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_server_that_accepts_and_kicks_at_once_uses_up_the_attempts() {
    let server = start().await;
    let client = quick(server.url())
        .reconnection_attempts(3)
        .retry_policy(|_| RetryDecision::Retry)
        .build()
        .expect("the URL is good");
    let thrown = client.socket::<Thrown>().auth(Haste { at_once: true });
    let thrown = thrown.build().expect("a new namespace");
    let mut lifecycle = thrown.lifecycle();
    drop(thrown.connect());
    let (mut connections, mut attempts) = (0, Vec::new());
    loop {
        match next_change(&mut lifecycle).await {
            Lifecycle::Connect { .. } => connections += 1,
            Lifecycle::ReconnectAttempt { attempt } => attempts.push(attempt),
            Lifecycle::ReconnectFailed => break,
            _ => {}
        }
    }
    assert_eq!((connections, attempts), (4, vec![1, 2, 3]));
    assert!(!thrown.is_connected());
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_refusal_is_asked_again_where_the_policy_says_so() {
    let server = start().await;
    let client = quick(server.url())
        .reconnection_attempts(1)
        .retry_policy(|failure| match failure {
            Failure::Attempt(ConnectError::Refused { .. }) => RetryDecision::Retry,
            _ => RetryDecision::Default,
        })
        .build()
        .expect("the URL is good");
    let refuse = client.socket::<Refuse>().build().expect("a new namespace");
    let mut lifecycle = refuse.lifecycle();
    let error = soon(refuse.connect()).await.expect_err("the server refuses");
    assert!(matches!(error, ConnectError::Refused { .. }), "{error:?}");
    let change = next_change(&mut lifecycle).await;
    assert!(matches!(change, Lifecycle::ConnectError { will_retry: true, .. }), "{change:?}");
    assert_eq!(next_attempt(&mut lifecycle).await, 1);
    let change = next_change(&mut lifecycle).await;
    assert!(matches!(change, Lifecycle::ConnectError { will_retry: false, .. }), "{change:?}");
    assert!(matches!(next_change(&mut lifecycle).await, Lifecycle::ReconnectFailed));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_policy_that_panics_harms_nobody() {
    let mut server = start().await;
    let client = quick(server.url()).retry_policy(|_| panic!("a policy's own mistake"));
    let client = client.reconnection_delay(Duration::from_millis(1));
    let client = client.build().expect("the URL is good");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let mut lifecycle = echo.lifecycle();
    server.kill().await;
    let change = next_change(&mut lifecycle).await;
    assert!(matches!(change, Lifecycle::Disconnect { will_reconnect: true, .. }), "{change:?}");
    server.restart_same_port().await;
    until_connected(&mut lifecycle).await;
}
