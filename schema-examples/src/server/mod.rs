//! A chat server on socketioxide that runs inside the calling program: a real, independently
//! written Socket.IO server, so that examples and tests need nothing but Rust.
//!
//! It can also misbehave on demand, since losing a connection is what a client is judged by:
//! [`ChatServer::drop_connections`] resets every TCP connection, [`ChatServer::stop`] and
//! [`ChatServer::restart`] take it away and bring it back at the same address. It must not know
//! the client.

mod chat;
mod listener;

use std::{io, net::SocketAddr};

use axum::Router;
use tokio::{
    net::{TcpListener, ToSocketAddrs},
    sync::watch,
    task::JoinHandle,
};

use self::listener::CuttableListener;

/// A running chat server. Dropping it stops it as [`stop`](Self::stop) does.
///
/// The service lives in the namespace [`NAMESPACE`]. Rooms exist while someone is in them and
/// do not outlive a restart.
#[derive(Debug)]
pub struct ChatServer {
    address: SocketAddr,
    running: Option<Running>,
}

impl ChatServer {
    /// Listens on `address` and serves until dropped. With port 0 the system chooses the port.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn start(address: impl ToSocketAddrs) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { address, running: Some(Running::new(listener)) })
    }

    /// Stops listening and resets all connections. Returns when the port is free; does nothing
    /// when stopped already.
    pub async fn stop(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        running.task.abort();
        // Always the error of a cancelled task; by then the listener is closed.
        (&mut running.task).await.ok();
    }

    /// Stops if necessary, then listens again at the same address, with no memory of rooms.
    ///
    /// # Errors
    /// When something else has taken the port in the meantime.
    pub async fn restart(&mut self) -> io::Result<()> {
        self.stop().await;
        let listener = TcpListener::bind(self.address).await?;
        self.running = Some(Running::new(listener));
        Ok(())
    }

    /// Resets every open TCP connection, with no word of goodbye on any layer above, and goes
    /// on listening.
    pub fn drop_connections(&self) {
        if let Some(running) = &self.running {
            running.cut.send_replace(());
        }
    }

    /// The URL for clients, such as `http://127.0.0.1:34567`; the namespace is not part of it.
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

/// The accept loop and the switch that cuts what it accepted. The switch cuts when it is
/// dropped, too.
#[derive(Debug)]
struct Running {
    task: JoinHandle<()>,
    cut: watch::Sender<()>,
}

impl Running {
    fn new(listener: TcpListener) -> Self {
        let cut = watch::Sender::new(());
        let listener = CuttableListener::new(listener, cut.subscribe());
        let app = Router::new().layer(chat::layer());
        let task = tokio::spawn(async move {
            axum::serve(listener, app).await.expect("axum's accept loop has no error to return");
        });
        Self { task, cut }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The namespace of the chat service.
pub const NAMESPACE: &str = "/chat";
