//! One change, and where it is.
//!
//! Must not know: how changes are found.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::rules::{Rule, Verdict};
use crate::schema::Direction;

/// One difference between two catalogues.
///
/// Its `Display` is one line that says all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// What kind of change it is.
    pub rule: &'static Rule,
    /// How much it matters to clients and servers that were built before.
    pub wire: Verdict,
    /// How much it matters to Rust code that was written before.
    pub rust: Verdict,
    /// Where it is.
    pub place: Place,
    /// Where in a type it is: `.owner.name`, `[]` for the items of a list, `.*` for the values of a
    /// map. Empty for the whole.
    pub path: String,
    /// What has changed, in words.
    pub what: String,
    /// What there was, if it can be shown.
    pub before: Option<String>,
    /// What there is, if it can be shown.
    pub after: Option<String>,
    /// Of a change inside a named type: the places that carry it, sorted. A named type is told of
    /// once; its verdicts are the worst of all its ways.
    pub used_by: Vec<Place>,
}

/// Where in a catalogue something is.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Place {
    /// The path of the namespace; `None` for the service and for named types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Which way the event travels.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "direction")]
    pub direction: Option<Direction>,
    /// The event's name on the wire: the old one if it has another now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Which part of it.
    #[serde(skip_serializing_if = "Part::is_whole")]
    pub part: Part,
}

/// A part of a service, namespace or event.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Part {
    /// All of it.
    #[default]
    Whole,
    /// What clients send to be let in.
    Auth,
    /// The data of a refusal.
    Refusal,
    /// An argument.
    Argument {
        /// From 0.
        index: usize,
        /// The name in the schema: the old one if it has another now.
        name: String,
    },
    /// A value of the acknowledgement.
    AckValue {
        /// From 0.
        index: usize,
    },
    /// The error of an acknowledgement.
    AckError,
    /// A named type.
    Type {
        /// The name in the definitions.
        name: String,
    },
}

impl Change {
    /// The worse of both verdicts.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.wire.max(self.rust)
    }
}

impl Part {
    fn is_whole(&self) -> bool {
        *self == Self::Whole
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, wire, rust, place, path, what, before, after, used_by } = self;
        write!(f, "wire {wire}, Rust {rust}: {place}")?;
        if !path.is_empty() {
            write!(f, " at `{path}`")?;
        }
        write!(f, ": {what}")?;
        match (before, after) {
            (Some(before), Some(after)) => write!(f, ", from {before} to {after}")?,
            (Some(only), None) | (None, Some(only)) => write!(f, ": {only}")?,
            (None, None) => {}
        }
        if let Some((first, further)) = used_by.split_first() {
            write!(f, "; it is in {first}")?;
            if !further.is_empty() {
                write!(f, " and {} more", further.len())?;
            }
        }
        write!(f, " [{}]", rule.id)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { namespace, direction, event, part } = self;
        let mut separator = "";
        if let Some(namespace) = namespace {
            write!(f, "{namespace}")?;
            separator = ", ";
        }
        if let Some(direction) = direction {
            write!(f, "{separator}{}", words(*direction))?;
            separator = ", ";
        }
        if let Some(event) = event {
            write!(f, "{}`{event}`", if direction.is_some() { " " } else { separator })?;
            separator = ", ";
        }
        match part {
            Part::Whole if separator.is_empty() => write!(f, "the service"),
            Part::Whole => Ok(()),
            Part::Auth => write!(f, "{separator}auth"),
            Part::Refusal => write!(f, "{separator}refusal"),
            Part::Argument { index, name } => write!(f, "{separator}argument {index} `{name}`"),
            Part::AckValue { index } => write!(f, "{separator}ack value {index}"),
            Part::AckError => write!(f, "{separator}ack error"),
            Part::Type { name } => write!(f, "{separator}type `{name}`"),
        }
    }
}

/// With the reason and its documentation, so that a reader needs nothing else.
impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rule", self.rule)?;
        map.serialize_entry("wire", &self.wire)?;
        map.serialize_entry("rust", &self.rust)?;
        map.serialize_entry("place", &self.place)?;
        if !self.path.is_empty() {
            map.serialize_entry("path", &self.path)?;
        }
        map.serialize_entry("what", &self.what)?;
        if let Some(before) = &self.before {
            map.serialize_entry("before", before)?;
        }
        if let Some(after) = &self.after {
            map.serialize_entry("after", after)?;
        }
        if !self.used_by.is_empty() {
            map.serialize_entry("usedBy", &self.used_by)?;
        }
        map.serialize_entry("line", &self.to_string())?;
        map.serialize_entry("reason", self.rule.reason)?;
        map.serialize_entry("docs", &self.rule.docs())?;
        map.end()
    }
}

fn words(direction: Direction) -> &'static str {
    match direction {
        Direction::ServerToClient => "server to client",
        Direction::ClientToServer => "client to server",
    }
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
fn direction<S: Serializer>(
    direction: &Option<Direction>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match direction {
        Some(Direction::ServerToClient) => serializer.serialize_str("serverToClient"),
        Some(Direction::ClientToServer) => serializer.serialize_str("clientToServer"),
        None => serializer.serialize_none(),
    }
}
