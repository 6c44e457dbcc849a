//! What the workloads share: a client, its operations, and what its listeners hear.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use socketio_runtime::{Client, Namespace, Socket};
use tokio::sync::Notify;

use crate::{
    Result,
    service::{Flood, Shape, ToServer},
};

/// Where the server is, and how much is done.
#[derive(Debug, Clone, Copy)]
pub struct Rig {
    pub port: u16,
    /// Whether the results are all that counts.
    pub is_smoke: bool,
}

impl Rig {
    /// So many operations, unless nothing is timed.
    pub fn operations(self, count: usize) -> usize {
        if self.is_smoke { count.min(100) } else { count }
    }

    pub fn client(self) -> Result<Client> {
        let url = format!("http://127.0.0.1:{}", self.port);
        // Nothing runs out while it is counted.
        Ok(Client::builder(url).ack_timeout(Duration::from_secs(3600)).build()?)
    }

    pub async fn connect<N: Namespace>(self) -> Result<Socket<N>> {
        Ok(self.client()?.socket::<N>().connect().await?)
    }
}

/// What listeners hear.
#[derive(Debug, Clone, Default)]
pub struct Heard(Arc<Hearing>);

#[derive(Debug, Default)]
struct Hearing {
    count: AtomicUsize,
    sum: AtomicU64,
    expected: AtomicUsize,
    is_done: Notify,
}

impl Heard {
    pub fn hear(&self, value: u64) {
        let Hearing { count, sum, expected, is_done } = &*self.0;
        sum.fetch_add(value, Ordering::Relaxed);
        if count.fetch_add(1, Ordering::Relaxed) + 1 == expected.load(Ordering::Relaxed) {
            is_done.notify_one();
        }
    }

    /// Has the server send a flood, each event of which is heard by so many, and waits for it; the
    /// sum of what was heard.
    pub async fn flood<N>(
        &self,
        socket: &Socket<N>,
        count: usize,
        of: Shape,
        listeners: usize,
    ) -> Result<u64>
    where
        N: Namespace<Emits = ToServer>,
    {
        let Hearing { count: heard, sum, expected, is_done } = &*self.0;
        heard.store(0, Ordering::Relaxed);
        sum.store(0, Ordering::Relaxed);
        expected.store(count * listeners, Ordering::Relaxed);
        socket.emit().flood(&Flood { count, of })?;
        is_done.notified().await;
        Ok(sum.load(Ordering::Relaxed))
    }
}

/// The numbers that a flood of so many kinds of events sends.
pub fn sum_of_flood(count: usize, kinds: usize) -> u64 {
    (0..kinds as u64).cycle().take(count).sum()
}
