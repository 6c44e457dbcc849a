//! One namespace: whether it is wanted, how far it is, what is held back for it.
//!
//! Must not know: other namespaces, the session.

use std::time::{Duration, Instant};

use super::{
    AckId, AuthRequest, BufferedEvent,
    acks::Acks,
    backoff::Backoff,
    early::Early,
    held::{Emitted, Held, Place},
    recovery::Recovery,
    retry::RetryQueue,
};
use crate::error::DisconnectReason;

#[derive(Debug)]
pub(super) struct Namespace {
    pub(super) path: Box<str>,
    pub(super) state: State,
    /// Whether the user wants to be, or become, connected.
    pub(super) is_wanted: bool,
    /// The last handle is gone: forget it as soon as the server allows.
    pub(super) is_released: bool,
    /// Why nothing more is accepted; `None` also before the first connect.
    pub(super) closed: Option<DisconnectReason>,
    pub(super) acks: Acks,
    /// The reconnection attempt that was announced last; 0 once connected.
    pub(super) attempt: u32,
    /// How often it was connected: tells tokens of older connections.
    pub(super) connections: u64,
    /// Since when, while it is connected.
    pub(super) connected: Option<Instant>,
    /// For authentication that failed, and what else is tried again on a connection that stays.
    pub(super) backoff: Backoff,
    /// Events that came before the namespace was accepted.
    pub(super) early: Early,
    /// What the server needs to restore the session.
    pub(super) recovery: Recovery,
    /// Of the last event that was emitted.
    pub(super) last_place: Place,
    /// Until it is connected.
    pub(super) held: Held,
    /// The events that are sent again until they are confirmed.
    pub(super) retries: RetryQueue,
    /// Bytes that may be held back.
    pub(super) held_limit: usize,
}

/// How far the namespace is on the session that is open. Without one it is `Idle`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Idle,
    /// The authentication provider is at work.
    Authenticating {
        request: AuthRequest,
        deadline: Instant,
    },
    /// The authentication provider failed and is asked again.
    Waiting {
        until: Instant,
    },
    /// A former socket of this path waits for the server's last word.
    Queued(Patience),
    /// CONNECT was sent.
    Connecting(Patience),
    Connected,
    /// CONNECT was sent and is regretted: its answer is followed by DISCONNECT. Without that, the
    /// server would keep the socket, and close the whole connection on a second CONNECT. With
    /// patience if it is wanted again: by another CONNECT, since this one may have been
    /// authenticated as another user.
    Leaving(Option<Patience>),
}

/// With the server, until it has given its word. It ends with an error; then a late word is still
/// welcome, but the connection is given up as soon as nobody else gets anywhere on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Patience {
    pub(super) until: Instant,
    pub(super) is_over: bool,
}

impl Patience {
    pub(super) fn new(until: Instant) -> Self {
        Self { until, is_over: false }
    }
}

impl Namespace {
    pub(super) fn new(path: &str, backoff: Backoff) -> Self {
        Self {
            path: path.into(),
            state: State::Idle,
            is_wanted: false,
            is_released: false,
            closed: None,
            acks: Acks::default(),
            attempt: 0,
            connections: 0,
            connected: None,
            backoff,
            early: Early::default(),
            recovery: Recovery::default(),
            last_place: Place::default(),
            held: Held::default(),
            retries: RetryQueue::default(),
            held_limit: usize::MAX,
        }
    }

    /// Keeps an event until the namespace is connected.
    pub(super) fn hold(&mut self, mut emitted: Emitted) {
        if let Some(ack) = emitted.ack.filter(|ack| self.acks.forgets(*ack)) {
            self.acks.remove(ack);
            emitted.ack = None;
        }
        let ack = emitted.ack;
        let place = self.held.put(emitted);
        if let Some(ack) = ack {
            self.acks.set_held(ack, Some(place));
        }
    }

    /// The next answer whose time has come. Its event is not sent any more, if it was not yet.
    pub(super) fn pop_expired_ack(
        &mut self,
        now: Instant,
        forgotten: &mut Vec<AckId>,
    ) -> Option<AckId> {
        let (ack, place) = self.acks.pop_expired(now, forgotten)?;
        if let Some(place) = place {
            self.held.remove(place);
        }
        Some(ack)
    }

    /// What waits to be sent, in the order in which it will be.
    pub(super) fn buffered(&self, now: Instant) -> impl Iterator<Item = BufferedEvent> {
        let held = self.held.iter();
        let held = held.map(move |emitted| emitted.describe(now, emitted.ack.is_some(), 0));
        held.chain(self.retries.describe(now))
    }

    /// Whether it is connected, and has been for so long.
    pub(super) fn has_lasted(&self, now: Instant, time: Duration) -> bool {
        let is_long_ago = |since| now.saturating_duration_since(since) >= time;
        self.state == State::Connected && self.connected.is_some_and(is_long_ago)
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.held.bytes() + self.retries.bytes()
    }

    pub(super) fn is_holding(&self) -> bool {
        self.held.first().is_some() || self.retries.has_waiting()
    }

    /// Whether it is, or is about to be, connected on the open session.
    pub(super) fn is_engaged(&self) -> bool {
        match self.state {
            State::Authenticating { .. } | State::Connected => true,
            State::Queued(patience)
            | State::Connecting(patience)
            | State::Leaving(Some(patience)) => !patience.is_over,
            State::Idle | State::Waiting { .. } | State::Leaving(None) => false,
        }
    }

    /// The patience with the server, where it was asked for a word.
    pub(super) fn patience(&mut self) -> Option<&mut Patience> {
        match &mut self.state {
            State::Queued(patience)
            | State::Connecting(patience)
            | State::Leaving(Some(patience)) => Some(patience),
            _ => None,
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let own = match self.state {
            State::Authenticating { deadline, .. } => Some(deadline),
            State::Waiting { until } => Some(until),
            State::Queued(patience)
            | State::Connecting(patience)
            | State::Leaving(Some(patience)) => Some(patience.until),
            State::Idle | State::Connected | State::Leaving(None) => None,
        };
        let (held, retries) = (self.held.next_deadline(), self.retries.next_deadline());
        [own, self.acks.next_deadline(), held, retries].into_iter().flatten().min()
    }
}
