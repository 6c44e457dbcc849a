//! A Socket.IO client by hand, packet for packet: what the harness is checked with, since the
//! client under test must not vouch for its own test bed.

use std::{fmt::Debug, net::SocketAddr};

use futures_util::{SinkExt, StreamExt};
use socketio_tests::soon;
use tokio::{
    io::{AsyncRead, AsyncWrite},
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
