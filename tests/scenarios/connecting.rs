//! From the first connect to the last goodbye: which connections are made, for whom, and what
//! is said on them.

use futures_util::FutureExt;
use schema_examples::{payload::Credentials, schema::Chat};
use serde_json::json;
use socketio_runtime::{
    ConnectError, DisconnectReason, Lifecycle, Socket, error::TransportError, namespace,
    server_to_client,
};
use socketio_tests::{FakeServer, NodeOptions, NodeServer, soon};

use crate::{
    schema::{Delay, Echo, Kick, Slow},
    setup::{join, notes, quick, scribe},
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

async fn is_well(echo: &Socket<Echo>) {
    assert_eq!(soon(echo.emit().echo(&json!("well"))).await.expect("an answer"), "well");
}

/// Waits until the server has so many sessions, and sockets of a namespace.
async fn counts(server: &mut NodeServer, namespace: &str, expected: (u64, u64)) {
    soon(async {
        while server.census(namespace).await != expected {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_socket_makes_no_connection_before_it_is_told_to() {
    let (server, mut heard) = scribe().await;
    let client = quick(server.url()).build().expect("the URL is good");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    echo.on().number(|_| ());
    echo.emit().tell("text", &[]).expect("it waits");
    tokio::task::yield_now().await;
    // By the time that another client is served, the first one would have been, too.
    join::<Kick>(server.url()).await;
    assert_eq!(heard.next().await, "40/kick,");
    assert!(!echo.is_connected() && echo.id().is_none());
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn clients_do_not_share_connections() {
    let mut server = start().await;
    let one = join::<Echo>(server.url()).await;
    let other = join::<Echo>(format!("{}/?other=1", server.url())).await;
    assert_ne!(one.id(), other.id());
    assert_eq!(server.census("/echo").await, (2, 2));
    soon(one.disconnect()).await;
    is_well(&other).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_namespace_may_be_entered_after_the_last_one_has_left() {
    let mut server = start().await;
    let client = quick(server.url()).build().expect("the URL is good");
    let kick = soon(client.socket::<Kick>().connect()).await.expect("the server accepts");
    soon(kick.disconnect()).await;
    counts(&mut server, "/kick", (0, 0)).await;
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    is_well(&echo).await;
    assert_eq!(server.census("/kick").await, (1, 0));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_namespace_is_entered_while_another_is_left() {
    let mut server = start().await;
    let client = quick(server.url()).build().expect("the URL is good");
    let kick = soon(client.socket::<Kick>().connect()).await.expect("the server accepts");
    let connecting = client.socket::<Echo>().connect();
    let (echo, ()) = soon(async { tokio::join!(connecting, kick.disconnect()) }).await;
    is_well(&echo.expect("the server accepts")).await;
    counts(&mut server, "/kick", (1, 0)).await;
}

#[tokio::test]
async fn each_namespace_is_asked_for_once_and_told_goodbye_once() {
    let (server, mut heard) = scribe().await;
    let client = quick(server.url()).build().expect("the URL is good");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let kick = client.socket::<Kick>().build().expect("a new namespace");
    soon(echo.connect()).await.expect("the server accepts");
    soon(async { tokio::try_join!(kick.connect(), echo.connect(), kick.connect()) })
        .await
        .expect("the server accepts");
    soon(echo.connect()).await.expect("it is connected");
    soon(async { tokio::join!(echo.disconnect(), echo.disconnect()) }).await;
    soon(kick.disconnect()).await;
    soon(kick.disconnect()).await;
    for expected in ["40/echo,", "40/kick,", "41/echo,", "41/kick,", "close"] {
        assert_eq!(heard.next().await, expected);
    }
    assert_eq!(heard.so_far(), [""; 0]);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_id_is_the_namespaces_own_as_the_server_knows_it() {
    let server = start().await;
    let echo = client_of_welcome(&server).await;
    let id = echo.id().expect("it is connected");
    let transport = soon(echo.emit().transport()).await.expect("an answer");
    assert_ne!(*id, transport.engine_id, "the connection's id is a secret");
}

/// A socket that has compared its id with the server's.
async fn client_of_welcome(server: &NodeServer) -> Socket<Echo> {
    let client = quick(server.url()).build().expect("the URL is good");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let welcome = echo.once().welcome();
    soon(echo.connect()).await.expect("the server accepts");
    assert_eq!(echo.id().as_deref(), Some(soon(welcome).await.expect("an event").as_str()));
    echo
}

#[server_to_client]
trait News {
    fn news(text: String);
}

#[namespace("/", listens = News)]
#[derive(Debug)]
struct Root;

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_root_is_a_namespace_like_any_other() {
    let mut server = start().await;
    let root = join::<Root>(server.url()).await;
    assert!(root.is_connected() && root.id().is_some());
    let news = root.once().news();
    server.broadcast("/echo", "news", &["for others".into()]).await;
    server.broadcast("/", "news", &["for the root".into()]).await;
    assert_eq!(soon(news).await.expect("an event"), "for the root");
    soon(root.disconnect()).await;
    counts(&mut server, "/", (0, 0)).await;
}

#[tokio::test]
async fn a_socket_that_is_disconnected_while_it_opens_reports_no_failure() {
    let server = FakeServer::silent().await;
    let client = quick(server.url()).build().expect("the URL is good");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let mut lifecycle = echo.lifecycle();
    let (connected, ()) = soon(async { tokio::join!(echo.connect(), echo.disconnect()) }).await;
    let error = connected.expect_err("it was disconnected");
    assert!(
        matches!(error, ConnectError::Disconnected(DisconnectReason::ClientDisconnect)),
        "{error:?}"
    );
    while let Some(change) = soon(lifecycle.next()).await {
        assert!(matches!(change, Lifecycle::Disconnect { .. }), "{change:?}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_query_keeps_its_escapes() {
    let server = start().await;
    let url = format!("{}/?key%26%3D%3Fa=%26%3D%3Fa%20%C3%B6&empty=", server.url());
    let echo = join::<Echo>(url).await;
    let query = soon(echo.emit().handshake()).await.expect("an answer").query;
    assert_eq!(query["key&=?a"], "&=?a \u{f6}");
    assert_eq!(query["empty"], "");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_path_is_the_servers_choice() {
    let server = NodeServer::start(NodeOptions::new().path("/deep/er/")).await;
    for path in ["/deep/er/", "/deep/er", "deep/er"] {
        let client = quick(server.url()).path(path).build().expect("the URL is good");
        let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
        is_well(&echo).await;
    }
}

#[tokio::test]
async fn a_url_without_a_port_means_its_schemes_own_and_ipv6_is_understood() {
    for (url, expected) in [
        ("http://no-such-host.invalid", "no-such-host.invalid:80"),
        ("ws://no-such-host.invalid/", "no-such-host.invalid:80"),
        ("https://no-such-host.invalid", "no-such-host.invalid:443"),
        ("wss://no-such-host.invalid?a=1", "no-such-host.invalid:443"),
        ("http://[::1]:1", "[::1]:1"),
    ] {
        let client = quick(url).build().expect(url);
        let error = soon(client.socket::<Echo>().connect()).await.expect_err(url);
        let ConnectError::Transport(TransportError::Connect { address, .. }) = &error else {
            panic!("{url}: {error:?}")
        };
        assert_eq!(address, expected, "{url}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_server_that_takes_websockets_only_is_reached() {
    let server = NodeServer::start(NodeOptions::new().transports(&["websocket"])).await;
    is_well(&join::<Echo>(server.url()).await).await;
}

#[tokio::test]
async fn what_was_emitted_before_the_connect_goes_before_what_is_emitted_then() {
    let (server, mut heard) = scribe().await;
    let client = quick(server.url()).build().expect("the URL is good");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    echo.emit().tell("1", &[]).expect("it waits");
    let connecting = echo.connect();
    echo.emit().tell("2", &[]).expect("it waits");
    soon(connecting).await.expect("the server accepts");
    echo.emit().tell("3", &[]).expect("the socket is connected");
    // Nothing goes before the server's word: it would close the connection for that.
    assert_eq!(heard.next().await, "40/echo,");
    for expected in 1..=3 {
        assert_eq!(heard.next().await, format!(r#"42/echo,["tell","{expected}"]"#));
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn who_was_refused_may_ask_again_and_get_in() {
    let server = start().await;
    let client = quick(server.url()).build().expect("the URL is good");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let mut tokens = ["wrong", "right"].into_iter();
    let provider = move || Credentials { token: tokens.next().unwrap_or("").to_owned() };
    let provider = std::sync::Mutex::new(provider);
    let provider = move || (provider.lock().expect("nobody panics"))();
    let chat = client.socket::<Chat>().auth(provider).build().expect("a new namespace");
    let error = soon(chat.connect()).await.expect_err("the token is wrong");
    assert!(matches!(error, ConnectError::Refused { .. }), "{error:?}");
    soon(chat.connect()).await.expect("the token is right");
    let pong = chat.once().pong();
    chat.emit().ping().expect("the socket is connected");
    soon(pong).await.expect("an event");
    is_well(&echo).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_namespace_that_is_left_before_it_is_accepted_is_no_zombie() {
    let mut server = start().await;
    let client = quick(server.url()).build().expect("the URL is good");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let id = echo.id();
    let delay = Delay { delay_ms: 100 };
    let slow = client.socket::<Slow>().auth(delay).build().expect("a new namespace");
    let mut connecting = slow.connect();
    assert!((&mut connecting).now_or_never().is_none());
    // The server has been asked by now.
    is_well(&echo).await;
    soon(slow.disconnect()).await;
    soon(connecting).await.expect_err("it was disconnected");
    // Asked for twice, the server would close the connection.
    soon(slow.connect()).await.expect("the server accepts");
    assert_eq!(server.census("/slow").await, (1, 1));
    soon(slow.disconnect()).await;
    counts(&mut server, "/slow", (1, 0)).await;
    is_well(&echo).await;
    assert_eq!(echo.id(), id, "the connection was lost");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_namespace_that_is_left_with_events_in_flight_harms_no_other() {
    let mut server = start().await;
    let client = quick(server.url()).build().expect("the URL is good");
    let root = soon(client.socket::<Root>().connect()).await.expect("the server accepts");
    let mut lifecycle = root.lifecycle();
    for _ in 0..5 {
        let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
        let (pen, mut heard) = notes();
        echo.on().number(move |number| pen.note(number));
        echo.emit().tell_many(500, "number").expect("the socket is connected");
        assert_eq!(heard.next().await, 0);
        soon(echo.disconnect()).await;
    }
    let news = root.once().news();
    server.broadcast("/", "news", &["still here".into()]).await;
    assert_eq!(soon(news).await.expect("an event"), "still here");
    assert!(lifecycle.next().now_or_never().is_none(), "nothing happened to the other one");
}
