//! The fakes are as wrong as they say.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use socketio_tests::{FakeServer, soon};
use tokio::{io::AsyncReadExt, net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message},
};

async fn dial(server: &FakeServer) -> Result<WebSocketStream<TcpStream>, Error> {
    let stream = soon(TcpStream::connect(server.address())).await.expect("it accepts");
    soon(client_async("ws://localhost/", stream)).await.map(|(socket, _)| socket)
}

#[tokio::test]
async fn web_servers_answer_with_their_status_and_page() {
    for (server, status, page) in [
        (FakeServer::not_found().await, 404, "<h1>Not Found</h1>"),
        (FakeServer::html().await, 200, "<h1>Welcome</h1>"),
    ] {
        let Err(Error::Http(response)) = dial(&server).await else {
            panic!("{status} is not an HTTP answer")
        };
        assert_eq!(response.status(), status);
        assert_eq!(response.body().as_deref(), Some(page.as_bytes()));
    }
}

#[tokio::test]
async fn the_echo_server_repeats_and_says_nothing_first() {
    let server = FakeServer::websocket_echo().await;
    let mut socket = dial(&server).await.expect("a WebSocket");
    socket.send(Message::text("2probe")).await.expect("it listens");
    let echo = soon(socket.next()).await.expect("an echo").expect("no error");
    assert_eq!(echo, Message::text("2probe"));
}

#[tokio::test]
async fn a_handshake_is_sent_as_given() {
    let server = FakeServer::handshake("0{oops").await;
    let mut socket = dial(&server).await.expect("a WebSocket");
    let first = soon(socket.next()).await.expect("a message").expect("no error");
    assert_eq!(first, Message::text("0{oops"));
}

#[tokio::test]
async fn the_silent_server_accepts_and_never_answers() {
    let server = FakeServer::silent().await;
    let mut stream = TcpStream::connect(server.address()).await.expect("it accepts");
    let silence = timeout(Duration::from_millis(50), stream.read_u8()).await;
    assert!(silence.is_err(), "it said {silence:?}");
}

#[tokio::test]
async fn dropping_a_fake_ends_its_connections() {
    let server = FakeServer::silent().await;
    let mut stream = TcpStream::connect(server.address()).await.expect("it accepts");
    drop(server);
    soon(stream.read_u8()).await.expect_err("the other end is gone");
}
