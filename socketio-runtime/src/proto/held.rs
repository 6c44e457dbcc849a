//! The events of one namespace that are held back: until it is connected, or until their turn.
//!
//! Must not know: what they wait for.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use super::{AckId, OfflinePolicy};
use crate::codec::{EventName, Packet};

/// An event that waits to be sent, as [`Socket::buffered`](crate::Socket::buffered) shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BufferedEvent {
    /// The event's wire name.
    pub event: String,
    /// Size in bytes of the event with its attachments.
    pub size: usize,
    /// How long ago it was emitted.
    pub age: Duration,
    /// Whether somebody waits for its answer.
    pub has_ack: bool,
    /// How often it was sent already; more than 0 only for an event that is retried.
    pub tries: u32,
}

/// An event of the user's on its way out.
#[derive(Debug)]
pub(super) struct Emitted {
    pub(super) packet: Packet,
    pub(super) event: EventName,
    pub(super) ack: Option<AckId>,
    pub(super) place: Place,
    pub(super) since: Instant,
    /// When it must not wait any longer.
    pub(super) expires: Option<Instant>,
    pub(super) offline: OfflinePolicy,
    /// Whether it is a copy of one that the retry queue keeps.
    pub(super) is_try: bool,
}

/// An event's place among those of its namespace, by the order in which they were emitted. It keeps
/// it wherever it waits, so that what a lost connection gives back goes before what came later.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(u64);

/// In the order in which they will be sent.
#[derive(Debug, Default)]
pub(super) struct Held {
    events: BTreeMap<Place, Emitted>,
    deadlines: BTreeSet<(Instant, Place)>,
    bytes: usize,
}

impl Place {
    /// The place of the next event.
    pub(super) fn next(&mut self) -> Self {
        self.0 += 1;
        *self
    }
}

impl Emitted {
    /// The time to live that it had.
    pub(super) fn time_to_live(&self) -> Duration {
        self.expires.map_or(Duration::MAX, |expires| expires - self.since)
    }

    pub(super) fn is_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    pub(super) fn describe(&self, now: Instant, has_ack: bool, tries: u32) -> BufferedEvent {
        BufferedEvent {
            event: self.event.to_string(),
            size: self.packet.size(),
            age: now.saturating_duration_since(self.since),
            has_ack,
            tries,
        }
    }
}

impl Held {
    pub(super) fn put(&mut self, emitted: Emitted) -> Place {
        let place = emitted.place;
        self.bytes += emitted.packet.size();
        self.deadlines.extend(emitted.expires.map(|expires| (expires, place)));
        self.events.insert(place, emitted);
        place
    }

    pub(super) fn remove(&mut self, place: Place) -> Option<Emitted> {
        let emitted = self.events.remove(&place)?;
        self.bytes -= emitted.packet.size();
        if let Some(expires) = emitted.expires {
            self.deadlines.remove(&(expires, place));
        }
        Some(emitted)
    }

    /// Nobody waits for its answer any more.
    pub(super) fn forget_ack(&mut self, place: Place) {
        if let Some(emitted) = self.events.get_mut(&place) {
            emitted.ack = None;
        }
    }

    pub(super) fn take(&mut self) -> impl Iterator<Item = Emitted> + use<> {
        self.bytes = 0;
        self.deadlines.clear();
        std::mem::take(&mut self.events).into_values()
    }

    /// The next one whose time to live is over.
    pub(super) fn first_expired(&self, now: Instant) -> Option<&Emitted> {
        let (_, place) = self.deadlines.first().filter(|(deadline, _)| *deadline <= now)?;
        self.events.get(place)
    }

    /// Takes that one.
    pub(super) fn pop_expired(&mut self, now: Instant) -> Option<Emitted> {
        let place = self.first_expired(now)?.place;
        self.remove(place)
    }

    /// Whether the time to live of one that stays here runs.
    pub(super) fn set_expiring(&mut self, place: Place, is_expiring: bool) {
        let expires = self.events.get(&place).and_then(|emitted| emitted.expires);
        let Some(expires) = expires else { return };
        if is_expiring {
            self.deadlines.insert((expires, place));
        } else {
            self.deadlines.remove(&(expires, place));
        }
    }

    pub(super) fn first(&self) -> Option<(Place, &Emitted)> {
        self.events.first_key_value().map(|(place, emitted)| (*place, emitted))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Emitted> {
        self.events.values()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }
}
