//! Whether a packet may follow those that were sent before it, or the server has to have read
//! them first.
//!
//! Must not know: what else the packets say, namespaces.
//!
//! The reference server hands a packet on in the next turn of its loop, when it may have read more
//! (`socket.io/lib/client.ts`, `ondecoded`; `socket.io/lib/socket.ts`, `dispatch`). An event that
//! it reads together with a DISCONNECT is dropped, so the last words of a program that emits and
//! disconnects would be lost. A CONNECT that it reads together with a DISCONNECT of the same
//! namespace is an error to it, which closes the whole connection.
//!
//! So a DISCONNECT waits until the events before it have been read, and a CONNECT until the
//! DISCONNECTs have: over long-polling, until the POST is answered; over a WebSocket, until a ping
//! of the WebSocket's own (RFC 6455, 5.5.2) is.

use std::time::Instant;

use super::BARRIER_TIMEOUT;

#[derive(Debug, Default)]
pub(super) struct Barrier {
    has_unread_events: bool,
    has_unread_disconnects: bool,
    /// By when everything is taken to have been read; set while the server is asked.
    deadline: Option<Instant>,
}

/// What a packet means to those behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Event,
    Answer,
    Connect,
    Disconnect,
}

impl Barrier {
    /// A packet was sent.
    pub(super) fn on_sent(&mut self, kind: Kind) {
        self.has_unread_events |= kind == Kind::Event;
        self.has_unread_disconnects |= kind == Kind::Disconnect;
    }

    /// The server has read everything, or there is none any more.
    pub(super) fn on_read(&mut self) {
        *self = Self::default();
    }

    /// Whether such a packet has to wait.
    pub(super) fn holds(&self, kind: Kind) -> bool {
        match kind {
            Kind::Event | Kind::Answer => false,
            Kind::Connect => self.has_unread_disconnects,
            Kind::Disconnect => self.has_unread_events,
        }
    }

    /// Whether the server is to be asked to say when it has read everything, and has not been.
    pub(super) fn ask(&mut self, now: Instant) -> bool {
        let is_new = self.deadline.is_none();
        self.deadline.get_or_insert(now + BARRIER_TIMEOUT);
        is_new
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.on_read();
        }
    }
}
