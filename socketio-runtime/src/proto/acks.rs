//! The answers that one namespace waits for.
//!
//! Must not know: packets, other namespaces.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    hash::{BuildHasherDefault, Hasher},
    time::{Duration, Instant},
};

use super::{AckId, held::Place};

/// Something for each of many answers. This side alone puts ids in, and gives them out one by one,
/// so nobody can choose ones that collide.
pub(crate) type AckMap<V> = HashMap<AckId, V, BuildHasherDefault<AckHasher>>;

/// Spreads an id over all bits.
#[derive(Debug, Default)]
pub(crate) struct AckHasher(u64);

impl Hasher for AckHasher {
    fn write_u64(&mut self, id: u64) {
        // 2^64 divided by the golden ratio (Knuth, The Art of Computer Programming, 6.4).
        self.0 = id.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0 ^ u64::from(*byte));
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[derive(Debug, Default)]
pub(super) struct Acks {
    pending: AckMap<Pending>,
    deadlines: Deadlines,
    /// How many of those that are pending are forgotten.
    forgotten: usize,
}

/// When whose time is over. Most answers have the same time to come, so that their deadlines are put
/// in in order, and come long before them: those wait in a queue, and what has been answered stays
/// in it until it is at the front, or most of the queue has been answered.
#[derive(Debug, Default)]
struct Deadlines {
    in_order: VecDeque<(Instant, AckId)>,
    /// Those that came after a later one.
    others: BTreeSet<(Instant, AckId)>,
}

#[derive(Debug)]
struct Pending {
    emitted: Instant,
    deadline: Option<Instant>,
    /// Where the event is held back; `None` once it is on its way.
    held: Option<Place>,
    /// Nobody waits for the answer any more. It is here only so that the event, if its connection
    /// gives it back, is told from one whose time is over.
    is_forgotten: bool,
}

impl Acks {
    pub(super) fn expect(&mut self, now: Instant, ack: AckId, timeout: Option<Duration>) {
        // A deadline beyond the end of time is none.
        let deadline = timeout.and_then(|timeout| now.checked_add(timeout));
        self.pending
            .insert(ack, Pending { emitted: now, deadline, held: None, is_forgotten: false });
        self.deadlines.add(deadline, ack);
    }

    /// Another timeout, counted from the emit.
    pub(super) fn set_timeout(&mut self, ack: AckId, timeout: Option<Duration>) {
        let Some(pending) = self.pending.get_mut(&ack) else { return };
        let deadline = timeout.and_then(|timeout| pending.emitted.checked_add(timeout));
        let former = std::mem::replace(&mut pending.deadline, deadline);
        if deadline != former {
            self.deadlines.add(deadline, ack);
            self.deadlines.remove(former, ack, &self.pending);
        }
    }

    /// Whether, and where, the event is held back.
    pub(super) fn set_held(&mut self, ack: AckId, held: Option<Place>) {
        if let Some(pending) = self.pending.get_mut(&ack) {
            pending.held = held;
        }
    }

    /// Whether the answer is still waited for.
    pub(super) fn is_pending(&self, ack: AckId) -> bool {
        self.pending.contains_key(&ack)
    }

    /// An answer came: whether it was waited for. What was not sent has none, whatever the
    /// server says.
    pub(super) fn settle(&mut self, ack: AckId) -> bool {
        let is_sent = self.pending.get(&ack).is_some_and(|pending| pending.held.is_none());
        is_sent && self.take(ack).is_some_and(|pending| !pending.is_forgotten)
    }

    /// Nobody waits for the answer any more; where its event is held back, if it is. Unless the
    /// event may still be given back, nothing of it stays.
    pub(super) fn forget(&mut self, ack: AckId, is_gone: bool) -> Option<Place> {
        let pending = self.pending.get_mut(&ack)?;
        if pending.held.is_some() || is_gone {
            return self.remove(ack);
        }
        if !std::mem::replace(&mut pending.is_forgotten, true) {
            self.forgotten += 1;
        }
        None
    }

