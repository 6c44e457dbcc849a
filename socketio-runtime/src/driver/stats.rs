//! Counters: what has happened on a connection and on each of its sockets.
//!
//! Must not know: when that happens.
//!
//! The connection's task is the only one that writes, so a counter is a plain load and store that
//! others may read at any time.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::proto::Traffic;

/// What has happened on a client's connection since the client was made; a snapshot by
/// [`Client::stats`](crate::Client::stats). Nothing is ever set back.
///
/// A packet is one of Engine.IO's: an event, an answer, an attachment, a heartbeat. Bytes are
/// those of packets, before WebSocket, HTTP and TLS add theirs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientStats {
    /// Connections that opened: the server's handshake came.
    pub connections: u64,
    /// Attempts that failed: no handshake came, or the server let no namespace in after it.
    pub failed_attempts: u64,
    /// Packets handed to the network.
    pub packets_sent: u64,
    /// Their bytes.
    pub bytes_sent: u64,
    /// Packets that came.
    pub packets_received: u64,
    /// Their bytes.
    pub bytes_received: u64,
}

/// What has happened on a socket since it was made; a snapshot by
/// [`Socket::stats`](crate::Socket::stats). Nothing is ever set back.
///
/// Counters are read one by one while others go on, so a sum may be off by what happens meanwhile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SocketStats {
    /// How often the server accepted the namespace.
    pub connects: u64,
    /// How many of those were reconnections: an attempt of the client's own led to them.
    pub reconnects: u64,
    /// Attempts to connect that failed.
    pub connect_errors: u64,
    /// Events that emit methods accepted and the connection's task took. They may still wait to be
    /// sent.
    pub emitted: u64,
    /// Of those, and of answers, the ones that were thrown away unsent: volatile events that could
    /// not be sent at once, what was not to wait while offline or had waited for too long, what was
    /// cleared or cancelled, what was over a limit, what still waited when the socket was
    /// disconnected.
    pub dropped: u64,
    /// Events that came.
    pub received: u64,
    /// Reports of what came and could not be handed to a listener, as
    /// [`Socket::on_invalid`](crate::Socket::on_invalid) hears them.
    pub undelivered: u64,
    /// Events that a listener or a stream missed because its queue was full, once for each.
    pub missed: u64,
    /// Answers that came to events of this side.
    pub acks_received: u64,
    /// Events of this side that got no answer in time.
    pub acks_timed_out: u64,
    /// Answers of this side to events of the server's.
    pub acks_sent: u64,
}

/// A number that one task counts up.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, more: u64) {
        self.set(self.get().wrapping_add(more));
    }

    fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Declares the counters behind a snapshot, one for each of its fields.
macro_rules! counters {
    ($(#[$doc:meta])* $name:ident of $snapshot:ident { $($field:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub(crate) struct $name {
            $(pub(super) $field: Counter),*
        }

        impl $name {
            pub(crate) fn snapshot(&self) -> $snapshot {
                $snapshot { $($field: self.$field.get()),* }
            }
        }
    };
}

counters! {
    /// A connection's.
    ClientCounters of ClientStats {
        connections,
        failed_attempts,
        packets_sent,
        bytes_sent,
        packets_received,
        bytes_received,
    }
}

counters! {
    /// A socket's.
    SocketCounters of SocketStats {
        connects,
        reconnects,
        connect_errors,
        emitted,
        dropped,
        received,
        undelivered,
        missed,
        acks_received,
        acks_timed_out,
        acks_sent,
    }
}

impl ClientCounters {
    /// What the state machine has counted.
    pub(super) fn publish(&self, traffic: &Traffic) {
        self.connections.set(traffic.connections);
        self.failed_attempts.set(traffic.failed_attempts);
        self.packets_sent.set(traffic.packets_sent);
        self.bytes_sent.set(traffic.bytes_sent);
        self.packets_received.set(traffic.packets_received);
        self.bytes_received.set(traffic.bytes_received);
    }
}
