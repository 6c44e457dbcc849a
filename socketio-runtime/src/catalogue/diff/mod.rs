//! What a change of the schema means to those who do not change with it: clients and servers that
//! were built before, and Rust code that was written before.
//!

// Must not know: files, who is to be stopped.

#![doc = include_str!("guide.md")]

mod change;
mod compare;
mod report;
mod rules;
#[cfg(test)]
mod tests;
mod types;

pub use self::{
    change::{Change, Part, Place},
    report::{Deny, DenyError, Diff},
    rules::{Rule, Verdict},
};
use super::model::Catalogue;

/// What has changed from one catalogue to another.
///
/// See the [module](self) for what the verdicts mean, and for all rules.
#[must_use]
pub fn diff(old: &Catalogue, new: &Catalogue) -> Diff {
    Diff::new(compare::compare(old, new))
}
