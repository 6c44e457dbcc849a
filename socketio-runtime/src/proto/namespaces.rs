//! The namespaces of one connection: found by id and by path, and what they amount to together.
//!
//! Must not know: packets, the session, what a namespace's state means.
//!
//! There may be thousands, and after each packet it is asked when something is due and how much is
//! held back. So only those that were changed of late are asked; of all others it is known. A
//! client with a few namespaces never pays for that.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use super::{NamespaceId, namespace::Namespace};

#[derive(Debug, Default)]
pub(super) struct Namespaces {
    /// Boxed, since a tree has room for eleven from the first on, and most clients have one.
    table: BTreeMap<NamespaceId, Box<Namespace>>,
    paths: BTreeMap<Box<str>, Path>,
    /// Those that may have changed since they were counted among the others. At most [`RECENT`].
    recent: Vec<NamespaceId>,
    others: Sum,
}

/// Who gets the packets of a path: one, and after it those who wait, in order.
#[derive(Debug)]
struct Path {
    owner: NamespaceId,
    heirs: Vec<NamespaceId>,
}

/// What several namespaces amount to.
#[derive(Debug, Default)]
struct Sum {
    deadlines: BTreeSet<(Instant, NamespaceId)>,
    held_bytes: usize,
    holding: usize,
    wanted: usize,
}

impl Namespaces {
    /// A namespace of a new id. While another one has its path, it waits for that.
    pub(super) fn insert(&mut self, id: NamespaceId, namespace: Namespace) {
        if let Some(path) = self.paths.get_mut(&namespace.path) {
            path.heirs.push(id);
        } else {
            let path = Path { owner: id, heirs: Vec::new() };
            self.paths.insert(namespace.path.clone(), path);
        }
        self.others.add(id, &namespace);
        self.table.insert(id, Box::new(namespace));
    }

    /// Removes a namespace; who has its path from now on, if it had it itself.
    pub(super) fn remove(&mut self, id: NamespaceId) -> Option<NamespaceId> {
        self.get_mut(id)?;
        self.recent.retain(|recent| *recent != id);
        let namespace = self.table.remove(&id)?;
        let path = self.paths.get_mut(&namespace.path)?;
        if path.owner != id {
            path.heirs.retain(|heir| *heir != id);
            return None;
        }
        if path.heirs.is_empty() {
            self.paths.remove(&namespace.path);
            return None;
        }
        path.owner = path.heirs.remove(0);
        Some(path.owner)
    }

    pub(super) fn get_mut(&mut self, id: NamespaceId) -> Option<&mut Namespace> {
        if !self.recent.contains(&id) {
            self.others.subtract(id, self.table.get(&id)?);
            self.make_room();
            self.recent.push(id);
        }
        self.table.get_mut(&id).map(|namespace| &mut **namespace)
    }

    pub(super) fn get(&self, id: NamespaceId) -> Option<&Namespace> {
        self.table.get(&id).map(|namespace| &**namespace)
    }

    /// Who gets the packets of a path.
    pub(super) fn owner(&self, path: &str) -> Option<NamespaceId> {
        self.paths.get(path).map(|path| path.owner)
    }

    /// Whether a namespace gets those of its own path.
    pub(super) fn is_owner(&self, id: NamespaceId) -> bool {
        self.get(id).is_some_and(|namespace| self.owner(&namespace.path) == Some(id))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (NamespaceId, &Namespace)> {
        self.table.iter().map(|(id, namespace)| (*id, &**namespace))
    }

    pub(super) fn ids(&self) -> Vec<NamespaceId> {
        self.table.keys().copied().collect()
    }

    #[cfg(any(test, feature = "unstable"))]
    pub(super) fn is_empty(&self) -> bool {
        self.table.is_empty() && self.paths.is_empty()
    }

    /// When something is due.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let recent = self.recent().filter_map(|(_, namespace)| namespace.next_deadline());
        let others = self.others.deadlines.first().map(|(deadline, _)| *deadline);
        recent.chain(others).min()
    }

    /// Where something is due by now, in order of the ids.
    pub(super) fn due(&self, now: Instant) -> Vec<NamespaceId> {
        let is_due = |namespace: &Namespace| namespace.next_deadline().is_some_and(|at| at <= now);
        let recent = self.recent().filter(|(_, namespace)| is_due(namespace)).map(|(id, _)| id);
        let others = self.others.deadlines.iter().take_while(|(deadline, _)| *deadline <= now);
        let mut due: Vec<_> = recent.chain(others.map(|(_, id)| *id)).collect();
        due.sort_unstable();
        due
    }

    pub(super) fn held_bytes(&self) -> usize {
        let recent: usize = self.recent().map(|(_, namespace)| namespace.held_bytes()).sum();
        recent + self.others.held_bytes
    }

    /// Whether one of them is holding something back.
    pub(super) fn is_holding(&self) -> bool {
        self.others.holding > 0 || self.recent().any(|(_, namespace)| namespace.is_holding())
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.others.wanted > 0 || self.recent().any(|(_, namespace)| namespace.is_wanted)
    }

    fn recent(&self) -> impl Iterator<Item = (NamespaceId, &Namespace)> {
        self.recent.iter().filter_map(|id| Some((*id, self.get(*id)?)))
    }

    fn make_room(&mut self) {
        if self.recent.len() < RECENT {
            return;
        }
        for id in self.recent.drain(..) {
            if let Some(namespace) = self.table.get(&id) {
                self.others.add(id, namespace);
            }
        }
    }
}

impl Sum {
    fn add(&mut self, id: NamespaceId, namespace: &Namespace) {
        self.deadlines.extend(namespace.next_deadline().map(|deadline| (deadline, id)));
        self.held_bytes += namespace.held_bytes();
        self.holding += usize::from(namespace.is_holding());
        self.wanted += usize::from(namespace.is_wanted);
    }

    /// Takes back what was added, since which the namespace has not changed.
    fn subtract(&mut self, id: NamespaceId, namespace: &Namespace) {
        if let Some(deadline) = namespace.next_deadline() {
            self.deadlines.remove(&(deadline, id));
        }
        self.held_bytes -= namespace.held_bytes();
        self.holding -= usize::from(namespace.is_holding());
        self.wanted -= usize::from(namespace.is_wanted);
    }
}

/// As many as most clients have. Each costs all questions a look; having to change places with
/// another one costs a namespace more than ten looks.
const RECENT: usize = 4;
