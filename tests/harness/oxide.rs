//! An independent server, socketioxide, inside the test's own process.

use std::{io, net::SocketAddr};

use axum::Router;
use bytes::Bytes;
use socketioxide::{
    SocketIo,
    extract::{AckSender, Data, SocketRef},
};
use tokio::{net::TcpListener, task::JoinHandle};

/// A running socketioxide server with some of the Node server's probes in `/echo`. Dropping it
/// ends it. The chat service on socketioxide is [`ChatServer`](super::ChatServer).
#[derive(Debug)]
pub struct OxideServer {
    address: SocketAddr,
    serving: JoinHandle<io::Result<()>>,
}

impl OxideServer {
    /// Listens and serves.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn start() -> Self {
        let (layer, io) = SocketIo::new_layer();
        io.ns("/echo", welcome);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has free ports");
        let address = listener.local_addr().expect("a bound listener has an address");
        let app = Router::new().layer(layer);
        let serving = tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, serving }
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

impl Drop for OxideServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Says `welcome` first of all, and answers. Clients that have gone need nothing.
async fn welcome(socket: SocketRef) {
    socket.emit("welcome", &socket.id.to_string()).ok();
    socket.on("echo", async |Data(values): Data<(Bytes, String)>, ack: AckSender| {
        ack.send(&values).ok();
    });
    socket.on("tell", async |socket: SocketRef, Data(told): Data<(String, Bytes, String)>| {
        let (event, content, text) = told;
        socket.emit(event, &(content, text)).ok();
    });
    // Reports what the client answers to an event, or that it does not.
    socket.on("ask", async |socket: SocketRef, Data(asked): Data<(String, u64)>| {
        let (event, nonce) = asked;
        let Ok(answer) = socket.emit_with_ack::<_, u64>(event, &nonce) else { return };
        let (error, answers) = match answer.await {
            Ok(answer) => (None, vec![answer]),
            Err(error) => (Some(error.to_string()), Vec::new()),
        };
        socket.emit("ask:report", &(error, answers)).ok();
    });
}
