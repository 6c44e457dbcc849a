//! The retry queue of one namespace: events that are sent again until the server confirms them.
//!
//! Must not know: how connections come and go, other namespaces.
//!
//! As the reference's (`socket.io-client/lib/socket.ts`, `_addToQueue`, `_drainQueue`): strictly one
//! event is on its way, and the next one goes when that one is confirmed or given up. A try ends
//! with an answer, with the ack timeout, or with the connection; nothing is sent while offline, and
//! the head goes again when the namespace is connected. An event is sent `retries + 1` times at
//! most, and, since an answer may be lost, perhaps more than once though the server has it.
//!
//! Where this differs from the reference:
//! - All tries of an event share one ack id, so the packet is encoded once, and the late answer to
//!   an earlier try is an answer. An id stands for the event, on any connection: the server keeps
//!   the ids of the socket's packets apart by packet, never by number, and this side gives no id to
//!   two events.
//! - A try's time counts from when it is polled out, so that at most one copy waits for a slow
//!   network; and a try that was not polled out before its connection was lost does not count. The
//!   server cannot have seen it.
//! - There is always a timeout, unless the user asks for none by `Duration::MAX`. In the reference,
//!   retries without one take every answer for an error.
//! - The time to live runs while an event is not on its way, so that one whose server stays away
//!   can be given up, and so does it while a try waits to be polled out. A try that is on its way
//!   ends in its own time.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{
    AckId, BufferedEvent,
    held::{Emitted, Held, Place},
};
use crate::error::TryError;

#[derive(Debug, Default)]
pub(super) struct RetryQueue {
    events: Held,
    retries: BTreeMap<AckId, Retry>,
    /// The head, while a try of it is under way.
    in_flight: Option<AckId>,
    /// Whether nothing of that try was polled out yet.
    is_unsent: bool,
}

#[derive(Debug)]
pub(super) struct Retry {
    place: Place,
    /// For each try; `None` for ever.
    timeout: Option<Duration>,
    retries: u32,
    pub(super) tries: u32,
    /// How the last try ended.
    pub(super) last: Option<TryError>,
    /// Nobody waits for the answer any more.
    pub(super) is_forgotten: bool,
}

/// An event that has left the queue unconfirmed.
pub(super) struct Unconfirmed {
    pub(super) emitted: Emitted,
    pub(super) ack: AckId,
    pub(super) retry: Retry,
}

impl RetryQueue {
    pub(super) fn push(
        &mut self,
        ack: AckId,
        timeout: Option<Duration>,
        retries: u32,
        emitted: Emitted,
    ) {
        let place = self.events.put(emitted);
        let retry = Retry { place, timeout, retries, tries: 0, last: None, is_forgotten: false };
        self.retries.insert(ack, retry);
    }

    /// The head, unless it is on its way.
    pub(super) fn waiting_head(&self) -> Option<(AckId, &Emitted)> {
        let (_, emitted) = self.events.first().filter(|_| self.in_flight.is_none())?;
        emitted.ack.map(|ack| (ack, emitted))
    }

    /// A copy of the head to send.
    pub(super) fn begin_try(&mut self) -> Option<(Emitted, AckId)> {
        let (ack, head) = self.waiting_head()?;
        let copy = Emitted {
            packet: head.packet.clone(),
            event: head.event.clone(),
            is_try: true,
            ..*head
        };
        let retry = self.retries.get_mut(&ack)?;
        retry.tries += 1;
        (self.in_flight, self.is_unsent) = (Some(ack), true);
        Some((copy, ack))
    }

    /// A try was polled out. It ends in its own time.
    pub(super) fn on_sent(&mut self, ack: AckId) {
        if let Some(retry) = self.retries.get(&ack) {
            self.is_unsent = false;
            self.events.set_expiring(retry.place, false);
        }
    }

    /// The try that is on its way has failed; gives the event back if it was the last one.
    pub(super) fn end_try(&mut self, now: Instant, failure: TryError) -> Option<Unconfirmed> {
        let ack = self.in_flight.take()?;
        let retry = self.retries.get_mut(&ack)?;
        retry.last = Some(failure);
        let place = retry.place;
        let is_last = retry.tries > retry.retries;
        let is_expired = self.events.first().is_some_and(|(_, head)| head.is_expired(now));
        if is_last || is_expired {
            return self.remove(ack);
        }
        self.events.set_expiring(place, true);
        None
    }

    /// A try did not leave before its connection was lost, or its event's time to live was over.
    pub(super) fn undo_try(&mut self, ack: AckId) {
        if !self.is_unsent(ack) {
            return;
        }
        self.in_flight = None;
        if let Some(retry) = self.retries.get_mut(&ack) {
            retry.tries -= 1;
        }
    }

    /// The one that is on its way is not, any more.
    pub(super) fn take_in_flight(&mut self) -> Option<AckId> {
        self.in_flight.take()
    }

    /// Another timeout for each try.
    pub(super) fn set_timeout(&mut self, ack: AckId, timeout: Option<Duration>) {
        if let Some(retry) = self.retries.get_mut(&ack) {
            retry.timeout = timeout;
        }
    }

    /// Whether the event is here; its failure is told to the socket from now on.
    pub(super) fn forget(&mut self, ack: AckId) -> bool {
        let retry = self.retries.get_mut(&ack);
        retry.map(|retry| retry.is_forgotten = true).is_some()
    }

    pub(super) fn remove(&mut self, ack: AckId) -> Option<Unconfirmed> {
        let retry = self.retries.remove(&ack)?;
        self.in_flight = self.in_flight.filter(|in_flight| *in_flight != ack);
        let emitted = self.events.remove(retry.place)?;
        Some(Unconfirmed { emitted, ack, retry })
    }

    /// Takes all that are not on their way.
    pub(super) fn take_waiting(&mut self) -> Vec<Unconfirmed> {
        let waiting = self.events.iter().filter_map(|emitted| emitted.ack);
        let waiting: Vec<_> = waiting.filter(|ack| !self.is_in_flight(*ack)).collect();
        waiting.into_iter().filter_map(|ack| self.remove(ack)).collect()
    }

    /// The next one whose time to live is over. A try of it may wait to be polled out.
    pub(super) fn first_expired(&self, now: Instant) -> Option<AckId> {
        self.events.first_expired(now)?.ack
    }

    pub(super) fn is_in_flight(&self, ack: AckId) -> bool {
        self.in_flight == Some(ack)
    }

    /// Whether a try of the event waits to be polled out.
    pub(super) fn is_unsent(&self, ack: AckId) -> bool {
        self.is_unsent && self.is_in_flight(ack)
    }

    /// How long each try waits for its answer.
    pub(super) fn timeout(&self, ack: AckId) -> Option<Duration> {
        self.retries.get(&ack)?.timeout
    }

    /// Whether an event is here that is not on its way.
    pub(super) fn has_waiting(&self) -> bool {
        self.retries.len() > usize::from(self.in_flight.is_some())
    }

    pub(super) fn describe(&self, now: Instant) -> impl Iterator<Item = BufferedEvent> {
        self.events.iter().filter_map(move |emitted| {
            let ack = emitted.ack.filter(|ack| !self.is_in_flight(*ack))?;
            let retry = self.retries.get(&ack)?;
            Some(emitted.describe(now, !retry.is_forgotten, retry.tries))
        })
    }

    pub(super) fn bytes(&self) -> usize {
        self.events.bytes()
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.events.next_deadline()
    }
}

impl Unconfirmed {
    pub(super) fn was_tried(&self) -> bool {
        self.retry.tries > 0
    }
}
