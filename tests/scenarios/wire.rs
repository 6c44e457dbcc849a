//! A Socket.IO client by hand, packet for packet and request for request: what the harness is
//! checked with, since the client under test must not vouch for its own test bed.

use std::{fmt::Debug, net::SocketAddr};

use futures_util::{SinkExt, StreamExt};
use socketio_tests::soon;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message},
};

/// A WebSocket that has an Engine.IO session.
#[derive(Debug)]
pub(crate) struct Wire<S = TcpStream> {
    socket: WebSocketStream<S>,
    /// The server's handshake.
    pub(crate) handshake: serde_json::Value,
}

impl Wire {
    /// Opens a session.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = soon(TcpStream::connect(address)).await.expect("something listens");
        Self::open_over(stream).await
    }

    /// Opens a session and connects to `namespace`, with an auth payload as JSON text.
    pub(crate) async fn join(address: SocketAddr, namespace: &str, auth: &str) -> Self {
        let mut wire = Self::open(address).await;
        wire.send(&format!("40{namespace},{auth}")).await;
        wire.expect(&format!("40{namespace},{{\"sid\":")).await;
        wire
    }
}

impl<S: AsyncRead + AsyncWrite + Debug + Unpin> Wire<S> {
    /// Opens a session over a connected stream.
    pub(crate) async fn open_over(stream: S) -> Self {
        let url = "ws://localhost/socket.io/?EIO=4&transport=websocket";
        let (mut socket, _) = soon(client_async(url, stream)).await.expect("a WebSocket server");
        let open = soon(socket.next()).await.expect("a first message").expect("no error before it");
        let open = open.to_text().expect("the handshake is text");
        let json = open.strip_prefix('0').expect("the first packet is `open`");
        let handshake = serde_json::from_str(json).expect("the handshake is JSON");
        Self { socket, handshake }
    }

    /// Sends a text message.
    pub(crate) async fn send(&mut self, text: &str) {
        soon(self.socket.send(Message::text(text))).await.expect("the connection is open");
    }

    /// Sends a binary message.
    pub(crate) async fn send_binary(&mut self, bytes: &[u8]) {
        let message = Message::binary(bytes.to_vec());
        soon(self.socket.send(message)).await.expect("the connection is open");
    }

    /// The next message, after answering heartbeats.
    pub(crate) async fn next(&mut self) -> Result<Message, Error> {
        loop {
            let message = soon(self.socket.next()).await.unwrap_or(Err(Error::ConnectionClosed))?;
            if message.to_text().is_ok_and(|text| text == "2") {
                soon(self.socket.send(Message::text("3"))).await?;
            } else {
                return Ok(message);
            }
        }
    }

    /// The next message, which has to be a text that begins with `start`.
    #[track_caller]
    pub(crate) fn expect(&mut self, start: &str) -> impl Future<Output = String> {
        let caller = std::panic::Location::caller();
        async move {
            let message = self.next().await;
            match message {
                Ok(Message::Text(text)) if text.starts_with(start) => text.to_string(),
                other => panic!("expected `{start}…` at {caller}, got {other:?}"),
            }
        }
    }

    /// The next message, which has to be binary.
    pub(crate) async fn expect_binary(&mut self) -> Vec<u8> {
        match self.next().await {
            Ok(Message::Binary(bytes)) => bytes.to_vec(),
            other => panic!("expected a binary message, got {other:?}"),
        }
    }
}

/// One HTTP request on a connection of its own.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// The method and the target, such as `GET /`.
    pub(crate) line: &'a str,
    /// Lines such as `authorization: Bearer token`, besides what every request has.
    pub(crate) headers: &'a [&'a str],
    pub(crate) body: &'a str,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// The lines after the first one, their names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// Without what is no text, if it is compressed.
    pub(crate) body: String,
}

impl<'a> Request<'a> {
    /// Asks for an Engine.IO session by long-polling.
    pub(crate) async fn handshake(address: SocketAddr, headers: &'a [&'a str]) -> Response {
        let line = "GET /socket.io/?EIO=4&transport=polling";
        Request { line, headers, body: "" }.send(address).await.expect("an answer")
    }

    /// Sends it, and reads until the server closes the connection. `None` when it does so
    /// without an answer.
    pub(crate) async fn send(&self, address: SocketAddr) -> Option<Response> {
        let Self { line, headers, body } = self;
        let (line, host) = (format!("{line} HTTP/1.1"), format!("host: {address}"));
        let length = format!("content-length: {}", body.len());
        let common = [line.as_str(), &host, &length, "connection: close"];
        let head = [&common, *headers].concat().join("\r\n");
        let request = format!("{head}\r\n\r\n{body}");
        let mut stream = soon(TcpStream::connect(address)).await.expect("something listens");
        soon(stream.write_all(request.as_bytes())).await.expect("the connection is open");
        let mut answer = Vec::new();
        // A reset is the end, too.
        soon(stream.read_to_end(&mut answer)).await.ok();
        Response::read(&answer)
    }
}

impl Response {
    fn read(answer: &[u8]) -> Option<Self> {
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&answer[..end]);
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().expect("a status");
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let mut response = Self { status, headers: headers.collect(), body: String::new() };
        let body = &answer[end + 4..];
        response.body = if response.header("transfer-encoding") == Some("chunked") {
            without_chunks(&String::from_utf8_lossy(body))
        } else {
            String::from_utf8_lossy(body).into_owned()
        };
        Some(response)
    }

    /// The first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.0 == name).map(|header| header.1.as_str())
    }
}

/// What stands in chunks, each with its length before it.
fn without_chunks(body: &str) -> String {
    body.split("\r\n").skip(1).step_by(2).collect()
}

/// A session by long-polling, one request at a time.
#[derive(Debug)]
pub(crate) struct Poll {
    address: SocketAddr,
    pub(crate) id: String,
}

impl Poll {
    /// Opens a session.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let opened = Request::handshake(address, &[]).await;
        assert_eq!(opened.status, 200, "{}", opened.body);
        let json = opened.body.strip_prefix('0').expect("the first packet is `open`");
        let handshake: serde_json::Value = serde_json::from_str(json).expect("it is JSON");
        Self { address, id: handshake["sid"].as_str().expect("a session id").to_owned() }
    }

    /// Opens a session and connects to `namespace`.
    pub(crate) async fn join(address: SocketAddr, namespace: &str) -> Self {
        let poll = Self::open(address).await;
        poll.send(&format!("40{namespace},")).await;
        assert!(poll.next().await.starts_with(&format!("40{namespace},{{\"sid\":")));
        poll
    }

    /// Posts one packet, which the server takes.
    pub(crate) async fn send(&self, packet: &str) {
        let response = self.request("POST", packet).await.expect("an answer");
        assert_eq!((response.status, response.body.as_str()), (200, "ok"));
    }

    /// What the next poll brings.
    pub(crate) async fn next(&self) -> String {
        let response = self.request("GET", "").await.expect("an answer");
        assert_eq!(response.status, 200, "{}", response.body);
        response.body
    }

    /// Any request of this session; `None` when the connection ends without an answer.
    pub(crate) async fn request(&self, method: &str, body: &str) -> Option<Response> {
        let line = format!("{method} /socket.io/?EIO=4&transport=polling&sid={}", self.id);
        Request { line: &line, headers: &[], body }.send(self.address).await
    }
}
