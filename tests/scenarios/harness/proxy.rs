//! The proxy does to connections what it says, and nothing else.

use std::time::Duration;

use socketio_tests::{ChatServer, Direction, FakeServer, Port, Proxy, soon};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};

use crate::wire::Wire;

/// A server that repeats bytes.
async fn echo() -> FakeServer {
    FakeServer::tcp(|mut stream| async move {
        let (mut reads, mut writes) = stream.split();
        tokio::io::copy(&mut reads, &mut writes).await.ok();
    })
    .await
}

/// Sends bytes and waits for them to come back.
async fn round_trip(stream: &mut TcpStream, bytes: &[u8]) {
    let mut answer = vec![0; bytes.len()];
    soon(stream.write_all(bytes)).await.expect("the way there is open");
    soon(stream.read_exact(&mut answer)).await.expect("the way back is open");
    assert_eq!(answer, bytes);
}

#[tokio::test]
async fn a_cut_resets_connections_and_lets_new_ones_in() {
    let server = ChatServer::start("127.0.0.1:0").await.expect("loopback has free ports");
    let proxy = Proxy::start(server.address()).await;
    let mut wire = Wire::join(proxy.address(), "/chat", r#"{"token":"ada"}"#).await;
    soon(proxy.accepted(1)).await;

    proxy.cut();
    let error = wire.next().await.expect_err("the connection is cut");
    assert!(error.to_string().contains("reset"), "not a reset: {error}");
    soon(proxy.idle()).await;

    Wire::join(proxy.address(), "/chat", r#"{"token":"ada"}"#).await;
    soon(proxy.accepted(2)).await;
}

#[tokio::test]
async fn refusing_leaves_open_connections_alone() {
    let server = echo().await;
    let mut proxy = Proxy::start(server.address()).await;
    let mut open = TcpStream::connect(proxy.address()).await.expect("it accepts");
    round_trip(&mut open, b"one").await;

    proxy.refuse().await;
    let error = TcpStream::connect(proxy.address()).await.expect_err("it refuses");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    round_trip(&mut open, b"two").await;

    proxy.heal().await;
    TcpStream::connect(proxy.address()).await.expect("it accepts again");
}

#[tokio::test]
async fn a_stall_holds_bytes_back_until_it_is_healed() {
    let server = echo().await;
    let mut proxy = Proxy::start(server.address()).await;
    let mut stream = TcpStream::connect(proxy.address()).await.expect("it accepts");
    round_trip(&mut stream, b"one").await;

    proxy.stall();
    stream.write_all(b"two").await.expect("the buffer has room");
    let mut answer = [0; 3];
    let silence = timeout(Duration::from_millis(50), stream.read_exact(&mut answer)).await;
    assert!(silence.is_err(), "bytes came through: {silence:?}");

    proxy.heal().await;
    soon(stream.read_exact(&mut answer)).await.expect("the way is open again");
    assert_eq!(&answer, b"two");
}

#[tokio::test]
async fn a_delay_takes_its_time_each_way() {
    let server = echo().await;
    let proxy = Proxy::start(server.address()).await;
    let mut stream = TcpStream::connect(proxy.address()).await.expect("it accepts");
    proxy.delay(Duration::from_millis(20));
    let start = Instant::now();
    round_trip(&mut stream, b"slow").await;
    assert!(start.elapsed() >= Duration::from_millis(40), "only {:?}", start.elapsed());
}

#[tokio::test]
async fn a_counted_cut_lets_exactly_that_much_through() {
    let server = echo().await;
    let proxy = Proxy::start(server.address()).await;
    let mut stream = TcpStream::connect(proxy.address()).await.expect("it accepts");
    round_trip(&mut stream, b"before").await;

    proxy.cut_after(Direction::ToClient, 5);
    soon(stream.write_all(b"123456789")).await.expect("the way there is open");
    let mut answer = Vec::new();
    let error = soon(stream.read_to_end(&mut answer)).await.expect_err("it is cut");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(answer, b"12345");
}

#[tokio::test]
async fn ends_are_passed_on_in_good_order() {
    let server = echo().await;
    let proxy = Proxy::start(server.address()).await;
    let mut stream = TcpStream::connect(proxy.address()).await.expect("it accepts");
    soon(stream.write_all(b"last words")).await.expect("the way there is open");
    stream.shutdown().await.expect("it is open");
    let mut answer = Vec::new();
    soon(stream.read_to_end(&mut answer)).await.expect("no reset");
    assert_eq!(answer, b"last words");
    soon(proxy.idle()).await;
}

#[tokio::test]
async fn the_embedded_server_resets_and_comes_back_at_its_port() {
    let port = Port::reserve();
    let address = port.address();
    let mut server = ChatServer::start(address).await.expect("the port is reserved");
    let mut wire = Wire::join(address, "/chat", r#"{"token":"ada"}"#).await;
    server.drop_connections();
    let error = wire.next().await.expect_err("the connection is cut");
    assert!(error.to_string().contains("reset"), "not a reset: {error}");

    let mut wire = Wire::join(address, "/chat", r#"{"token":"ada"}"#).await;
    server.stop().await;
    wire.next().await.expect_err("the server is gone");
    soon(port.closed()).await;

    server.restart().await.expect("the port is still free");
    assert_eq!(server.address(), address);
    Wire::join(address, "/chat", r#"{"token":"ada"}"#).await;
}

#[tokio::test]
async fn a_throttled_connection_takes_its_time_and_loses_nothing() {
    let server = echo().await;
    let mut proxy = Proxy::start(server.address()).await;
    let mut stream = TcpStream::connect(proxy.address()).await.expect("it accepts");
    round_trip(&mut stream, b"fast").await;
    proxy.throttle(10_000);
    let since = Instant::now();
    round_trip(&mut stream, &[7; 2_000]).await;
    // Either way takes a fifth of a second, and they overlap but for a first piece.
    assert!(since.elapsed() > Duration::from_millis(180), "{:?}", since.elapsed());
    proxy.heal().await;
    round_trip(&mut stream, &vec![7; 100_000]).await;
}
