//! The CONNECT proxy opens tunnels for those who may, and tells the others why not.

use socketio_tests::{ChatServer, ConnectProxy, Port, soon};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::wire::Wire;

/// The stream to a proxy after this request, and the proxy's answer.
async fn ask(proxy: &ConnectProxy, request: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(proxy.address()).await.expect("it listens");
    let request = format!("{request}\r\n\r\n");
    soon(stream.write_all(request.as_bytes())).await.expect("the way there is open");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(soon(stream.read_u8()).await.expect("an answer"));
    }
    let answer = String::from_utf8(answer).expect("ASCII");
    (stream, answer.lines().next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_tunnel_leads_to_the_server() {
    let server = ChatServer::start("127.0.0.1:0").await.expect("loopback has free ports");
    let proxy = ConnectProxy::demanding("Basic dTpw").await;
    let target = server.address();
    let connect = format!("CONNECT {target} HTTP/1.1\r\nproxy-authorization: Basic dTpw");
    let (stream, answer) = ask(&proxy, &connect).await;
    assert_eq!(answer, "HTTP/1.1 200 Connection Established");
    let mut wire = Wire::open_over(Box::new(stream)).await;
    wire.send(r#"40/chat,{"token":"ada"}"#).await;
    wire.expect("40/chat,").await;
    assert_eq!(proxy.tunnels(), [target.to_string()]);
}

#[tokio::test]
async fn others_are_told_why_not() {
    let proxy = ConnectProxy::demanding("Basic dTpw").await;
    let (_, answer) = ask(&proxy, "CONNECT 127.0.0.1:1 HTTP/1.1").await;
    assert!(answer.contains("407"), "{answer}");
    let (_, answer) = ask(&proxy, "GET http://127.0.0.1:1/ HTTP/1.1").await;
    assert!(answer.contains("405"), "{answer}");
    let proxy = ConnectProxy::start().await;
    let nobody = Port::reserve();
    let (_, answer) = ask(&proxy, &format!("CONNECT {} HTTP/1.1", nobody.address())).await;
    assert!(answer.contains("502"), "{answer}");
    assert!(proxy.tunnels().is_empty());
}
