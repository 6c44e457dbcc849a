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
};

use super::{ClientBuilder, SocketBuilder};
use crate::{
    driver::{ClientConfig, Command, Connection, Driver, SocketShared, TransportConfig},
    error::{BuildError, ConnectError},
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
    shared: Arc<ClientShared>,
}

/// Dropped with the last handle of the client and of its sockets.
pub(super) struct ClientShared {
    connection: Arc<Connection>,
    /// The connection's task, until it is started.
    driver: Mutex<Option<Box<Driver>>>,
    /// The namespaces in use.
    paths: Mutex<HashSet<&'static str>>,
    next_namespace: AtomicU64,
}

impl Client {
    /// A client of the server at `url`, with options. `url` has a scheme (`http`, `https`, `ws`
    /// or `wss`), a host, perhaps a port and a query.
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(url.into())
    }

    /// A socket of the namespace `N`, to be authenticated and connected.
    pub fn socket<N: Namespace>(&self) -> SocketBuilder<N> {
        SocketBuilder::new(Arc::clone(&self.shared))
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

    pub(super) fn is_running(&self) -> bool {
        lock(&self.driver).is_none()
    }

    /// Takes a namespace for a new socket.
    pub(super) fn reserve(&self, path: &'static str) -> Result<SocketShared, ConnectError> {
        if !lock(&self.paths).insert(path) {
            return Err(ConnectError::NamespaceInUse { namespace: path.to_owned() });
        }
        let id = NamespaceId(self.next_namespace.fetch_add(1, Ordering::Relaxed));
        Ok(SocketShared::new(Arc::clone(&self.connection), id, path))
    }

    pub(super) fn release(&self, path: &'static str) {
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
