//! Everything that is known about a service's events, as data: `schema.json`.
//!
//! Sorted, and free of what changes without meaning (files, lines, versions of libraries), so that
//! two catalogues of one service differ only where the service does.

// Must not know: how it is made, how it is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schema::Direction;

/// A service, all its namespaces. Serialised it is `schema.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Catalogue {
    /// The form of this file; [`Catalogue::FORMAT`].
    pub format: u32,
    /// The service's name.
    pub title: String,
    /// The version of the service's contract.
    pub version: String,
    /// What the service is, in Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where the service runs, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Server>,
    /// Whom to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// Under which terms the contract may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<License>,
    /// The namespaces, sorted by path.
    pub namespaces: Vec<Namespace>,
    /// The JSON Schemas (draft 07) of the named types, to which `#/definitions/Name` refers.
    pub definitions: BTreeMap<String, Value>,
    /// The declarations of the named types in TypeScript. They are not part of `schema.json`.
    #[cfg(feature = "typescript")]
    #[serde(skip)]
    pub(crate) typescript: super::TypeScriptTypes,
}

/// A place where the service runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Server {
    /// Its name, such as `production`.
    pub name: String,
    /// The URL; its path is the endpoint's.
    pub url: String,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Contact {
    /// A person or a team.
    pub name: String,
    /// A URL or an email address.
    pub address: String,
}

/// Terms of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct License {
    /// The name, such as `MIT`.
    pub name: String,
    /// Where to read it.
    pub url: String,
}

/// A namespace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Namespace {
    /// The path, beginning with `/`.
    pub path: String,
    /// The name of the Rust struct.
    pub ident: String,
    /// The documentation, in Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// What a client sends to be let in; `None` if the schema does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<ValueType>,
    /// The data of a refused connection; `None` if the schema does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<ValueType>,
    /// What the server sends; `None` if it sends nothing, or the names are known at run time only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listens: Option<Events>,
    /// What clients send; likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emits: Option<Events>,
}

/// The events of one direction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Events {
    /// The name of the Rust trait.
    pub ident: String,
    /// The documentation, in Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// The names that no event may have any more, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retired: Vec<String>,
    /// The events, sorted by their names on the wire.
    pub events: Vec<Event>,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Event {
    /// The name on the wire.
    pub name: String,
    /// The name of the Rust function.
    pub ident: String,
    /// The documentation, in Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// The note of `#[deprecated]`; empty where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// The arguments, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<Argument>,
    /// What the receiver answers; `None` if nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ack: Option<Ack>,
    /// What the schema says about its delivery.
    #[serde(default, skip_serializing_if = "Delivery::is_default")]
    pub delivery: Delivery,
    /// The arguments of an example, as they stand on the wire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
    /// The values of the example's acknowledgement, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ack_example: Option<Value>,
}

/// What a schema says about the delivery of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Delivery {
    /// Whether it is dropped when it cannot be sent at once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub volatile: bool,
    /// For how many milliseconds the acknowledgement is awaited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// What becomes of it while the client is offline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline: Option<Offline>,
    /// For how many milliseconds it may wait for the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_to_live_ms: Option<u64>,
    /// How often it is sent again where no acknowledgement comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    /// Whether one more argument, a string, follows: the same over all tries.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub idempotency_key: bool,
}

/// What becomes of an emit while the client is offline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Offline {
    /// It waits for the connection.
    Buffer,
    /// It is dropped.
    Drop,
    /// It fails.
    Reject,
}

/// An argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Argument {
    /// The name, for people: the wire knows positions only.
    pub name: String,
    /// Whether it can be left out or repeated.
    #[serde(default, skip_serializing_if = "ArgumentKind::is_required")]
    pub kind: ArgumentKind,
    /// The documentation, in Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// The type; of one value where it can be repeated.
    #[serde(flatten)]
    pub ty: ValueType,
}

/// Whether an argument can be left out or repeated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ArgumentKind {
    /// Always there.
    #[default]
    Required,
    /// May be left out.
    Optional,
    /// All further arguments.
    Rest,
}

/// What the receiver of an event answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Ack {
    /// These values.
    Values(Vec<ValueType>),
    /// Node's `(error, value)`.
    #[serde(rename_all = "camelCase")]
    ErrorFirst {
        /// The value.
        value: ValueType,
        /// The error.
        error: ValueType,
    },
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ValueType {
    /// The Rust type, as written.
    pub rust: String,
    /// The JSON Schema (draft 07).
    pub schema: Value,
    /// The TypeScript type. It is not part of `schema.json`.
    #[cfg(feature = "typescript")]
    #[serde(skip)]
    pub(crate) typescript: String,
}

impl Catalogue {
    /// The form of `schema.json` that this version of the library writes and reads.
    pub const FORMAT: u32 = 1;

    /// All events, with their namespaces.
    pub(super) fn events(&self) -> impl Iterator<Item = (&Namespace, Direction, &Event)> {
        self.namespaces.iter().flat_map(|namespace| {
            let directions = [
                (Direction::ServerToClient, &namespace.listens),
                (Direction::ClientToServer, &namespace.emits),
            ];
            directions.into_iter().flat_map(move |(direction, events)| {
                let events = events.iter().flat_map(|events| &events.events);
                events.map(move |event| (namespace, direction, event))
            })
        })
    }
}

impl Contact {
    /// Whether the address is an email address, and no URL.
    pub(super) fn is_email(&self) -> bool {
        self.address.contains('@') && !self.address.contains(':')
    }
}

impl Delivery {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl ArgumentKind {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
    fn is_required(&self) -> bool {
        *self == Self::Required
    }
}
