//! Servers that are not Socket.IO, or badly so: what a client meets behind a wrong URL, a
//! captive portal, a broken proxy or a hostile peer.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

/// A listener that treats every connection in its own way. Dropping it ends it with all its
/// connections.
#[derive(Debug)]
pub struct FakeServer {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl FakeServer {
    /// Hands every TCP connection to `handler`.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn tcp<H, F>(handler: H) -> Self
    where
        H: Fn(TcpStream) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has free ports");
        let address = listener.local_addr().expect("a bound listener has an address");
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(handler(stream));
            }
        });
        Self { address, accepting }
    }

    /// Hands every connection to `handler` once it is a WebSocket. This is the way to script a
    /// server by hand, packet for packet.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn websocket<H, F>(handler: H) -> Self
    where
        H: Fn(WebSocketStream<TcpStream>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        Self::tcp(move |stream| {
            let handler = handler.clone();
            async move {
                // A client that speaks something else gets no answer, and is let go.
                if let Ok(socket) = accept_async(stream).await {
                    handler(socket).await;
                }
            }
        })
        .await
    }

    /// Answers every HTTP request with `status`, such as `404 Not Found`, and an HTML body.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn http(status: &'static str, html: &'static str) -> Self {
        Self::tcp(move |mut stream| async move {
            if read_request(&mut stream).await {
                let response = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\
                     connection: close\r\n\r\n{html}",
                    html.len(),
                );
                // The client may have gone; that is its affair.
                stream.write_all(response.as_bytes()).await.ok();
                stream.shutdown().await.ok();
            }
        })
        .await
    }

    /// A web server that has no Socket.IO: 404.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn not_found() -> Self {
        Self::http("404 Not Found", "<h1>Not Found</h1>").await
    }

    /// A web server that answers everything with a page, as a captive portal does: 200.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn html() -> Self {
        Self::http("200 OK", "<h1>Welcome</h1>").await
    }

    /// A WebSocket server that is not Engine.IO: it says nothing first, and repeats what it
    /// hears.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn websocket_echo() -> Self {
        Self::websocket(|mut socket| async move {
            while let Some(Ok(message)) = socket.next().await {
                if message.is_close() || socket.send(message).await.is_err() {
                    break;
                }
            }
        })
        .await
    }

    /// A WebSocket server whose first message is `text`, which ought to have been an Engine.IO
    /// handshake. It listens, and says nothing more.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn handshake(text: &'static str) -> Self {
        Self::websocket(move |mut socket| async move {
            if socket.send(Message::text(text)).await.is_ok() {
                while let Some(Ok(_)) = socket.next().await {}
            }
        })
        .await
    }

    /// Accepts connections, and never says a word.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn silent() -> Self {
        Self::tcp(|mut stream| async move {
            let mut ignored = [0; 1024];
            while stream.read(&mut ignored).await.is_ok_and(|length| length > 0) {}
        })
        .await
    }

    /// The URL for clients, such as `http://127.0.0.1:34567`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Reads a request's head; false when the connection ends before that.
async fn read_request(stream: &mut TcpStream) -> bool {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return false,
        }
    }
    true
}
