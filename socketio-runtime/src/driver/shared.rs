//! What the handles of a client and of its sockets share with the connection's task.
//!
//! Must not know: the state machine.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use super::{
    config::ListenerQueue,
    listeners::ListenerId,
    mailbox::Mailbox,
    stats::{ClientCounters, SocketCounters},
};
use crate::{
    codec::{Parser, Prefix},
    error::{DisconnectReason, EmitError},
    proto::{AckId, EmitPolicy, NamespaceId},
};

/// One client's side of its connection.
pub(crate) struct Connection {
    pub(crate) mailbox: Mailbox,
    pub(crate) max_attachments: usize,
    pub(crate) ack_timeout: Duration,
    pub(crate) listener_queue: ListenerQueue,
    pub(crate) parser: Parser,
    /// What no other client's idempotency keys begin with.
    key: [u64; 2],
    pub(crate) stats: ClientCounters,
    /// The server's `maxPayload`; 0 while it is unknown.
    max_payload: AtomicUsize,
}

impl Connection {
    pub(crate) fn new(
        mailbox: Mailbox,
        max_attachments: usize,
        ack_timeout: Duration,
        listener_queue: ListenerQueue,
        parser: Parser,
        key: [u64; 2],
    ) -> Self {
        let (stats, max_payload) = (ClientCounters::default(), AtomicUsize::new(0));
        Self {
            mailbox,
            max_attachments,
            ack_timeout,
            listener_queue,
            parser,
            key,
            stats,
            max_payload,
        }
    }

    pub(super) fn set_max_payload(&self, limit: Option<usize>) {
        self.max_payload.store(limit.unwrap_or(0), Ordering::Relaxed);
    }

    pub(crate) fn max_payload(&self) -> Option<usize> {
        match self.max_payload.load(Ordering::Relaxed) {
            0 => None,
            limit => Some(limit),
        }
    }
}

/// What holds for an emit of a socket where neither the event nor the call says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SocketDefaults {
    pub(crate) ack_timeout: Duration,
    pub(crate) policy: EmitPolicy,
    /// Bytes that may be held back.
    pub(crate) buffer_limit: usize,
}

/// One socket's side of its connection. It keeps nothing alive but memory.
pub(crate) struct SocketShared {
    pub(crate) connection: Arc<Connection>,
    pub(crate) id: NamespaceId,
    pub(crate) path: Arc<str>,
    /// How its packets begin.
    pub(crate) prefix: Prefix,
    pub(crate) gate: Gate,
    pub(crate) defaults: SocketDefaults,
    pub(crate) stats: SocketCounters,
    next_ack: AtomicU64,
    next_listener: AtomicU64,
}

impl SocketShared {
    pub(crate) fn new(
        connection: Arc<Connection>,
        id: NamespaceId,
        path: Arc<str>,
        defaults: SocketDefaults,
    ) -> Self {
        Self {
            prefix: connection.parser.prefix(&path),
            connection,
            id,
            path,
            gate: Gate::default(),
            defaults,
            stats: SocketCounters::default(),
            next_ack: AtomicU64::new(0),
            next_listener: AtomicU64::new(0),
        }
    }

    /// Ids are never reused, so a late answer finds nothing instead of somebody else.
    pub(crate) fn next_ack(&self) -> AckId {
        AckId(self.next_ack.fetch_add(1, Ordering::Relaxed))
    }

    /// A text that no other emit of any client has: the client's own 128 random bits, and the emit's
    /// place in it.
    pub(crate) fn idempotency_key(&self, ack: AckId) -> String {
        let [high, low] = self.connection.key;
        format!("{high:016x}{low:016x}-{}-{}", self.id.0, ack.0)
    }

    pub(crate) fn next_listener(&self) -> ListenerId {
        ListenerId(self.next_listener.fetch_add(1, Ordering::Relaxed))
    }
}

impl fmt::Debug for SocketShared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("namespace", &self.path).finish_non_exhaustive()
    }
}

/// Whether emits are accepted. Closed while the socket is disconnected and nothing is under way
/// to reconnect it, so that an emit that nobody would ever send fails at once.
#[derive(Default)]
pub(crate) struct Gate {
    is_closed: AtomicBool,
    is_connected: AtomicBool,
    inner: Mutex<GateInner>,
}

#[derive(Default)]
struct GateInner {
    reason: Option<DisconnectReason>,
    /// Calls of `connect` that the task has not seen. What it says about the gate is older.
    unseen_connects: usize,
}

impl Gate {
    /// The user wants to be connected. `send` tells the task, under the same lock, so that two
    /// threads cannot leave the gate in one state and the task in the other.
    pub(crate) fn open<R>(&self, send: impl FnOnce() -> R) -> R {
        let mut inner = self.lock();
        inner.unseen_connects += 1;
        self.is_closed.store(false, Ordering::Release);
        send()
    }

    /// The task has seen that.
    pub(super) fn on_connect_seen(&self) {
        let mut inner = self.lock();
        inner.unseen_connects = inner.unseen_connects.saturating_sub(1);
    }

    /// The user wants to be disconnected; `send` as in [`open`](Self::open).
    pub(crate) fn close<R>(&self, send: impl FnOnce() -> R) -> R {
        let mut inner = self.lock();
        inner.reason = Some(DisconnectReason::ClientDisconnect);
        self.is_closed.store(true, Ordering::Release);
        send()
    }

    /// The socket is disconnected, unless the user has called `connect` since.
    pub(super) fn on_disconnected(&self, reason: DisconnectReason) {
        let mut inner = self.lock();
        if inner.unseen_connects == 0 {
            inner.reason = Some(reason);
            self.is_closed.store(true, Ordering::Release);
        }
    }

    /// Whether the server has accepted the namespace, as the task says before it tells anybody.
    pub(super) fn set_connected(&self, is_connected: bool) {
        self.is_connected.store(is_connected, Ordering::Release);
    }

    /// For an event that does not wait for the connection.
    pub(crate) fn check_connected(&self, event: &str) -> Result<(), EmitError> {
        if self.is_connected.load(Ordering::Acquire) {
            return Ok(());
        }
        Err(EmitError::Offline { event: event.to_owned() })
    }

    pub(crate) fn check(&self, event: &str) -> Result<(), EmitError> {
        if !self.is_closed.load(Ordering::Acquire) {
            return Ok(());
        }
        let reason = self.lock().reason.clone().unwrap_or(DisconnectReason::ClientDisconnect);
        Err(EmitError::Disconnected { event: event.to_owned(), reason })
    }

    fn lock(&self) -> MutexGuard<'_, GateInner> {
        // Nothing panics while the lock is held.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connect_outlives_what_the_task_says_of_the_time_before() {
        let gate = Gate::default();
        gate.close(|| ());
        gate.open(|| ());
        gate.on_disconnected(DisconnectReason::ClientDisconnect);
        assert!(gate.check("event").is_ok());
        gate.on_connect_seen();
        gate.on_disconnected(DisconnectReason::Refused);
        let error = gate.check("event").expect_err("closed").to_string();
        assert!(error.contains("refused"), "{error}");
    }
}
