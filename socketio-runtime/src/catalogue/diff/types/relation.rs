//! How the values that a type allows relate to those that it allowed.
//!
//! Must not know: why.

use serde_json::Value;

use super::{
    Findings,
    accepts::{Accepts, Answer},
    document::Document,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Same,
    /// All that were, and more.
    Widened,
    /// Not all that were, and no others.
    Narrowed,
    Changed,
    Unknown,
}

impl Relation {
    /// Of `new` to `old`. Named types that both contain are taken for the same, and noted.
    pub(super) fn of(
        documents: (Document<'_>, Document<'_>),
        old: &Value,
        new: &Value,
        findings: &mut Findings,
    ) -> Self {
        let mut takes_old = Accepts::new(documents.1, documents.0);
        let mut takes_new = Accepts::new(documents.0, documents.1);
        let relation = match (takes_old.ask(new, old), takes_new.ask(old, new)) {
            (Answer::Unknown, _) | (_, Answer::Unknown) => Self::Unknown,
            (Answer::Yes, Answer::Yes) => Self::Same,
            (Answer::Yes, Answer::No) => Self::Widened,
            (Answer::No, Answer::Yes) => Self::Narrowed,
            (Answer::No, Answer::No) => Self::Changed,
        };
        let names = takes_old.pairs().map(|(new, old)| (old, new)).chain(takes_new.pairs());
        findings.pairs.extend(names.map(|(old, new)| (old.to_owned(), new.to_owned())));
        relation
    }
}
