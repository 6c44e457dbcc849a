//! The reverse proxy forwards, refuses a WebSocket, and spreads requests.

use std::net::SocketAddr;

use socketio_tests::{NodeOptions, NodeServer, ReverseProxy, WebSocketPolicy};
use tokio::net::TcpStream;
use tokio_tungstenite::{client_async, tungstenite::Error};

use crate::wire::{Poll, Request, Wire};

/// The status that a request for a WebSocket is answered with.
async fn refusal(address: SocketAddr) -> u16 {
    let stream = TcpStream::connect(address).await.expect("the proxy listens");
    let url = "ws://localhost/socket.io/?EIO=4&transport=websocket";
    match client_async(url, stream).await {
        Err(Error::Http(response)) => response.status().as_u16(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn it_forwards_requests_and_websockets() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let proxy = ReverseProxy::start(&[server.address()]).await;
    let mut wire = Wire::join(proxy.address(), "/kick", "").await;
    let poll = Poll::join(proxy.address(), "/kick").await;
    poll.send(r#"42/kick,["kick"]"#).await;
    assert_eq!(poll.next().await, "41/kick,");
    wire.send(r#"42/kick,["kick:engine"]"#).await;
    wire.expect("41/kick,").await;
    let end = wire.next().await.expect("the end is forwarded, too");
    assert!(end.is_close(), "{end:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn it_refuses_websockets_and_nothing_else() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let mut proxy = ReverseProxy::start(&[server.address()]).await;
    for status in [400, 403] {
        proxy.websockets(WebSocketPolicy::Refuse(status)).await;
        assert_eq!(refusal(proxy.address()).await, status);
    }
    Poll::join(proxy.address(), "/kick").await;
    proxy.websockets(WebSocketPolicy::Forward).await;
    Wire::open(proxy.address()).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn requests_go_round_unless_a_cookie_keeps_them_at_one_server() {
    let one = NodeServer::start(NodeOptions::new()).await;
    let other = NodeServer::start(NodeOptions::new()).await;
    let servers = [one.address(), other.address()];
    let proxy = ReverseProxy::start(&servers).await;
    let poll = Poll::open(proxy.address()).await;
    let response = poll.request("POST", "40").await.expect("an answer");
    assert_eq!(response.body, r#"{"code":1,"message":"Session ID unknown"}"#);

    let proxy = ReverseProxy::sticky(&servers, "srv").await;
    let opened = Request::handshake(proxy.address(), &[]).await;
    let cookie = opened.header("set-cookie").expect("a cookie");
    let cookie = format!("cookie: {}", cookie.split(';').next().expect("a value"));
    let id = opened.body.split('"').nth(3).expect("a session id");
    let line = format!("POST /socket.io/?EIO=4&transport=polling&sid={id}");
    for _ in 0..3 {
        let request = Request { line: &line, headers: &[&cookie], body: "40/kick," };
        let response = request.send(proxy.address()).await.expect("an answer");
        assert_eq!(response.body, "ok");
    }
    let request = Request { line: &line, headers: &[], body: "40/kick," };
    let mut statuses = Vec::new();
    for _ in 0..2 {
        statuses.push(request.send(proxy.address()).await.expect("an answer").status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400], "without the cookie one server is as good as the other");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_outage_is_told_by_its_status() {
    let mut server = NodeServer::start(NodeOptions::new()).await;
    let mut proxy = ReverseProxy::start(&[server.address()]).await;
    proxy.outage(Some(503)).await;
    assert_eq!(Request::handshake(proxy.address(), &[]).await.status, 503);
    proxy.outage(None).await;
    assert_eq!(Request::handshake(proxy.address(), &[]).await.status, 200);
    server.kill().await;
    assert_eq!(Request::handshake(proxy.address(), &[]).await.status, 502);
}
