//! From one transport to another: the change to a WebSocket, and what happens where there can
//! be none.

use serde_json::json;
use socketio_runtime::{
    ClientBuilder, ConnectError, Lifecycle, Socket, Transport, error::TransportError,
};
use socketio_tests::{NodeOptions, NodeServer, Proxy, ReverseProxy, WebSocketPolicy, soon};

use crate::{
    schema::Echo,
    setup::{next_change, quick, until_connected},
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

/// Begins as browsers do.
fn polling_first(url: impl Into<String>) -> ClientBuilder {
    quick(url).transports([Transport::Polling, Transport::WebSocket])
}

async fn enter(client: ClientBuilder) -> Socket<Echo> {
    let client = client.build().expect("the URL is good");
    soon(client.socket::<Echo>().connect()).await.expect("the server accepts")
}

/// What carries the connection, as both sides say.
async fn transport(echo: &Socket<Echo>) -> (String, bool) {
    let report = soon(echo.emit().transport()).await.expect("an answer");
    (report.name, report.upgraded)
}

/// Waits until both sides speak WebSocket.
async fn upgraded(echo: &Socket<Echo>) {
    let mut state = echo.state();
    soon(state.wait_for(|state| state.transport == Some(Transport::WebSocket)))
        .await
        .expect("the socket is there");
    soon(async { while transport(echo).await != ("websocket".to_owned(), true) {} }).await;
}

/// Carries events both ways by long-polling.
async fn stays_on_polling(echo: &Socket<Echo>) {
    let mut numbers = echo.stream().number();
    for number in 0..50_u64 {
        echo.emit().tell("number", &[number.into()]).expect("the socket is connected");
        assert_eq!(soon(numbers.next()).await, Some(number));
    }
    assert_eq!(transport(echo).await, ("polling".to_owned(), false));
    assert_eq!(echo.state().borrow().transport, Some(Transport::Polling));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_connection_that_begins_with_polling_becomes_a_websocket_and_is_the_same() {
    let mut server = start().await;
    let client = polling_first(server.url()).build().expect("the URL is good");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let mut lifecycle = echo.lifecycle();
    soon(echo.connect()).await.expect("the server accepts");
    let id = echo.id();
    assert!(matches!(next_change(&mut lifecycle).await, Lifecycle::Connect { .. }));
    let change = next_change(&mut lifecycle).await;
    assert!(
        matches!(change, Lifecycle::Upgrade { transport: Transport::WebSocket, .. }),
        "{change:?}"
    );
    upgraded(&echo).await;
    assert_eq!(echo.id(), id);
    assert_eq!(server.census("/echo").await, (1, 1));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn nothing_is_lost_doubled_or_overtaken_by_the_change() {
    let server = start().await;
    for _ in 0..3 {
        let echo = enter(polling_first(server.url()).listener_queue(64 * 1024)).await;
        let mut numbers = echo.stream().number();
        let mut state = echo.state();
        let mut emitted = 0_u64;
        // All the way through the change, and a little more.
        let mut left = 100;
        while left > 0 {
            echo.emit().tell("number", &[emitted.into()]).expect("there is room");
            emitted += 1;
            if emitted % 5 == 0 {
                soon(echo.emit().echo(&json!(emitted))).await.expect("an answer");
            }
            if state.borrow_and_update().transport == Some(Transport::WebSocket) {
                left -= 1;
            }
        }
        for expected in 0..emitted {
            assert_eq!(soon(numbers.next()).await, Some(expected));
        }
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_proxy_that_refuses_websockets_leaves_the_connection_on_polling() {
    let server = start().await;
    let mut proxy = ReverseProxy::start(&[server.address()]).await;
    for policy in [WebSocketPolicy::Refuse(403), WebSocketPolicy::Refuse(400)] {
        proxy.websockets(policy).await;
        for client in [polling_first(proxy.url()), quick(proxy.url())] {
            let echo = enter(client).await;
            let id = echo.id();
            stays_on_polling(&echo).await;
            assert_eq!(echo.id(), id, "the connection was lost");
        }
    }
    proxy.websockets(WebSocketPolicy::Forward).await;
    upgraded(&enter(polling_first(proxy.url())).await).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_proxy_that_swallows_websockets_leaves_the_connection_on_polling() {
    let server = start().await;
    let mut proxy = ReverseProxy::start(&[server.address()]).await;
    proxy.websockets(WebSocketPolicy::Hang).await;
    let echo = enter(polling_first(proxy.url())).await;
    stays_on_polling(&echo).await;
    soon(echo.disconnect()).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_proxy_that_refuses_websockets_is_told_where_nothing_else_may_be_tried() {
    let server = start().await;
    let mut proxy = ReverseProxy::start(&[server.address()]).await;
    proxy.websockets(WebSocketPolicy::Refuse(403)).await;
    for client in [
        quick(proxy.url()).try_all_transports(false),
        quick(proxy.url()).transports([Transport::WebSocket]),
    ] {
        let socket = client.build().expect("the URL is good").socket::<Echo>();
        let error = soon(socket.connect()).await.expect_err("no WebSocket passes");
        let ConnectError::Transport(TransportError::Status {
            transport: Transport::WebSocket,
            status: 403,
            ..
        }) = &error
        else {
            panic!("{error:?}")
        };
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_upgrade_is_not_tried_where_either_side_does_not_want_it() {
    let willing = start().await;
    let unwilling = NodeServer::start(NodeOptions::new().no_upgrades()).await;
    for client in [
        polling_first(willing.url()).upgrade(false),
        polling_first(unwilling.url()),
        quick(willing.url()).transports([Transport::Polling]),
    ] {
        stays_on_polling(&enter(client).await).await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn another_transport_is_tried_where_the_server_does_not_take_the_first() {
    let websocket_only = NodeServer::start(NodeOptions::new().transports(&["websocket"])).await;
    let echo = enter(polling_first(websocket_only.url())).await;
    assert_eq!(transport(&echo).await, ("websocket".to_owned(), false));
    let client = polling_first(websocket_only.url()).try_all_transports(false).build();
    let socket = client.expect("the URL is good").socket::<Echo>();
    let error = soon(socket.connect()).await.expect_err("the server takes no polling");
    assert!(
        matches!(error, ConnectError::Transport(TransportError::Status { status: 400, .. })),
        "{error:?}"
    );
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_websocket_that_worked_is_remembered_if_told_to() {
    let server = start().await;
    let proxy = Proxy::start(server.address()).await;
    for remembers in [true, false] {
        let echo = enter(polling_first(proxy.url()).remember_upgrade(remembers)).await;
        upgraded(&echo).await;
        let mut lifecycle = echo.lifecycle();
        soon(echo.disconnect()).await;
        while soon(lifecycle.next()).await.is_some() {}
        let mut lifecycle = echo.lifecycle();
        soon(echo.connect()).await.expect("the server accepts");
        until_connected(&mut lifecycle).await;
        let requests = soon(echo.emit().requests()).await.expect("an answer");
        let first = &requests.first().expect("a handshake").url;
        assert_eq!(first.contains("transport=websocket"), remembers, "{first}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_connection_that_is_lost_during_the_change_comes_back() {
    let server = start().await;
    let proxy = Proxy::start(server.address()).await;
    for _ in 0..5 {
        let client = polling_first(proxy.url()).build().expect("the URL is good");
        let echo = client.socket::<Echo>().build().expect("a new namespace");
        let mut lifecycle = echo.lifecycle();
        soon(echo.connect()).await.expect("the server accepts");
        until_connected(&mut lifecycle).await;
        proxy.cut();
        until_connected(&mut lifecycle).await;
        upgraded(&echo).await;
    }
}
