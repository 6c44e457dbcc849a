//! Listeners that hear the same, in order of registration.
//!
//! Must not know: what that is, who calls them.
//!
//! One of many is removed without moving those behind it: its place stays, empty, until every
//! second place is.

use std::{
    mem,
    ops::{Deref, DerefMut},
};

use super::listeners::{ListenerEntry, ListenerId, Target, isolate};

#[derive(Default)]
pub(super) struct ListenerList {
    /// In order of their ids, which are given in order of registration.
    entries: Vec<ListenerEntry>,
    /// How many of them are empty.
    empty: usize,
}

impl ListenerList {
    pub(super) fn add(&mut self, entry: ListenerEntry) {
        // Two threads may have overtaken each other between taking an id and handing it in.
        let is_behind = self.entries.last().is_none_or(|last| last.id < entry.id);
        let place = if is_behind {
            self.entries.len()
        } else {
            self.entries.partition_point(|known| known.id < entry.id)
        };
        self.entries.insert(place, entry);
    }

    /// Removes one, and with it at once what it captured.
    pub(super) fn remove(&mut self, id: ListenerId) {
        let Ok(place) = self.entries.binary_search_by_key(&id, |entry| entry.id) else { return };
        let entry = &mut self.entries[place];
        if matches!(entry.target, Target::Removed) {
            return;
        }
        entry.status.deactivate();
        let target = mem::replace(&mut entry.target, Target::Removed);
        // What it captured is the user's, and may panic when it is dropped.
        isolate("drop", || drop(target));
        self.empty += 1;
        if self.empty * 2 >= self.entries.len() {
            self.entries.retain(|entry| !matches!(entry.target, Target::Removed));
            self.empty = 0;
        }
    }

    pub(super) fn remove_if(&mut self, mut is_removed: impl FnMut(&ListenerEntry) -> bool) {
        self.empty = 0;
        for entry in mem::take(&mut self.entries) {
            if matches!(entry.target, Target::Removed) || is_removed(&entry) {
                isolate("drop", || drop(entry));
            } else {
                self.entries.push(entry);
            }
        }
    }

    /// Whether it has no listener, whatever places it has.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.len() == self.empty
    }
}

/// All places; a listener that was removed is not active.
impl Deref for ListenerList {
    type Target = [ListenerEntry];

    fn deref(&self) -> &[ListenerEntry] {
        &self.entries
    }
}

impl DerefMut for ListenerList {
    fn deref_mut(&mut self) -> &mut [ListenerEntry] {
        &mut self.entries
    }
}
