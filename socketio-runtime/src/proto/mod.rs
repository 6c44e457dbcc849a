//! The state machine of a client, without I/O: Socket.IO's Manager with its Engine.IO session and
//! its namespaces.
//!
//! Must not know: tokio, sockets, the clock, global randomness, payload types, who listens.
//!
//! # The contract
//!
//! Inputs and commands go in with the time at which they happen; nothing in here asks for it.
//! After each of them, [`Manager::poll_transmit`] and [`Manager::poll_event`] are called until
//! they give `None`, in any order, and [`Manager::poll_timeout`] says when
//! [`Manager::handle_timeout`] has to be called next. A call too many does nothing. The transport
//! may be busy: what has not been polled out waits here, counted in
//! [`Manager::unsent_bytes`] and [`Manager::held_bytes`].
//!
//! - A bad peer is an event, never an error or a panic.
//! - A channel's id is never used again, so an input that comes late, from a channel that was
//!   given up, finds nothing and does nothing.
//! - Every ack id that was emitted comes back exactly once, as `Acked` or `AckFailed`, unless it was
//!   forgotten or cancelled before.
//! - A namespace gets no `Received` before the server accepted it, and the server gets no event
//!   and no second CONNECT before that either: it would close the whole connection.
//! - At most one GET and one POST are under way.

mod acks;
mod backoff;
mod barrier;
mod config;
mod connection;
mod delivery;
mod early;
mod event;
mod held;
mod io;
mod manager;
mod membership;
mod namespace;
mod namespaces;
mod outbox;
mod packets;
mod policy;
mod polling;
mod recovery;
mod retry;
mod retrying;
mod session;
#[cfg(test)]
mod tests;
mod trace;
mod traffic;
mod transports;
mod upgrade;

pub use self::config::{
    BARRIER_TIMEOUT, CLOSE_TIMEOUT, DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_ATTACHMENTS,
    DEFAULT_MAX_MESSAGE_SIZE, DEFAULT_OPEN_TIMEOUT, DEFAULT_RANDOMIZATION_FACTOR,
    DEFAULT_RECONNECTION_DELAY, DEFAULT_RECONNECTION_DELAY_MAX, DEFAULT_TRANSPORTS, EARLY_BYTES,
    EARLY_EVENTS, EMPTY_POLL_INTERVAL, RECOVERY_BYTES, STABLE_CONNECTION, UPGRADE_TIMEOUT,
};
pub(crate) use self::{
    acks::{AckMap, KEPT_ROOM},
    config::{Config, RetryPolicy},
    event::{AckFailure, AckId, AckToken, AuthRequest, EmitOptions, Event, EventKind, NamespaceId},
    io::{ChannelId, Input, SessionId, Transmit},
    manager::Manager,
    policy::EmitPolicy,
    recovery::Arity,
    traffic::Traffic,
};
pub use self::{
    held::BufferedEvent,
    policy::{Cancellation, DEFAULT_TIME_TO_LIVE, OfflinePolicy},
};
pub(crate) use crate::codec::Frame;
