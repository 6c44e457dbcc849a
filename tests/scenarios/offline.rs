//! What becomes of emits while the connection is down, as the socket, the event or the call wants
//! it; and what can be seen of those that wait, and thrown away.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use socketio_runtime::{
    AckError, Cancellation, EmitError, EmitOptions, Lifecycle, OfflinePolicy, Socket,
    SocketBuilder, WeakSocket, client_to_server, error::InvalidEvent, namespace, server_to_client,
};
use socketio_tests::{NodeOptions, NodeServer, Proxy, soon};

use crate::setup::{invalid_events, next_change, quick, until_connected};

/// Short for a time that is to pass.
const SHORT: Duration = Duration::from_millis(20);

#[server_to_client]
trait ToldText {
    fn welcome(id: String);
    fn text(text: String);
}

#[client_to_server]
trait Tells {
    /// Makes the server emit `event`.
    fn tell(event: &str, text: &str);
    fn echo(text: &str) -> String;
    #[event("ack:never", offline = reject)]
    fn ack_never() -> ();
    #[event("ack:late", offline = drop)]
    fn ack_late(delay_ms: u64) -> String;
}

#[namespace("/echo", listens = ToldText, emits = Tells)]
#[derive(Debug)]
struct Tell;

/// More than any of these tests takes.
const MINUTE: Duration = Duration::from_secs(59);

const REJECT: EmitOptions = EmitOptions::new().offline(OfflinePolicy::Reject);
const DROP: EmitOptions = EmitOptions::new().offline(OfflinePolicy::Drop);

/// A socket whose connection is lost and refused, with what holds for all its events.
async fn offline(
    configure: impl FnOnce(SocketBuilder<Tell>) -> SocketBuilder<Tell>,
) -> (NodeServer, Proxy, Socket<Tell>) {
    let server = NodeServer::start(NodeOptions::new()).await;
    let mut proxy = Proxy::start(server.address()).await;
    let client = quick(proxy.url()).build().expect("the URL is good");
    let builder = configure(client.socket::<Tell>());
    let tell = soon(builder.connect()).await.expect("the server accepts");
    let mut lifecycle = tell.lifecycle();
    proxy.refuse().await;
    proxy.cut();
    while !matches!(next_change(&mut lifecycle).await, Lifecycle::Disconnect { .. }) {}
    (server, proxy, tell)
}

