//! All changes, to be read, and what of them is denied.
//!
//! Must not know: how changes are found.

use std::{cmp::Reverse, collections::BTreeSet, fmt, str::FromStr};

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::{
    change::Change,
    rules::{Rule, Verdict},
};

/// The differences of two catalogues, those that are worst on the wire first.
///
/// Its `Display` is a report: one line a change, and the reason of each rule once. Serialised it is
/// `{"changes": […], "worst": {"wire": …, "rust": …}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    changes: Vec<Change>,
}

/// What of a diff is denied, such as `breaking`, `wire:breaking` or `rust:minor`: this verdict and
/// all that are worse.
///
/// Without a side it is both. `nothing` denies nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deny {
    wire: Option<Verdict>,
    rust: Option<Verdict>,
}

/// The text is none of `breaking`, `dangerous`, … with or without `wire:` or `rust:` before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "it is `nothing`, or one of `breaking`, `dangerous`, `minor`, `compatible`, `info`, which may \
     have `wire:` or `rust:` before it"
)]
#[non_exhaustive]
pub struct DenyError;

impl Diff {
    /// Sorted, and each but once.
    pub(super) fn new(mut changes: Vec<Change>) -> Self {
        changes.sort_by_cached_key(|change| {
            let Change { rule, place, path, what, before, after, .. } = change.clone();
            (Reverse((change.wire, change.rust)), place, path, rule.id, what, before, after)
        });
        changes.dedup();
        Self { changes }
    }

    /// The changes, those that are worst on the wire first.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether there is no change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The worst verdict on the wire; `None` if there is no change.
    #[must_use]
    pub fn wire(&self) -> Option<Verdict> {
        self.changes.iter().map(|change| change.wire).max()
    }

    /// The worst verdict in Rust; `None` if there is no change.
    #[must_use]
    pub fn rust(&self) -> Option<Verdict> {
        self.changes.iter().map(|change| change.rust).max()
    }

    /// The changes that are denied.
    pub fn denied(&self, deny: Deny) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| deny.denies(change))
    }

    /// How many there are of each verdict, the worst first.
    fn count(&self, side: fn(&Change) -> Verdict) -> String {
        let of = |verdict| self.changes.iter().filter(|change| side(change) == verdict).count();
        let counts = Verdict::ALL.into_iter().rev().map(|verdict| (of(verdict), verdict));
        let counts = counts.filter(|(count, _)| *count > 0);
        counts.map(|(count, verdict)| format!("{count} {verdict}")).collect::<Vec<_>>().join(", ")
    }
}

impl Deny {
    /// Nothing.
    pub const NOTHING: Self = Self { wire: None, rust: None };
    /// What breaks, on the wire or in Rust.
    pub const BREAKING: Self = Self::worse_than(Some(Verdict::Breaking), Some(Verdict::Breaking));

    /// These verdicts and what is worse, each on its side; `None` denies nothing there.
    #[must_use]
    pub const fn worse_than(wire: Option<Verdict>, rust: Option<Verdict>) -> Self {
        Self { wire, rust }
    }

    /// What either denies.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let either = |one: Option<Verdict>, other| one.into_iter().chain(other).min();
        Self { wire: either(self.wire, other.wire), rust: either(self.rust, other.rust) }
    }

    /// Whether this change is denied.
    #[must_use]
    pub fn denies(&self, change: &Change) -> bool {
        self.wire.is_some_and(|least| change.wire >= least)
            || self.rust.is_some_and(|least| change.rust >= least)
    }
}

impl FromStr for Deny {
    type Err = DenyError;

    fn from_str(text: &str) -> Result<Self, DenyError> {
        if text == "nothing" {
            return Ok(Self::NOTHING);
        }
        let (side, name) =
            text.split_once(':').map_or((None, text), |(side, name)| (Some(side), name));
        let verdict = Verdict::ALL.into_iter().find(|verdict| verdict.name() == name);
        let verdict = Some(verdict.ok_or(DenyError)?);
        match side {
            None => Ok(Self { wire: verdict, rust: verdict }),
            Some("wire") => Ok(Self { wire: verdict, rust: None }),
            Some("rust") => Ok(Self { wire: None, rust: verdict }),
            Some(_) => Err(DenyError),
        }
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(f, "no change");
        }
        writeln!(f, "on the wire: {}", self.count(|change| change.wire))?;
        writeln!(f, "in Rust: {}\n", self.count(|change| change.rust))?;
        self.changes.iter().try_for_each(|change| writeln!(f, "{change}"))?;
        writeln!(f, "\nwhy")?;
        let ids: BTreeSet<_> = self.changes.iter().map(|change| change.rule.id).collect();
        let mut rules = ids.into_iter().filter_map(Rule::find);
        rules.try_for_each(|rule| writeln!(f, "- {}: {}", rule.id, rule.reason))
    }
}

impl Serialize for Diff {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Worst {
            wire: Option<Verdict>,
            rust: Option<Verdict>,
        }

        let mut diff = serializer.serialize_struct("Diff", 2)?;
        diff.serialize_field("changes", &self.changes)?;
        let worst = Worst { wire: self.wire(), rust: self.rust() };
        diff.serialize_field("worst", &worst)?;
        diff.end()
    }
}
