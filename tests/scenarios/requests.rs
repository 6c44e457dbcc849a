//! What a client's requests say, as the server saw it.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use serde_json::json;
use socketio_runtime::{
    ClientBuilder, ConnectError, RequestParts, Socket,
    error::{RefusalCode, Transport, TransportError},
};
use socketio_tests::{FakeServer, NodeOptions, NodeServer, Proxy, soon};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    schema::{Echo, Handshake},
    setup::{notes, quick, until_connected},
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

async fn join(client: ClientBuilder) -> Socket<Echo> {
    let socket = client.build().expect("the options are good").socket::<Echo>();
    soon(socket.connect()).await.expect("the server accepts")
}

async fn handshake(echo: &Socket<Echo>) -> Handshake {
    soon(echo.emit().handshake()).await.expect("an answer")
}

async fn connect_error(client: ClientBuilder) -> ConnectError {
    let socket = client.build().expect("the options are good").socket::<Echo>();
    soon(socket.connect()).await.expect_err("it does not connect")
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn query_parameters_arrive_as_they_were_given() {
    let server = start().await;
    let client = quick(format!("{}?in=url", server.url())).query("&=?a", "&=?b #ü🎉+%20");
    let seen = handshake(&join(client).await).await;
    assert_eq!(seen.query["in"], "url");
    assert_eq!(seen.query["&=?a"], "&=?b #ü🎉+%20");
    assert_eq!((&seen.query["EIO"], &seen.query["t"]), (&json!("4"), &json!(null)));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_hook_gives_every_attempt_its_own_headers_and_query() {
    let server = start().await;
    let proxy = Proxy::start(server.address()).await;
    let attempts = Arc::new(AtomicU32::new(0));
    let client = quick(proxy.url()).extra_header("x-fixed", "1").request_hook(move || {
        let attempt = attempts.fetch_add(1, Ordering::Relaxed);
        async move {
            tokio::task::yield_now().await;
            let parts = RequestParts::new().header("authorization", format!("Bearer {attempt}"));
            parts.query("attempt", attempt.to_string())
        }
    });
    let echo = join(client).await;
    let mut lifecycle = echo.lifecycle();
    for attempt in 0..2 {
        let seen = handshake(&echo).await;
        assert_eq!(seen.headers["authorization"], format!("Bearer {attempt}"));
        assert_eq!(seen.headers["x-fixed"], "1");
        assert_eq!(seen.query["attempt"], attempt.to_string());
        if attempt == 0 {
            proxy.cut();
            until_connected(&mut lifecycle).await;
        }
    }
}

fn panicking() -> RequestParts {
    panic!("a mistake of the user's")
}

#[tokio::test]
async fn a_hook_that_fails_or_panics_fails_the_attempt_and_nothing_else() {
    let server = FakeServer::silent().await;
    let failing = quick(server.url()).request_hook(async || {
        Ok(RequestParts::new().header("x", "no number".parse::<u8>()?.to_string()))
    });
    let error = connect_error(failing).await;
    assert!(matches!(error, ConnectError::Transport(TransportError::Hook(_))), "{error:?}");
    assert!(error.to_string().contains("invalid digit"), "{error}");

    let error = connect_error(quick(server.url()).request_hook(panicking)).await;
    assert!(matches!(error, ConnectError::Transport(TransportError::Hook(_))), "{error:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn subprotocols_are_offered_to_the_server() {
    let server = start().await;
    let echo = join(quick(server.url()).protocols(["chat.v2", "chat.v1"])).await;
    let seen = handshake(&echo).await;
    assert_eq!(seen.headers["sec-websocket-protocol"], "chat.v2, chat.v1");
    let echo = join(quick(server.url())).await;
    let seen = handshake(&echo).await;
    assert_eq!(seen.headers["sec-websocket-protocol"], json!(null));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn requests_are_stamped_as_they_are_told() {
    let server = start().await;
    let client = quick(server.url()).timestamp_requests(true).timestamp_param("stamp");
    let first = handshake(&join(client).await).await.query["stamp"].clone();
    let client = quick(server.url()).timestamp_requests(true).timestamp_param("stamp");
    let second = handshake(&join(client).await).await.query["stamp"].clone();
    assert!(first.is_string() && second.is_string() && first != second, "{first} {second}");
}

/// The first line of a request to a server.
async fn request_line(client: impl FnOnce(String) -> ClientBuilder) -> String {
    let (pen, mut requests) = notes();
    let server = FakeServer::tcp(move |mut stream| {
        let pen = pen.clone();
        async move {
            let mut line = Vec::new();
            while !line.ends_with(b"\r\n") {
                let Ok(byte) = stream.read_u8().await else { return };
                line.push(byte);
            }
            pen.note(String::from_utf8(line).expect("ASCII"));
            let refusal =
                b"HTTP/1.1 400 Bad Request\r\ncontent-length: 18\r\n\r\nSession ID unknown";
            stream.write_all(refusal).await.ok();
        }
    })
    .await;
    let error = connect_error(client(server.url())).await;
    let ConnectError::Transport(TransportError::Status { transport, refusal, .. }) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*transport, Transport::WebSocket);
    let code = refusal.as_ref().map(|refusal| refusal.code);
    assert_eq!(code, Some(RefusalCode::SessionUnknown), "a bare text is understood too");
    requests.next().await
}

#[tokio::test]
async fn the_path_ends_as_it_is_told_and_base64_is_asked_for() {
    let line = request_line(quick).await;
    assert_eq!(line, "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n");
    let line = request_line(|url| {
        let client = quick(url).add_trailing_slash(false).force_base64(true);
        client.query("twice", "1").query("twice", "2")
    })
    .await;
    assert_eq!(line, "GET /socket.io?twice=1&twice=2&EIO=4&transport=websocket&b64=1 HTTP/1.1\r\n");
}

#[tokio::test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs a second loopback address")]
async fn connections_come_from_the_local_address() {
    let (pen, mut peers) = notes();
    let server = FakeServer::tcp(move |stream| {
        pen.note(stream.peer_addr().expect("it is connected").ip());
        async move { drop(stream) }
    })
    .await;
    for address in [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 0, 0, 2)].map(IpAddr::from) {
        let client = quick(server.url()).transports([Transport::WebSocket]);
        connect_error(client.local_address(address)).await;
        assert_eq!(peers.next().await, address);
    }
}
