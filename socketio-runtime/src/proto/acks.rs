//! The answers that one namespace waits for.
//!
//! Must not know: packets, other namespaces.

use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

use super::AckId;

#[derive(Debug, Default)]
pub(super) struct Acks {
    pending: HashMap<AckId, Pending>,
    deadlines: BTreeSet<(Instant, AckId)>,
}

#[derive(Debug)]
struct Pending {
    emitted: Instant,
    deadline: Option<Instant>,
    /// The event is on its way; otherwise it is held back.
    is_sent: bool,
}

impl Acks {
    pub(super) fn expect(
        &mut self,
        now: Instant,
        ack: AckId,
        timeout: Option<Duration>,
        is_sent: bool,
    ) {
        // A deadline beyond the end of time is none.
        let deadline = timeout.and_then(|timeout| now.checked_add(timeout));
        self.pending.insert(ack, Pending { emitted: now, deadline, is_sent });
        self.deadlines.extend(deadline.map(|deadline| (deadline, ack)));
    }

    /// Another timeout, counted from the emit.
    pub(super) fn set_timeout(&mut self, ack: AckId, timeout: Option<Duration>) {
        let Some(pending) = self.pending.get_mut(&ack) else { return };
        if let Some(deadline) = pending.deadline {
            self.deadlines.remove(&(deadline, ack));
        }
        pending.deadline = timeout.and_then(|timeout| pending.emitted.checked_add(timeout));
        self.deadlines.extend(pending.deadline.map(|deadline| (deadline, ack)));
    }

    pub(super) fn set_sent(&mut self, ack: AckId) {
        if let Some(pending) = self.pending.get_mut(&ack) {
            pending.is_sent = true;
        }
    }

    /// Whether the answer was still waited for.
    pub(super) fn remove(&mut self, ack: AckId) -> bool {
        let Some(pending) = self.pending.remove(&ack) else { return false };
        if let Some(deadline) = pending.deadline {
            self.deadlines.remove(&(deadline, ack));
        }
        true
    }

    /// The next one whose time has come.
    pub(super) fn pop_expired(&mut self, now: Instant) -> Option<AckId> {
        let (deadline, ack) = *self.deadlines.first()?;
        if deadline > now {
            return None;
        }
        self.remove(ack);
        Some(ack)
    }

    /// Removes those whose events are on their way, or all; in order of their ids.
    pub(super) fn take(&mut self, only_sent: bool) -> Vec<AckId> {
        let ids = self.pending.iter().filter(|(_, pending)| pending.is_sent || !only_sent);
        let mut ids: Vec<_> = ids.map(|(ack, _)| *ack).collect();
        ids.sort_unstable();
        for ack in &ids {
            self.remove(*ack);
        }
        ids
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }
}