    /// Removes those that nobody waits for any more, if they are so many that most of their events are
    /// on their way by now, where this many packets wait.
    pub(super) fn take_forgotten(&mut self, waiting: usize) -> Vec<AckId> {
        if self.forgotten <= 2 * waiting + KEPT_ROOM {
            return Vec::new();
        }
        let forgotten = self.pending.iter().filter(|(_, pending)| pending.is_forgotten);
        let forgotten: Vec<_> = forgotten.map(|(ack, _)| *ack).collect();
        for ack in &forgotten {
            self.take(*ack);
        }
        forgotten
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    pub(super) fn forgets(&self, ack: AckId) -> bool {
        self.pending.get(&ack).is_some_and(|pending| pending.is_forgotten)
    }

    /// The answer is not waited for any more; where its event is held back, if it is.
    pub(super) fn remove(&mut self, ack: AckId) -> Option<Place> {
        self.take(ack)?.held
    }

    /// The next one whose time has come, and where its event is held back. Those that nobody waits
    /// for any more are removed too, and added to `forgotten`.
    pub(super) fn pop_expired(
        &mut self,
        now: Instant,
        forgotten: &mut Vec<AckId>,
    ) -> Option<(AckId, Option<Place>)> {
        loop {
            let (_, ack) = self.deadlines.first().filter(|(deadline, _)| *deadline <= now)?;
            let pending = self.take(ack)?;
            if !pending.is_forgotten {
                return Some((ack, pending.held));
            }
            forgotten.push(ack);
        }
    }

    /// Removes those whose events are on their way; in order of their ids. Those that nobody waits
    /// for any more are added to `forgotten` instead.
    pub(super) fn take_sent(&mut self, forgotten: &mut Vec<AckId>) -> Vec<AckId> {
        let ids = self.pending.iter().filter(|(_, pending)| pending.held.is_none());
        let mut ids: Vec<_> = ids.map(|(ack, _)| *ack).collect();
        ids.sort_unstable();
        ids.retain(|ack| {
            let is_forgotten = self.take(*ack).is_some_and(|pending| pending.is_forgotten);
            forgotten.extend(is_forgotten.then_some(*ack));
            !is_forgotten
        });
        ids
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(deadline, _)| deadline)
    }

    fn take(&mut self, ack: AckId) -> Option<Pending> {
        let pending = self.pending.remove(&ack)?;
        self.forgotten -= usize::from(pending.is_forgotten);
        self.deadlines.remove(pending.deadline, ack, &self.pending);
        if self.pending.is_empty() && self.pending.capacity() > KEPT_ROOM {
            self.pending = AckMap::default();
        }
        Some(pending)
    }
}

impl Deadlines {
    fn add(&mut self, deadline: Option<Instant>, ack: AckId) {
        let Some(deadline) = deadline else { return };
        match self.in_order.back() {
            Some((last, _)) if *last > deadline => {
                self.others.insert((deadline, ack));
            }
            _ => self.in_order.push_back((deadline, ack)),
        }
    }

    /// To be called once `pending` no longer has this deadline for it.
    fn remove(&mut self, deadline: Option<Instant>, ack: AckId, pending: &AckMap<Pending>) {
        let Some(deadline) = deadline else { return };
        if !self.others.is_empty() {
            self.others.remove(&(deadline, ack));
        }
        let is_awaited = |(deadline, ack): &(Instant, AckId)| {
            pending.get(ack).is_some_and(|pending| pending.deadline == Some(*deadline))
        };
        while self.in_order.front().is_some_and(|front| !is_awaited(front)) {
            self.in_order.pop_front();
        }
        if self.in_order.len() > 2 * pending.len() + KEPT_ROOM {
            self.in_order.retain(is_awaited);
        }
        if self.in_order.is_empty() && self.in_order.capacity() > KEPT_ROOM {
            self.in_order = VecDeque::new();
        }
    }

    fn first(&self) -> Option<(Instant, AckId)> {
        self.in_order.front().into_iter().chain(self.others.first()).min().copied()
    }
}

/// So many answers that are not awaited any more may take room, and maps that have had more give it
/// back once they are empty.
pub(crate) const KEPT_ROOM: usize = 1024;

#[cfg(test)]
mod tests;
