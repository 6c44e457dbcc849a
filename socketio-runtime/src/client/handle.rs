//! The handle of a client: one connection and the namespaces on it.
//!
//! Must not know: the connection's task, packets.

use std::{
    collections::HashSet,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{ClientBuilder, SocketBuilder, shared::Server};
use crate::{
    driver::{
        ClientConfig, ClientStats, Command, Connection, Driver, SocketDefaults, SocketShared,
        TransportConfig,
    },
    error::{BuildError, ConnectError},
    limits,
    proto::NamespaceId,
    schema::Namespace,
};

/// A client of one server: the options, and the one connection that all namespaces of this
/// client share. Another connection takes another client.
///
/// Cheap to clone; clones are handles of the same client. Making one does no I/O: the connection
/// opens when the first socket connects and closes when the last one disconnects. It runs on the
/// tokio runtime in which the first socket is made or, made outside of one, connected.
///
/// ```no_run
/// use std::time::Duration;
///
/// use socketio_runtime::{Client, namespace};
///
/// #[namespace("/")]
/// struct Main;
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder("https://chat.example.com")
///     .reconnection_attempts(10)
///     .ack_timeout(Duration::from_secs(5))
///     .build()?;
/// let socket = client.socket::<Main>().connect().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(super) shared: Arc<ClientShared>,
}

/// Dropped with the last handle of the client and of its sockets.
pub(super) struct ClientShared {
    connection: Arc<Connection>,
    /// The connection's task, until it is started.
    driver: Mutex<Option<Box<Driver>>>,
    /// The namespaces in use.
    paths: Mutex<HashSet<Arc<str>>>,
    next_namespace: AtomicU64,
}

impl Client {
    /// A client of the server at `url`, with options. `url` has a scheme (`http`, `https`, `ws`
    /// or `wss`), a host, perhaps a port and a query.
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(url.into())
    }

    /// The client of the server at `url` that all parts of the program share, so that their
    /// namespaces go over one connection. `url` is as for [`builder`](Self::builder).
    ///
    /// It is one for each scheme (`ws` is `http`, `wss` is `https`), host, port, path and query.
    /// Made at first use, it has the default options, unless
    /// [`build_shared`](ClientBuilder::build_shared) was called before; it is gone with its last
    /// handle and its last socket, and a later call makes another one. As every client's, its
    /// connection runs on the tokio runtime that used it first; once that runtime has shut down,
    /// the next call makes another client.
    ///
    /// A namespace still has one socket at a time on it: the second part of a program that wants
    /// the same namespace gets [`ConnectError::NamespaceInUse`]. A socket has one identity, one
    /// authentication and one [`disconnect`](crate::Socket::disconnect), so whether two parts can
    /// use one is for them to agree on: then they clone the [`Socket`](crate::Socket). If not,
    /// [`build`](ClientBuilder::build) makes a client with a connection of its own.
    ///
    /// ```no_run
    /// # use socketio_runtime::{Client, namespace};
    /// #[namespace("/chat")]
    /// struct Chat;
    ///
    /// #[namespace("/news")]
    /// struct News;
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// // In two places that do not know each other; there is one connection.
    /// let chat = Client::shared("https://example.com")?.socket::<Chat>().connect().await?;
    /// let news = Client::shared("wss://example.com:443")?.socket::<News>().connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the URL cannot be used.
    pub fn shared(url: &str) -> Result<Self, BuildError> {
        let server = Server::new(url, limits::DEFAULT_PATH);
        if let Some(client) = server.as_ref().and_then(Server::client) {
            return Ok(client);
        }
        let client = Self::builder(url).build()?;
        // Another thread may have been faster.
        let former = server.and_then(|server| server.share(&client));
        Ok(former.unwrap_or(client))
    }

    /// A socket of the namespace `N`, to be authenticated and connected.
    pub fn socket<N: Namespace>(&self) -> SocketBuilder<N> {
        SocketBuilder::new(Arc::clone(&self.shared))
    }

    /// What has happened on the connection so far. It costs a few loads.
    ///
    /// ```no_run
    /// # fn run(client: &socketio_runtime::Client) {
    /// let stats = client.stats();
    /// println!("{} bytes in {} packets", stats.bytes_received, stats.packets_received);
    /// # }
    /// ```
    #[must_use]
    pub fn stats(&self) -> ClientStats {
        self.shared.connection.stats.snapshot()
    }

    pub(super) fn start(
        transport: TransportConfig,
        config: ClientConfig,
    ) -> Result<Self, BuildError> {
        let driver = Driver::new(transport, config)?;
        Ok(Self {
            shared: Arc::new(ClientShared {
                connection: Arc::clone(driver.connection()),
                driver: Mutex::new(Some(Box::new(driver))),
                paths: Mutex::default(),
                next_namespace: AtomicU64::new(0),
            }),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl ClientShared {
    /// Starts the connection's task, once.
    pub(super) fn ensure_running(&self) -> Result<(), ConnectError> {
        let mut driver = lock(&self.driver);
        if driver.is_some() {
            let runtime = tokio::runtime::Handle::try_current();
            let runtime = runtime.map_err(|_| ConnectError::NoRuntime)?;
            if let Some(driver) = driver.take() {
                runtime.spawn(driver.run());
            }
        }
        Ok(())
    }

    pub(super) fn ack_timeout(&self) -> Duration {
        self.connection.ack_timeout
    }

    /// Whether its task has run and ended.
    pub(super) fn has_ended(&self) -> bool {
        self.connection.mailbox.is_closed()
    }

    pub(super) fn is_running(&self) -> bool {
        lock(&self.driver).is_none()
    }

    /// Takes a namespace for a new socket.
    pub(super) fn reserve(
        &self,
        path: &str,
        defaults: SocketDefaults,
    ) -> Result<SocketShared, ConnectError> {
        let path: Arc<str> = path.into();
        if !lock(&self.paths).insert(Arc::clone(&path)) {
            return Err(ConnectError::NamespaceInUse { namespace: path.to_string() });
        }
        let id = NamespaceId(self.next_namespace.fetch_add(1, Ordering::Relaxed));
        Ok(SocketShared::new(Arc::clone(&self.connection), id, path, defaults))
    }

    pub(super) fn release(&self, path: &str) {
        lock(&self.paths).remove(path);
    }
}

impl Drop for ClientShared {
    fn drop(&mut self) {
        // A task that has ended needs no word.
        let _ = self.connection.mailbox.send(Command::Shutdown);
    }
}

/// Nothing panics while one of these locks is held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
