//! The facts about each event as constants, for documentation, catalogues and the runtime.
//!
//! Must not know: anything but the names of policies. No dependency, no allocation.

use std::time::Duration;

use super::event_table::{EventTable, NameIndex};
use crate::proto::OfflinePolicy;

/// Which way the events of a schema travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The server emits them.
    ServerToClient,
    /// A client emits them.
    ClientToServer,
}

/// Everything that is known about a schema.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SchemaDescriptor {
    /// The trait's name.
    pub name: &'static str,
    /// Which way the events travel.
    pub direction: Direction,
    /// The trait's documentation, in Markdown.
    pub docs: &'static str,
    /// The source file, as the compiler names it.
    pub file: &'static str,
    /// The line of the trait's name in that file.
    pub line: u32,
    /// The names on the wire that once were events, and that no event may have any more.
    pub retired: &'static [&'static str],
    /// The events, in the order of the source.
    pub events: &'static [&'static EventDescriptor],
    names: NameIndex,
}

/// Everything that is known about a namespace, besides its schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamespaceDescriptor {
    /// The struct's name.
    pub name: &'static str,
    /// The path.
    pub path: &'static str,
    /// The struct's documentation, in Markdown.
    pub docs: &'static str,
    /// The type of the CONNECT packet's payload, as written.
    pub auth: Option<&'static str>,
    /// The type of a refusal's data, as written.
    pub refusal: Option<&'static str>,
}

/// Everything that is known about one event.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct EventDescriptor {
    /// The name on the wire.
    pub name: &'static str,
    /// The name of the Rust function, without `r#`.
    pub ident: &'static str,
    /// The position among the schema's events as written, from 0. Events that a `#[cfg]`
    /// removed keep their number.
    pub index: usize,
    /// The arguments, in order.
    pub arguments: &'static [ArgumentDescriptor],
    /// What the receiver answers.
    pub ack: AckDescriptor,
    /// Whether every emit is volatile: dropped when it cannot be sent at once.
    pub is_volatile: bool,
    /// The event's own ack timeout.
    pub timeout: Option<Duration>,
    /// The event's own policy while the socket is offline.
    pub offline: Option<OfflinePolicy>,
    /// How long the event may wait for the connection.
    pub time_to_live: Option<Duration>,
    /// How often the event is sent again where no answer comes.
    pub retries: Option<u32>,
    /// Whether one more argument, a string, follows the declared ones: the same over all tries of
    /// an emit, and no other's.
    pub has_idempotency_key: bool,
    /// The note of `#[deprecated]`; empty where it has none.
    pub deprecated: Option<&'static str>,
    /// The documentation, in Markdown.
    pub docs: &'static str,
    /// The arguments of an example, as they stand on the wire: a JSON array.
    pub example: Option<&'static str>,
    /// The values of the example's acknowledgement, likewise.
    pub ack_example: Option<&'static str>,
    /// The line of the event's name in the schema's file.
    pub line: u32,
}

/// One argument of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArgumentDescriptor {
    /// The name in the schema.
    pub name: &'static str,
    /// The type as written in the schema.
    pub ty: &'static str,
    /// Whether it can be left out or repeated.
    pub kind: ArgumentKind,
    /// The documentation, in Markdown.
    pub docs: &'static str,
}

/// Whether an argument can be left out or repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArgumentKind {
    /// Always there.
    Required,
    /// A trailing `Option`: left out when it is `None`.
    Optional,
    /// All further arguments.
    Rest,
}

/// What the receiver of an event answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AckDescriptor {
    /// Nothing: the event has no acknowledgement.
    None,
    /// These values, by their types as written.
    Values(&'static [&'static str]),
    /// Node's `(error, value)`.
    ErrorFirst {
        /// The type of the value, as written.
        value: &'static str,
        /// The type of the error, as written.
        error: &'static str,
    },
}

impl SchemaDescriptor {
    /// A schema without events. Called by the macros.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, direction: Direction) -> Self {
        Self {
            name,
            direction,
            docs: "",
            file: "",
            line: 0,
            retired: &[],
            events: &[],
            names: NameIndex::NONE,
        }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn docs(self, docs: &'static str) -> Self {
        Self { docs, ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn source(self, file: &'static str, line: u32) -> Self {
        Self { file, line, ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn retired(self, retired: &'static [&'static str]) -> Self {
        Self { retired, ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn events<const N: usize>(self, table: &'static EventTable<N>) -> Self {
        Self { events: &table.events, names: table.names(), ..self }
    }

    /// The event with this wire name.
    pub(crate) fn find(&self, name: &str) -> Option<&'static EventDescriptor> {
        self.names.find(self.events, name)
    }
}

impl NamespaceDescriptor {
    /// Called by the macros.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, path: &'static str) -> Self {
        Self { name, path, docs: "", auth: None, refusal: None }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn docs(self, docs: &'static str) -> Self {
        Self { docs, ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn auth(self, auth: &'static str) -> Self {
        Self { auth: Some(auth), ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn refusal(self, refusal: &'static str) -> Self {
        Self { refusal: Some(refusal), ..self }
    }
}

impl EventDescriptor {
    /// An event without ack. Called by the macros.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        index: usize,
        line: u32,
        name: &'static str,
        ident: &'static str,
        docs: &'static str,
        arguments: &'static [ArgumentDescriptor],
    ) -> Self {
        Self {
            name,
            ident,
            index,
            arguments,
            ack: AckDescriptor::None,
            is_volatile: false,
            timeout: None,
            offline: None,
            time_to_live: None,
            retries: None,
            has_idempotency_key: false,
            deprecated: None,
            docs,
            example: None,
            ack_example: None,
            line,
        }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn ack(self, ack: AckDescriptor) -> Self {
        Self { ack, ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn volatile(self) -> Self {
        Self { is_volatile: true, ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn timeout_millis(self, millis: u64) -> Self {
        Self { timeout: Some(Duration::from_millis(millis)), ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn offline(self, policy: OfflinePolicy) -> Self {
        Self { offline: Some(policy), ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn time_to_live_millis(self, millis: u64) -> Self {
        Self { time_to_live: Some(Duration::from_millis(millis)), ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn retries(self, retries: u32) -> Self {
        Self { retries: Some(retries), ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn idempotency_key(self) -> Self {
        Self { has_idempotency_key: true, ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn deprecated(self, note: &'static str) -> Self {
        Self { deprecated: Some(note), ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn example(self, json: &'static str) -> Self {
        Self { example: Some(json), ..self }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn ack_example(self, json: &'static str) -> Self {
        Self { ack_example: Some(json), ..self }
    }
}

impl ArgumentDescriptor {
    /// Called by the macros.
    #[doc(hidden)]
    #[must_use]
    pub const fn required(name: &'static str, ty: &'static str) -> Self {
        Self { name, ty, kind: ArgumentKind::Required, docs: "" }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn optional(name: &'static str, ty: &'static str) -> Self {
        Self { kind: ArgumentKind::Optional, ..Self::required(name, ty) }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn rest(name: &'static str, ty: &'static str) -> Self {
        Self { kind: ArgumentKind::Rest, ..Self::required(name, ty) }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn docs(self, docs: &'static str) -> Self {
        Self { docs, ..self }
    }
}
