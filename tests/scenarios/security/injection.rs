//! Neither the user's data nor the server's can add a line to a request, or a packet to a payload.

use socketio_runtime::{
    Client, ClientBuilder, ConnectError, Proxy, RequestParts, Transport, Untyped,
    error::{BuildError, TransportError},
};
use socketio_tests::soon;

use super::server::{Request, Server, handshake, ok};
use crate::{schema::Echo, setup::quick};

const EVIL: &str = "x\r\nx-evil: 1\r\n\r\nGET /evil HTTP/1.1\r\n\r\n";

fn build_error(client: ClientBuilder) -> BuildError {
    client.build().expect_err("it cannot be sent")
}

#[test]
fn what_would_end_a_line_of_a_request_is_refused_before_anything_is_sent() {
    let here = || Client::builder("http://127.0.0.1:1");
    for url in [format!("http://127.0.0.1:1/?{EVIL}"), format!("http://{EVIL}")] {
        assert!(matches!(build_error(Client::builder(url)), BuildError::InvalidUrl { .. }));
    }
    assert!(matches!(build_error(here().path(EVIL)), BuildError::InvalidUrl { .. }));
    assert!(matches!(build_error(here().protocols([EVIL])), BuildError::InvalidProtocol { .. }));
    assert!(matches!(build_error(here().timestamp_param(EVIL)), BuildError::InvalidQuery { .. }));
    for (name, value) in [("x", EVIL), (EVIL, "x"), ("cookie", EVIL), ("host", EVIL), ("x", "\0")] {
        let error = build_error(here().extra_header(name, value));
        assert!(matches!(error, BuildError::InvalidHeader { .. }), "{error:?}");
        assert!(!error.to_string().contains("x-evil"), "{error}");
    }
    let proxy = Proxy::new(format!("http://{EVIL}"));
    assert!(matches!(build_error(here().proxy(proxy)), BuildError::InvalidProxy { .. }));
}

#[tokio::test]
async fn what_a_hook_gives_is_held_to_the_same() {
    let hook = || RequestParts::new().header("x", EVIL);
    let client = quick("http://127.0.0.1:1").reconnection(false).request_hook(hook);
    let client = client.build().expect("the hook has not been asked");
    let error = soon(client.socket::<Echo>().connect()).await.expect_err("it cannot be sent");
    assert!(matches!(error, ConnectError::Transport(TransportError::Hook(_))), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("x-evil"), "{error:?}");
}

fn assert_harmless(request: &Request) {
    assert_eq!(request.header("x-evil"), None, "{request:?}");
    assert!(!request.0.contains("GET /evil"), "{request:?}");
    assert!(request.line().starts_with("GET /socket.io/?"), "{request:?}");
}

#[tokio::test]
async fn line_breaks_in_a_query_are_data() {
    let mut server = Server::start(|_| ok("", "")).await;
    for transport in [Transport::WebSocket, Transport::Polling] {
        let client = quick(server.url()).transports([transport]).reconnection(false);
        let client = client.query(EVIL, EVIL).build().expect("they are encoded");
        soon(client.socket::<Echo>().connect()).await.expect_err("there is no Socket.IO");
        let request = server.requests.next().await;
        assert_harmless(&request);
        let encoded = "x%0D%0Ax-evil%3A%201%0D%0A%0D%0AGET%20%2Fevil%20HTTP%2F1.1%0D%0A%0D%0A";
        assert!(request.line().contains(&format!("{encoded}={encoded}&")), "{request:?}");
    }
}

#[tokio::test]
async fn line_breaks_in_what_a_server_says_are_data() {
    // `{:?}` of Rust and JSON write line breaks alike.
    let answers = |number| match number {
        0 => handshake("", EVIL),
        _ => "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".to_owned(),
    };
    let mut server = Server::start(answers).await;
    let transports = [Transport::Polling, Transport::WebSocket];
    let client = quick(server.url()).transports(transports).reconnection(false);
    let client = client.build().expect("the options are good");
    soon(client.socket::<Echo>().connect()).await.expect_err("the server ends it");
    assert_harmless(&server.requests.next().await);
    let request = server.requests.next().await;
    let encoded = "sid=x%0D%0Ax-evil%3A%201";
    assert!(request.line().contains(encoded), "{request:?}");
    assert_eq!(request.header("x-evil"), None, "{request:?}");
}

/// In long-polling U+001E stands between packets, and a comma ends a namespace.
#[tokio::test]
async fn a_namespace_given_at_run_time_cannot_add_a_packet() {
    let client = quick("http://127.0.0.1:1").build().expect("the URL is good");
    let at = |path| client.socket::<Untyped>().namespace(path).build();
    for path in ["/a\u{1e}41/b", "/a,{}", "/a\r\n", "/a\n", "/a\0", "/a?b", "a", ""] {
        let error = at(path).map(drop).expect_err(path);
        assert!(matches!(error, ConnectError::InvalidNamespace { .. }), "{path:?}: {error:?}");
    }
    at("/\u{e9}\"\\").map(drop).expect("odd, and harmless");
}
