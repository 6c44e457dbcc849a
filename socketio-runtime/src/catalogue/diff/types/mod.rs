//! What has changed in the types, in words.
//!
//! Must not know: events.

mod accepts;
mod case;
mod document;
mod explain;
mod range;
mod relation;
#[cfg(test)]
mod tests;
mod variants;

use std::collections::BTreeSet;

use super::rules::Rule;

pub(super) use self::explain::Types;

/// What has changed between two types.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) changes: Vec<Finding>,
    /// The named types that both contain, to be compared by themselves: the old name, the new one.
    pub(super) pairs: BTreeSet<(String, String)>,
}

/// One change inside a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) rule: &'static Rule,
    pub(super) path: String,
    pub(super) what: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}
