//! A TCP relay in front of a server, whose link can be cut, so that an example can show what a
//! lost connection looks like.

use std::{io, net::SocketAddr, sync::Arc};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};

/// A relay on a free port of this machine.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    cut: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Relay {
    /// Relays to `target`, a host and a port.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(target: String) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let cut = Arc::new(Notify::new());
        let task = tokio::spawn(accept(listener, target, Arc::clone(&cut)));
        Ok(Self { address, cut, task })
    }

    /// The URL under which the server is reached through the relay.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Cuts all links. New ones are relayed again.
    pub fn cut(&self) {
        self.cut.notify_waiters();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, target: String, cut: Arc<Notify>) {
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(relay(client, target.clone(), Arc::clone(&cut)));
    }
}

async fn relay(mut client: TcpStream, target: String, cut: Arc<Notify>) {
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    // Either way both ends are dropped, and so closed.
    tokio::select! {
        () = cut.notified() => {}
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
    }
}
