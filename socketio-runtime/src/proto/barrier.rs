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
    /// How often the server was asked. Pings carry it, so that the answer to one that was given up
    /// is not taken for the answer to a later one.
    asked: u64,
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
    /// A packet was sent. If the server is being asked, it was not asked about this one: what waited
    /// was withdrawn meanwhile, and what waits next asks anew.
    pub(super) fn on_sent(&mut self, kind: Kind) {
        self.deadline = None;
        self.has_unread_events |= kind == Kind::Event;
        self.has_unread_disconnects |= kind == Kind::Disconnect;
    }

    /// The server has read everything, or there is none any more.
    pub(super) fn on_read(&mut self) {
        *self = Self { asked: self.asked, ..Self::default() };
    }

    /// A ping was answered; whether that says that the server has read everything.
    pub(super) fn on_ponged(&mut self, number: u64) -> bool {
        let is_awaited = self.deadline.is_some() && number == self.asked;
        if is_awaited {
            self.on_read();
        }
        is_awaited
    }

    /// Whether such a packet has to wait.
    pub(super) fn holds(&self, kind: Kind) -> bool {
        match kind {
            Kind::Event | Kind::Answer => false,
            Kind::Connect => self.has_unread_disconnects,
            Kind::Disconnect => self.has_unread_events,
        }
    }

    /// The number of the ping by which the server is to be asked to say when it has read everything;
    /// `None` while it is being asked.
    pub(super) fn ask(&mut self, now: Instant) -> Option<u64> {
        if self.deadline.is_some() {
            return None;
        }
        self.deadline = Some(now + BARRIER_TIMEOUT);
        self.asked += 1;
        Some(self.asked)
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