/// Reconnects, and checks which texts come then.
async fn heal_and_hear(proxy: &mut Proxy, tell: &Socket<Tell>, expected: &[&str]) {
    let mut texts = tell.stream().text();
    let mut lifecycle = tell.lifecycle();
    proxy.heal().await;
    until_connected(&mut lifecycle).await;
    tell.emit().tell("text", "last").expect("the socket is connected");
    for text in expected.iter().chain(&["last"]) {
        assert_eq!(soon(texts.next()).await.as_deref(), Some(*text));
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_emit_waits_is_dropped_or_fails_as_it_says() {
    let (_server, mut proxy, tell) = offline(|builder| builder).await;
    let mut invalid = invalid_events(&tell);
    tell.emit_with(DROP).tell("text", "dropped").expect("it is not told");
    // The method itself says so.
    let error = tell.emit_with(REJECT).tell("text", "rejected").expect_err("offline");
    let EmitError::Offline { event } = &error else { panic!("{error:?}") };
    assert_eq!(event, "tell");
    tell.emit().tell("text", "kept").expect("it waits");
    for asked in [soon(tell.emit().ack_late(0)).await, soon(tell.emit_with(REJECT).echo("x")).await]
    {
        let error = asked.expect_err("offline");
        assert!(matches!(error, AckError::Emit(EmitError::Offline { .. })), "{error:?}");
    }
    let error = soon(tell.emit().ack_never()).await.expect_err("offline");
    assert!(matches!(error, AckError::Emit(EmitError::Offline { .. })), "{error:?}");
    heal_and_hear(&mut proxy, &tell, &["kept"]).await;
    tell.emit_with(REJECT).tell("text", "online").expect("the socket is connected");
    assert!(invalid.so_far().is_empty());
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_socket_has_a_policy_and_a_call_another_one() {
    let (_server, mut proxy, tell) =
        offline(|builder| builder.offline(OfflinePolicy::Reject)).await;
    tell.emit().tell("text", "rejected").expect_err("offline");
    let buffer = EmitOptions::new().offline(OfflinePolicy::Buffer);
    tell.emit_with(buffer).tell("text", "kept").expect("it waits");
    heal_and_hear(&mut proxy, &tell, &["kept"]).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_rejecting_event_is_accepted_as_soon_as_the_connection_is_told() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let client = quick(server.url()).build().expect("the URL is good");
    let builder = client.socket::<Tell>().offline(OfflinePolicy::Reject);
    let tell = builder.build().expect("the namespace is free");
    tell.emit().tell("text", "too early").expect_err("not connected yet");
    soon(tell.connect()).await.expect("the server accepts");
    for _ in 0..10 {
        tell.emit().tell("text", "connected").expect("the socket is connected");
    }
    soon(tell.disconnect()).await;
    let error = tell.emit().tell("text", "left").expect_err("disconnected");
    assert!(matches!(error, EmitError::Disconnected { .. }), "{error:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_is_too_old_at_the_reconnection_is_not_sent() {
    let (_server, mut proxy, tell) = offline(|builder| builder.time_to_live(SHORT)).await;
    let mut invalid = invalid_events(&tell);
    tell.emit().tell("text", "old").expect("it waits");
    let asked = tell.emit().echo("old");
    let for_ever = EmitOptions::new().time_to_live(Duration::MAX);
    tell.emit_with(for_ever).tell("text", "kept").expect("it waits");
    let told = invalid.next().await;
    let InvalidEvent::Emit(EmitError::Expired { event, after: SHORT }) = &told else {
        panic!("{told:?}")
    };
    assert_eq!(event, "tell");
    let error = soon(asked).await.expect_err("too old");
    assert!(matches!(error, AckError::Emit(EmitError::Expired { .. })), "{error:?}");
    heal_and_hear(&mut proxy, &tell, &["kept"]).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_waits_can_be_seen_and_cleared_while_reconnecting() {
    let (_server, mut proxy, tell) = offline(|builder| builder).await;
    tell.emit().tell("text", "stale").expect("it waits");
    let asked = tell.emit().echo("stale");
    let buffered = soon(tell.buffered()).await.expect("the runtime is there");
    let seen: Vec<_> = buffered.iter().map(|b| (&*b.event, b.has_ack)).collect();
    assert_eq!(seen, [("tell", false), ("echo", true)]);
    assert_eq!(buffered[0].size, r#"42/echo,["tell","text","stale"]"#.len());
    assert!(buffered[0].age < MINUTE);
    assert_eq!(soon(tell.clear_buffered()).await, 2);
    let error = soon(asked).await.expect_err("cleared");
    assert!(matches!(error, AckError::Emit(EmitError::Cleared { .. })), "{error:?}");
    tell.emit().tell("text", "fresh").expect("it waits");
    heal_and_hear(&mut proxy, &tell, &["fresh"]).await;
    assert!(soon(tell.buffered()).await.expect("the runtime is there").is_empty());
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn clearing_when_authentication_is_asked_for_is_in_time() {
    let handle: Arc<OnceLock<WeakSocket<Tell>>> = Arc::default();
    let weak = Arc::clone(&handle);
    let clears = move || {
        if let Some(tell) = weak.get().and_then(WeakSocket::upgrade) {
            tell.clear_buffered();
        }
        serde_json::json!({})
    };
    let (_server, mut proxy, tell) = offline(|builder| builder.auth(clears)).await;
    handle.set(tell.downgrade()).expect("it is set once");
    tell.emit().tell("text", "stale").expect("it waits");
    heal_and_hear(&mut proxy, &tell, &[]).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_socket_has_a_limit_for_what_it_holds_back() {
    let (_server, mut proxy, tell) = offline(|builder| builder.buffer_limit(80)).await;
    let mut invalid = invalid_events(&tell);
    for text in ["one", "two", "three"] {
        tell.emit().tell("text", text).expect("it waits, or is told later");
    }
    let told = invalid.next().await;
    let InvalidEvent::Emit(EmitError::BufferFull { limit: 80, .. }) = &told else {
        panic!("{told:?}")
    };
    heal_and_hear(&mut proxy, &tell, &["one", "two"]).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_cancelled_emit_is_withdrawn_if_it_still_waits() {
    let (_server, mut proxy, tell) = offline(|builder| builder).await;
    let cancelled = tell.emit().echo("cancelled");
    drop(tell.emit().echo("dropped").cancel_on_drop());
    drop(tell.emit().echo("forgotten"));
    assert_eq!(soon(cancelled.cancel()).await, Cancellation::Withdrawn);
    let buffered = soon(tell.buffered()).await.expect("the runtime is there");
    let seen: Vec<_> = buffered.iter().map(|b| (&*b.event, b.has_ack)).collect();
    assert_eq!(seen, [("echo", false)], "the one whose answer is forgotten");
    heal_and_hear(&mut proxy, &tell, &[]).await;
    // On its way it is not to be had back.
    let sent = tell.emit().ack_late(1000);
    soon(tell.flushed()).await.expect("the runtime is there");
    assert_eq!(soon(sent.cancel()).await, Cancellation::TooLate);
    // What failed before it was sent was never there.
    soon(tell.disconnect()).await;
    assert_eq!(soon(tell.emit().echo("refused").cancel()).await, Cancellation::Withdrawn);
}
