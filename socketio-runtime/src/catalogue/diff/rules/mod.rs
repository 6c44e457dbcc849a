//! What a change is called, why it matters, and how much: every rule, as data.
//!
//! Must not know: how changes are found.

mod events;
mod services;
mod types;

use std::fmt;

use serde::{Serialize, Serializer};

pub(super) use self::{events::*, services::*, types::*};
use crate::schema::Direction;

/// How much a change matters.
///
/// On the wire it is asked how an old client and a new server get on, and a new client and an old
/// server; in Rust, what becomes of code that was written against the old schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing that is sent or compiled is another; people may want to know.
    Info,
    /// Old and new get on, whichever is deployed first. Old code compiles.
    Compatible,
    /// Something is new. Old code compiles, unless it asked to be complete: by implementing the
    /// handler of all events, or by matching or destructuring without a `..`.
    Minor,
    /// It goes well if one minds it: mostly, if the server is deployed before its clients.
    Dangerous,
    /// Clients and servers that were built before will misunderstand each other. Old code does not
    /// compile.
    Breaking,
}

/// A kind of change.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// The name, such as `event-removed`. It stays.
    pub id: &'static str,
    /// Why it matters, in a sentence or two.
    pub reason: &'static str,
    /// To the client, to the server.
    wire: [Verdict; 2],
    rust: [Verdict; 2],
}

impl Rule {
    /// All rules, from the service down to the types.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        SERVICES.iter().chain(EVENTS).chain(TYPES).copied()
    }

    /// The rule of this name.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        Self::all().find(|rule| rule.id == id)
    }

    /// How much it matters on the wire.
    ///
    /// `way` is the way of what has changed: of the event, and for a type, that of the value. An
    /// acknowledgement's value goes the other way than its event.
    #[must_use]
    pub const fn wire(&self, way: Direction) -> Verdict {
        self.wire[way as usize]
    }

    /// How much it matters to Rust code of the client, likewise.
    #[must_use]
    pub const fn rust(&self, way: Direction) -> Verdict {
        self.rust[way as usize]
    }

    /// Where the rule is documented.
    #[must_use]
    pub fn docs(&self) -> String {
        format!(
            "https://docs.rs/socketio-runtime/{}/socketio_runtime/catalogue/diff/index.html#{}",
            env!("CARGO_PKG_VERSION"),
            self.id
        )
    }
}

impl Verdict {
    /// All, the harmless first.
    pub const ALL: [Self; 5] =
        [Self::Info, Self::Compatible, Self::Minor, Self::Dangerous, Self::Breaking];

    /// The name, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Compatible => "compatible",
            Self::Minor => "minor",
            Self::Dangerous => "dangerous",
            Self::Breaking => "breaking",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// By its id.
impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id)
    }
}

/// The list's name, and for each rule `NAME "id" wire[to the client, to the server] rust[likewise] "reason"`.
macro_rules! rules {
    ($rules:ident: $($name:ident $id:literal
        wire[$to_client:ident, $to_server:ident] rust[$rust_client:ident, $rust_server:ident]
        $reason:literal;)*) => {
        $(pub(in super::super) static $name: Rule = Rule {
            id: $id,
            reason: $reason,
            wire: [Verdict::$to_client, Verdict::$to_server],
            rust: [Verdict::$rust_client, Verdict::$rust_server],
        };)*
        pub(super) static $rules: &[&Rule] = &[$(&$name),*];
    };
}
use rules;
