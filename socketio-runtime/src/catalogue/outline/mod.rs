//! A catalogue as its pages show it: what stands where, by which anchor it is found, and the words
//! for it.
//!
//! Must not know: how a page is written.

mod docs;
mod json;
mod packet;
mod shape;
mod signature;
#[cfg(not(feature = "typescript"))]
mod typescript;
mod users;
mod words;

use std::fmt::Write as _;

use serde_json::Value;

use super::model::{Catalogue, Event, Events, Namespace};
#[cfg(feature = "typescript")]
use super::typescript::signature as typescript;

pub(crate) use self::{
    docs::{Docs, Target, heading_shift, is_rust, without_hidden_lines},
    json::pretty,
    packet::Example,
    shape::{BINARY, Form, Part, Variant, description, line},
    signature::rust,
    users::User,
    words::{Reference, facts, references, steps},
};

/// Everything on a page, in order.
pub(crate) struct Outline<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) sections: Vec<Section<'a>>,
    pub(crate) types: Vec<NamedType<'a>>,
}

/// A namespace.
pub(crate) struct Section<'a> {
    pub(crate) id: String,
    pub(crate) namespace: &'a Namespace,
    /// What a client sends to be let in, where that is a type with fields.
    pub(crate) auth: Option<Form<'a>>,
    pub(crate) directions: Vec<Direction<'a>>,
}

/// The events of one direction.
pub(crate) struct Direction<'a> {
    pub(crate) id: String,
    pub(crate) sender: Sender,
    pub(crate) events: &'a Events,
    pub(crate) entries: Vec<Entry<'a>>,
}

/// An event.
pub(crate) struct Entry<'a> {
    pub(crate) id: String,
    pub(crate) sender: Sender,
    /// The namespace's path.
    pub(crate) path: &'a str,
    /// The name of the Rust trait.
    pub(crate) schema: &'a str,
    pub(crate) event: &'a Event,
    /// The member of its interface in TypeScript, if types are known.
    pub(crate) typescript: Option<String>,
}

/// A definition.
pub(crate) struct NamedType<'a> {
    pub(crate) id: String,
    pub(crate) name: &'a str,
    pub(crate) schema: &'a Value,
    /// The declaration in TypeScript, if it is known.
    pub(crate) typescript: Option<String>,
    /// The same type as it travels the other way, and how that is said.
    pub(crate) twin: Option<(&'static str, &'a str)>,
    pub(crate) users: Vec<User<'a>>,
}

/// Who sends an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sender {
    Server,
    Client,
}

impl<'a> Outline<'a> {
    pub(crate) fn of(catalogue: &'a Catalogue) -> Self {
        let is_typed = typescript::is_known(catalogue);
        let mut sections = Vec::<Section<'_>>::new();
        for namespace in &catalogue.namespaces {
            let mut id = escape(&namespace.path, "/");
            // No builder or file has two structs for one path, but who changes a catalogue may.
            while sections.iter().any(|section| section.id == id) {
                id.push('~');
            }
            let directions = directions(namespace, &id, is_typed).collect();
            let auth = namespace.auth.as_ref().and_then(|auth| fields(&auth.schema, catalogue));
            sections.push(Section { id, namespace, auth, directions });
        }
        let types = catalogue.definitions.iter().map(|(name, schema)| NamedType {
            id: type_id(name),
            name,
            schema,
            typescript: typescript::declaration(catalogue, name),
            twin: twin(name, catalogue),
            users: users::of(name, &sections, catalogue),
        });
        let types = types.collect();
        Self { catalogue, sections, types }
    }
}

impl Sender {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }

    pub(crate) fn receiver(self) -> Self {
        match self {
            Self::Server => Self::Client,
            Self::Client => Self::Server,
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Server => "Server to client",
            Self::Client => "Client to server",
        }
    }
}

/// The anchor of a type.
pub(crate) fn type_id(name: &str) -> String {
    format!("type:{}", escape(name, ""))
}

fn directions<'a>(
    namespace: &'a Namespace,
    section: &str,
    is_typed: bool,
) -> impl Iterator<Item = Direction<'a>> {
    let both = [(Sender::Server, &namespace.listens), (Sender::Client, &namespace.emits)];
    both.into_iter().filter_map(move |(sender, events)| {
        let events = events.as_ref()?;
        let id = format!("{section}:{}", sender.name());
        let entries = events.events.iter().map(|event| Entry {
            id: format!("{id}/{}", escape(&event.name, "/:")),
            sender,
            path: &namespace.path,
            schema: &events.ident,
            event,
            typescript: is_typed.then(|| typescript::member(event)),
        });
        let entries = entries.collect();
        Some(Direction { id, sender, events, entries })
    })
}

/// The form of an object's type, named or not.
fn fields<'a>(schema: &'a Value, catalogue: &'a Catalogue) -> Option<Form<'a>> {
    let named = match &line(schema)[..] {
        [Part::Named(name)] => catalogue.definitions.get(name),
        _ => None,
    };
    Some(Form::of(named.unwrap_or(schema))).filter(|form| !form.fields.is_empty())
}

/// A type that looks different by the way it travels is there twice (see `definitions`).
fn twin<'a>(name: &str, catalogue: &'a Catalogue) -> Option<(&'static str, &'a str)> {
    // Somebody may call another type so; the right one then has a `_` behind its name.
    let received = |name: &'a str| name.trim_end_matches('_').strip_suffix("Sent");
    let (name, own) = catalogue.definitions.get_key_value(name)?;
    catalogue.definitions.iter().find_map(|(other, schema)| {
        let sentence = if received(name) == Some(other) {
            "What clients send. They receive it as"
        } else if received(other) == Some(name) {
            "What clients receive. They send it as"
        } else {
            return None;
        };
        (description(own) == description(schema)).then_some((sentence, &**other))
    })
}

/// A name as it can be read: control characters by their pictures (U+2400 on).
pub(crate) fn visible(name: &str) -> String {
    let picture = |character| match u32::from(character) {
        control @ 0..0x20 => char::from_u32(0x2400 + control).unwrap_or(character),
        _ => character,
    };
    name.chars().map(picture).collect()
}

/// A text as part of an anchor: letters and digits of all scripts and what `also` names stay, so
/// that links can be read, and no two texts become one.
fn escape(text: &str, also: &str) -> String {
    let mut id = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_alphanumeric() || "-_.".contains(character) || also.contains(character) {
            id.push(character);
        } else {
            _ = write!(id, "~{:x}~", u32::from(character));
        }
    }
    id
}
