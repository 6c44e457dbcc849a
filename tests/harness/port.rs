//! Ports that stay a test's own while nothing listens on them.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    task::yield_now,
};

/// A loopback port. Connections to it are refused until something listens there, which any
/// process may; nobody is given it by chance, as happens to a port that is only remembered when
/// tests run side by side.
#[derive(Debug)]
pub struct Port {
    address: SocketAddr,
    /// Bound and never listening. Linux lets others listen beside it, if they name the port.
    #[cfg(target_os = "linux")]
    _holder: TcpSocket,
}

impl Port {
    /// A free port of the system's choice.
    ///
    /// # Panics
    /// When loopback has no free port.
    #[must_use]
    pub fn reserve() -> Self {
        let holder = TcpSocket::new_v4().expect("the system has sockets");
        holder.set_reuseaddr(true).expect("a new socket takes options");
        holder.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("loopback has free ports");
        let address = holder.local_addr().expect("a bound socket has an address");
        Self {
            address,
            #[cfg(target_os = "linux")]
            _holder: holder,
        }
    }

    /// The port, on 127.0.0.1.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens.
    ///
    /// # Panics
    /// When somebody listens already.
    pub async fn listen(&self) -> TcpListener {
        TcpListener::bind(self.address).await.expect("the port is free")
    }

    /// Waits until nobody listens any more. That is not yet so when the listener is closed: a
    /// process that another test is just starting has a copy of it until it is under way.
    pub async fn closed(&self) {
        while TcpStream::connect(self.address).await.is_ok() {
            yield_now().await;
        }
    }
}
