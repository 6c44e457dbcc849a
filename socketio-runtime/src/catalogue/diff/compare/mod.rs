//! Two catalogues, compared from the service down to the values.
//!
//! Must not know: how types are compared, how changes are shown.

mod ack;
mod arguments;
mod events;
mod namespaces;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    change::{Change, Part, Place},
    rules::{self, Rule, Verdict},
    types::{Finding, Findings, Types},
};
use crate::{
    catalogue::model::{Catalogue, ValueType},
    schema::Direction,
};

/// Everything that has changed, in no order.
pub(super) fn compare(old: &Catalogue, new: &Catalogue) -> Vec<Change> {
    let mut comparison = Comparison {
        types: Types::new(&old.definitions, &new.definitions),
        changes: Vec::new(),
        named: BTreeMap::new(),
    };
    comparison.service(old, new);
    comparison.named_types();
    comparison.changes
}

struct Comparison<'a> {
    types: Types<'a>,
    changes: Vec<Change>,
    /// By the old name and the new one.
    named: BTreeMap<(String, String), Named>,
}

/// A named type that is used by both catalogues.
struct Named {
    findings: Findings,
    uses: BTreeSet<Use>,
}

/// Where a value of a type travels, and which way.
type Use = (Direction, Place);

/// What a change is, without where it is.
struct Told {
    rule: &'static Rule,
    what: String,
    before: Option<String>,
    after: Option<String>,
}

impl Comparison<'_> {
    fn service(&mut self, old: &Catalogue, new: &Catalogue) {
        let place = Place::default();
        let quoted = |text: &str| Some(format!("`{text}`"));
        if old.title != new.title {
            let what = "it has another name";
            let told =
                Told::new(&rules::SERVICE_RENAMED, what, quoted(&old.title), quoted(&new.title));
            self.tell(&place, ANY_WAY, told);
        }
        if old.version != new.version {
            let what = "it has another version";
            let told = Told::new(
                &rules::VERSION_CHANGED,
                what,
                quoted(&old.version),
                quoted(&new.version),
            );
            self.tell(&place, ANY_WAY, told);
        }
        self.docs(&place, &old.description, &new.description);
        self.namespaces(&old.namespaces, &new.namespaces);
    }

    /// A value that is in both catalogues.
    fn value(&mut self, place: &Place, way: Direction, old: &ValueType, new: &ValueType) {
        let findings = self.types.compare(&old.schema, &new.schema);
        if !findings.changes.iter().any(|finding| finding.rule.rust(way) > Verdict::Minor) {
            self.rust_type(place, way, old, new);
        }
        self.findings(place, way, findings);
    }

    fn rust_type(&mut self, place: &Place, way: Direction, old: &ValueType, new: &ValueType) {
        if old.rust != new.rust {
            let [old, new] = [old, new].map(|ty| Some(format!("`{}`", ty.rust)));
            let what = "it is written otherwise";
            self.tell(place, way, Told::new(&rules::RUST_TYPE_CHANGED, what, old, new));
        }
    }

    fn findings(&mut self, place: &Place, way: Direction, findings: Findings) {
        for finding in findings.changes {
            self.changes.push(finding.at(place.clone(), [way], BTreeSet::new()));
        }
        let at = (way, place.clone());
        findings.pairs.into_iter().for_each(|pair| self.use_type(pair, &at));
    }

    /// Notes the use of a named type, and so of all that it contains.
    fn use_type(&mut self, pair: (String, String), at: &Use) {
        let mut waiting = vec![pair];
        while let Some(pair) = waiting.pop() {
            let types = self.types;
            let named = self.named.entry(pair).or_insert_with_key(|(old, new)| Named {
                findings: types.compare_named(old, new),
                uses: BTreeSet::new(),
            });
            if named.uses.insert(at.clone()) {
                waiting.extend(named.findings.pairs.iter().cloned());
            }
        }
    }

    /// Each change once, though a type that is sent may have another name than when it is received.
    fn named_types(&mut self) {
        let mut all: Vec<(String, Finding, BTreeSet<Use>)> = Vec::new();
        for ((name, _), Named { findings, uses }) in std::mem::take(&mut self.named) {
            for finding in findings.changes {
                let same =
                    all.iter_mut().find(|(other, told, _)| *other == name && *told == finding);
                match same {
                    Some((.., all_uses)) => all_uses.extend(uses.iter().cloned()),
                    None => all.push((name.clone(), finding, uses.clone())),
                }
            }
        }
        for (name, finding, uses) in all {
            let place = Place { part: Part::Type { name }, ..Place::default() };
            let ways: BTreeSet<_> = uses.iter().map(|(way, _)| *way).collect();
            let places = uses.into_iter().map(|(_, place)| place).collect();
            self.changes.push(finding.at(place, ways, places));
        }
    }

    fn docs(&mut self, place: &Place, old: &str, new: &str) {
        if old != new {
            let what = "the documentation was changed";
            self.tell(place, ANY_WAY, Told::new(&rules::DOCS_CHANGED, what, None, None));
        }
    }

    fn tell(&mut self, place: &Place, way: Direction, told: Told) {
        let Told { rule, what, before, after } = told;
        let finding = Finding { rule, path: String::new(), what, before, after };
        self.changes.push(finding.at(place.clone(), [way], BTreeSet::new()));
    }
}

/// Where a rule says the same of both.
const ANY_WAY: Direction = Direction::ClientToServer;

impl Told {
    fn new(
        rule: &'static Rule,
        what: impl Into<String>,
        before: Option<String>,
        after: Option<String>,
    ) -> Self {
        Self { rule, what: what.into(), before, after }
    }
}

impl Finding {
    fn at(
        self,
        place: Place,
        ways: impl IntoIterator<Item = Direction>,
        used_by: BTreeSet<Place>,
    ) -> Change {
        let Self { rule, path, what, before, after } = self;
        let mut verdicts = (Verdict::Info, Verdict::Info);
        for way in ways {
            verdicts = (verdicts.0.max(rule.wire(way)), verdicts.1.max(rule.rust(way)));
        }
        let (wire, rust) = verdicts;
        let used_by = used_by.into_iter().collect();
        Change { rule, wire, rust, place, path, what, before, after, used_by }
    }
}

/// The way of an answer.
fn back(way: Direction) -> Direction {
    match way {
        Direction::ServerToClient => Direction::ClientToServer,
        Direction::ClientToServer => Direction::ServerToClient,
    }
}
