//! What is meant for one host reaches no other: by redirects, cookies and proxies.

use socketio_runtime::{
    ClientBuilder, ConnectError, Proxy, Transport,
    error::{ProxyError, TransportError},
};
use socketio_tests::{FakeServer, soon};
use tokio::{
    io::{AsyncWriteExt, copy_bidirectional},
    net::TcpStream,
};

use super::server::{Server, handshake, ok, read_head, redirect};
use crate::{
    schema::Echo,
    setup::{Notes, next_change, notes, quick},
};

/// A client with much to lose, which tries once.
fn loaded(url: impl Into<String>) -> ClientBuilder {
    quick(url)
        .reconnection(false)
        .extra_header("authorization", "Bearer s3cret")
        .extra_header("cookie", "session=s3cret")
        .query("room", "s3cret")
}

async fn connect_error(client: ClientBuilder) -> ConnectError {
    let socket = client.build().expect("the options are good").socket::<Echo>();
    let auth = serde_json::json!({ "token": "s3cret" });
    soon(socket.auth(auth).connect()).await.expect_err("it does not connect")
}

/// Each place that a redirect may lead to, and how an error may name it.
fn elsewhere(other: &Server) -> Vec<(String, Option<String>)> {
    let tls = other.named_url().replace("http", "https");
    vec![
        (format!("{}/steal?s3cret", other.named_url()), Some(other.named_url())),
        (format!("{}/socket.io/", other.url()), Some(other.url())),
        (format!("{tls}/socket.io/"), Some(tls)),
        (other.url().replace("http", "ws"), Some(other.url().replace("http", "ws"))),
        (other.url().replace("http:", ""), None),
        ("/elsewhere?s3cret".to_owned(), None),
        ("\u{fffd}".to_owned(), None),
    ]
}

#[tokio::test]
async fn a_redirect_is_never_followed_and_named_without_its_query() {
    let mut other = Server::start(|_| String::new()).await;
    for (location, expected) in elsewhere(&other) {
        for status in [301, 302, 303, 307, 308] {
            for asked in [Transport::WebSocket, Transport::Polling] {
                let answer = redirect(status, &location);
                let mut server = Server::start(move |_| answer.clone()).await;
                let error = connect_error(loaded(server.url()).transports([asked])).await;
                let ConnectError::Transport(TransportError::Redirected {
                    transport,
                    status: told,
                    target,
                }) = &error
                else {
                    panic!("{location}: {error:?}")
                };
                assert_eq!((*transport, *told, target), (asked, status, &expected), "{location}");
                assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
                server.requests.next().await;
                server.assert_unvisited().await;
            }
        }
    }
    other.assert_unvisited().await;
}

#[tokio::test]
async fn neither_a_session_nor_its_change_to_a_websocket_follows_a_redirect() {
    let mut other = Server::start(|_| String::new()).await;
    let location = format!("{}/socket.io/", other.named_url());
    // The session opens; then come, in any order, a request with the CONNECT, a poll, and the request
    // for a WebSocket.
    let answers = move |number| match number {
        0 => handshake("", "s3cret"),
        _ => redirect(307, &location),
    };
    let mut server = Server::start(answers).await;
    let transports = [Transport::Polling, Transport::WebSocket];
    let error = connect_error(loaded(server.url()).transports(transports)).await;
    let text = format!("{error} {error:?}");
    assert!(text.contains("HTTP status 307") && !text.contains("s3cret"), "{text}");
    assert!(server.requests.next().await.line().contains("transport=polling"));
    other.assert_unvisited().await;
}

#[tokio::test]
async fn cookies_go_back_to_where_they_were_set_and_nowhere_else() {
    const COOKIES: &str = "set-cookie: plain=1\r\n\
        set-cookie: ours=2; Path=/socket.io; HttpOnly; SameSite=Strict\r\n\
        set-cookie: elsewhere=3; Domain=elsewhere.example\r\n\
        set-cookie: below=4; Domain=at.localhost\r\n\
        set-cookie: admin=5; Path=/admin\r\n\
        set-cookie: secure=6; Secure\r\n";
    const REFUSAL: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
    let answers = |number| if number == 0 { handshake(COOKIES, "x") } else { REFUSAL.to_owned() };
    let mut server = Server::start(answers).await;
    let mut other = Server::start(|_| REFUSAL.to_owned()).await;
    let polling = |url| quick(url).transports([Transport::Polling]).reconnection(false);
    connect_error(polling(server.named_url())).await;
    assert_eq!(server.requests.next().await.header("cookie"), None);
    assert_eq!(server.requests.next().await.header("cookie"), Some("plain=1; ours=2"));

    // Another session with the same server, by its name and by its address, and another server of the
    // same name.
    connect_error(polling(server.named_url())).await;
    connect_error(polling(server.url())).await;
    connect_error(polling(other.named_url())).await;
    let mut requests = server.requests.so_far();
    // Of the first session there may have been one more.
    requests.retain(|request| !request.line().contains("sid="));
    assert_eq!(requests.len(), 2, "{requests:?}");
    requests.push(other.requests.next().await);
    for request in requests {
        assert_eq!(request.header("cookie"), None, "{request:?}");
    }
}

