//! Whether a DISCONNECT may follow what was sent before it.
//!
//! Must not know: what the packets say, namespaces.
//!
//! A server that reads an event and a DISCONNECT in one go drops the event: it hands it to the
//! listeners in the next turn of its loop, and not at all to those of a socket that has left by
//! then (`socket.io/lib/socket.ts`, `dispatch`). So the last words of a program that emits and
//! disconnects would be lost. A DISCONNECT therefore waits until the server has read what was
//! sent before: over long-polling until the POST is answered, over a WebSocket until a ping of the
//! WebSocket's own (RFC 6455, 5.5.2) is.

use std::time::Instant;

use super::FAREWELL_TIMEOUT;

#[derive(Debug, Default)]
pub(super) struct Farewell {
    /// Whether the server may not have read an event that was sent.
    is_unread: bool,
    /// By when it is taken to have.
    deadline: Option<Instant>,
}

impl Farewell {
    /// An event was sent.
    pub(super) fn on_event_sent(&mut self) {
        self.is_unread = true;
    }

    /// The server has read everything, or there is none any more.
    pub(super) fn on_read(&mut self) {
        *self = Self::default();
    }

    /// Whether the server has to be asked whether it has read everything, rather than told
    /// goodbye. Nothing is sent as long as it is asked.
    pub(super) fn ask(&mut self, now: Instant) -> bool {
        let is_needed = self.is_unread && self.deadline.is_none();
        if is_needed {
            self.deadline = Some(now + FAREWELL_TIMEOUT);
        }
        is_needed
    }

    pub(super) fn is_unread(&self) -> bool {
        self.is_unread
    }

    pub(super) fn is_asking(&self) -> bool {
        self.deadline.is_some()
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
