//! Hosts inside this process, which are dialled without a network.
//!
//! Must not know: what is spoken on the streams, who listens.
//!
//! They are known by their names, so that everything that takes a URL can reach them: whatever an
//! application is configured by, nothing of it has to change for a test.

use std::{
    collections::BTreeMap,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::{
    io::{DuplexStream, duplex},
    sync::mpsc,
};

use super::stream::ByteStream;
use crate::limits;

/// Takes the connections that are made to one host in memory. Dropping it ends the host.
#[derive(Debug)]
pub(crate) struct MemoryListener {
    host: String,
    dialled: mpsc::Receiver<DuplexStream>,
    is_down: bool,
}

impl MemoryListener {
    /// A host with a name of its own.
    pub(crate) fn bind() -> Self {
        let (dials, dialled) = mpsc::channel(limits::MEMORY_BACKLOG);
        let mut hosts = lock();
        hosts.bound += 1;
        let host = format!("{PREFIX}{}{DOMAIN}", hosts.bound);
        hosts.listening.insert(host.clone(), Host { dials, is_down: false });
        Self { host, dialled, is_down: false }
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The next connection.
    pub(crate) async fn accept(&mut self) -> DuplexStream {
        loop {
            let stream = self.dialled.recv().await;
            let stream = stream.expect("the table holds a sender as long as this listens");
            // It may have been dialled before the host went down.
            if !self.is_down {
                return stream;
            }
        }
    }

    /// Whether dialling is refused. Connections that wait are closed.
    pub(crate) fn set_down(&mut self, is_down: bool) {
        self.is_down = is_down;
        if let Some(host) = lock().listening.get_mut(&self.host) {
            host.is_down = is_down;
        }
        while is_down && self.dialled.try_recv().is_ok() {}
    }
}

impl Drop for MemoryListener {
    fn drop(&mut self) {
        lock().listening.remove(&self.host);
    }
}

/// A stream to a host in memory; `None` if the name is not one's.
pub(super) async fn dial(host: &str) -> Option<io::Result<Box<dyn ByteStream>>> {
    if !(host.starts_with(PREFIX) && host.ends_with(DOMAIN)) {
        return None;
    }
    let dials = lock().listening.get(host).filter(|host| !host.is_down).map(|h| h.dials.clone());
    let (near, far) = duplex(limits::MEMORY_STREAM);
    Some(match dials {
        Some(dials) if dials.send(far).await.is_ok() => Ok(Box::new(near)),
        _ => Err(io::ErrorKind::ConnectionRefused.into()),
    })
}

struct Hosts {
    /// How many there ever were.
    bound: u64,
    listening: BTreeMap<String, Host>,
}

struct Host {
    dials: mpsc::Sender<DuplexStream>,
    is_down: bool,
}

static HOSTS: Mutex<Hosts> = Mutex::new(Hosts { bound: 0, listening: BTreeMap::new() });

/// Nothing panics while the lock is held.
fn lock() -> MutexGuard<'static, Hosts> {
    HOSTS.lock().unwrap_or_else(PoisonError::into_inner)
}

const PREFIX: &str = "test-server-";
/// No name that ends so is ever somebody's (RFC 2606, section 2).
const DOMAIN: &str = ".invalid";