/// A proxy that notes the heads it is asked with, answers with `answer`, and opens the tunnel if that
/// says so.
async fn proxy(answer: &'static str) -> (FakeServer, Notes<String>) {
    let (pen, heads) = notes();
    let proxy = FakeServer::tcp(move |mut stream| {
        let pen = pen.clone();
        async move {
            let Ok(head) = read_head(&mut stream).await else { return };
            let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
            pen.note(head);
            if stream.write_all(answer.as_bytes()).await.is_ok() && answer.contains(" 200 ") {
                let mut server = TcpStream::connect(target).await.expect("it listens");
                copy_bidirectional(&mut stream, &mut server).await.ok();
            }
        }
    })
    .await;
    (proxy, heads)
}

#[tokio::test]
async fn a_proxy_is_told_nothing_that_is_the_servers_and_the_server_nothing_that_is_the_proxys() {
    let refusing = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
    let mut server =
        Server::start(move |number| if number == 1 { handshake("", "s") } else { refusing.into() })
            .await;
    let (proxy, mut heads) =
        proxy("HTTP/1.1 200 Connection established\r\nset-cookie: proxys=1\r\n\r\n").await;
    for asked in [Transport::WebSocket, Transport::Polling] {
        let through = Proxy::new(proxy.url()).credentials("me", "pr0xy-s3cret");
        connect_error(loaded(server.url()).transports([asked]).proxy(through)).await;
        let request = server.requests.next().await;
        assert_eq!(request.header("authorization"), Some("Bearer s3cret"));
        assert_eq!(request.header("cookie"), Some("session=s3cret"), "{request:?}");
        assert_eq!(request.header("proxy-authorization"), None, "{request:?}");

        let head = heads.next().await;
        let address = server.url().replace("http://", "");
        // `me:pr0xy-s3cret`.
        let authorization = "Basic bWU6cHIweHktczNjcmV0";
        let mut lines: Vec<_> = head.trim_end().lines().map(str::to_lowercase).collect();
        lines.sort();
        assert_eq!(
            lines,
            [
                format!("connect {address} http/1.1"),
                format!("host: {address}"),
                format!("proxy-authorization: {authorization}").to_lowercase(),
            ]
        );
        assert!(head.contains(authorization), "{head}");
    }
    for request in server.requests.so_far() {
        assert!(!request.0.contains("proxys=1") && !request.0.contains("Basic"), "{request:?}");
    }
}

#[tokio::test]
async fn a_proxy_cannot_send_the_client_elsewhere() {
    let mut other = Server::start(|_| String::new()).await;
    let location = format!("HTTP/1.1 302 Found\r\nlocation: {}/\r\n\r\n", other.url());
    let (proxy, _heads) = proxy(location.leak()).await;
    let error = connect_error(loaded("http://127.0.0.1:9").proxy(Proxy::new(proxy.url()))).await;
    let ConnectError::Transport(TransportError::Proxy { error, .. }) = error else {
        panic!("{error:?}")
    };
    assert!(matches!(error, ProxyError::Refused { status: 302 }), "{error:?}");
    other.assert_unvisited().await;
}

#[tokio::test]
async fn a_proxy_that_does_not_want_the_credentials_does_not_make_the_client_go_without_it() {
    let mut server = Server::start(|_| ok("", "never asked")).await;
    let (proxy, mut heads) =
        proxy("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n").await;
    let through = Proxy::new(proxy.url()).credentials("me", "pr0xy-s3cret");
    let client = loaded(server.url()).proxy(through).build().expect("the options are good");
    let socket = client.socket::<Echo>().build().expect("a new namespace");
    let mut lifecycle = socket.lifecycle();
    let error = soon(socket.connect()).await.expect_err("there is no way through");
    heads.next().await;
    let change = next_change(&mut lifecycle).await;
    for text in [format!("{error} {error:?}"), format!("{change:?}")] {
        assert!(text.contains("407"), "{text}");
        for secret in ["s3cret", "bWU6cHIweHktczNjcmV0"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    server.assert_unvisited().await;
}
