//! Each event as JSON Schemas of its own: for its arguments, and for its acknowledgement.
//!
//! Must not know: which files or documents they stand in.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use serde_json::{Map, Value, json};

use super::{
    definitions,
    model::{Ack, Argument, ArgumentKind, Catalogue, Event, ValueType},
    values,
};
use crate::schema::Direction;

/// Which event of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct EventId {
    /// The namespace's path.
    pub namespace: String,
    /// Which way it travels.
    pub direction: Direction,
    /// The name on the wire.
    pub event: String,
}

/// The schemas of an event: documents by themselves, JSON Schema draft 07.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EventSchemas {
    /// Of the array of arguments: what follows the name in an EVENT packet.
    pub arguments: Value,
    /// Of the array of values in the ACK packet; `None` if the event has no acknowledgement.
    pub ack: Option<Value>,
}

impl Catalogue {
    /// The JSON Schemas of all events.
    ///
    /// They describe the arrays as they stand in the packets' JSON, and are as strict as the schema:
    /// a client of this library ignores values behind the last one, as JavaScript does, and the
    /// schemas do not take them.
    ///
    /// ```
    /// # use socketio_runtime::{catalogue::Catalogue, client_to_server, namespace};
    /// #[client_to_server(export)]
    /// pub trait ClientToServer {
    ///     #[event("room:join")]
    ///     fn room_join(room: &str) -> bool;
    /// }
    ///
    /// #[namespace("/chat", emits = ClientToServer, export)]
    /// pub struct Chat;
    ///
    /// let catalogue = Catalogue::builder("Chat", "1.0.0").namespace::<Chat>().build();
    /// let schemas = catalogue.json_schemas();
    /// let (id, join) = schemas.first_key_value().expect("there is one event");
    /// assert_eq!(id.file_stem(), "chat/client-to-server/room%3Ajoin");
    /// assert_eq!(join.arguments["items"][0]["type"], "string");
    /// assert_eq!(join.arguments["maxItems"], 1);
    /// ```
    #[must_use]
    pub fn json_schemas(&self) -> BTreeMap<EventId, EventSchemas> {
        self.events()
            .map(|(namespace, direction, event)| {
                let (namespace, name) = (namespace.path.clone(), event.name.clone());
                let id = EventId { namespace, direction, event: name };
                let title = |title: String| Map::from_iter([("title".to_owned(), title.into())]);
                let arguments = [title(event.name.clone()), arguments(event)];
                let ack = event.ack.as_ref().map(|ack| {
                    [title(format!("The acknowledgement of {}", event.name)), answer(ack)]
                });
                let arguments = self.document(arguments, values::example(event).map(Value::from));
                let ack = ack.map(|ack| self.document(ack, event.ack_example.clone()));
                (id, EventSchemas { arguments, ack })
            })
            .collect()
    }

    /// With the definitions that it needs.
    fn document(&self, parts: [Map<String, Value>; 2], example: Option<Value>) -> Value {
        let mut document: Map<_, _> = parts.into_iter().flatten().collect();
        document.insert("$schema".into(), "http://json-schema.org/draft-07/schema#".into());
        if let Some(example) = example {
            document.insert("examples".into(), json!([example]));
        }
        let mut document = Value::Object(document);
        let names = self.needed(&document);
        if !names.is_empty() {
            let definitions = names.into_iter().filter_map(|name| {
                let schema = self.definitions.get(&name)?.clone();
                Some((name, schema))
            });
            document["definitions"] = Value::Object(definitions.collect());
        }
        document
    }

    /// The definitions that a schema refers to, and those that they refer to.
    fn needed(&self, schema: &Value) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut waiting = vec![schema];
        while let Some(schema) = waiting.pop() {
            for name in definitions::references(schema) {
                let Some(schema) = self.definitions.get(&name) else { continue };
                if names.insert(name) {
                    waiting.push(schema);
                }
            }
        }
        names
    }
}

impl EventId {
    /// Where the event's schemas belong: `chat/client-to-server/room%3Ajoin`, to which `.json`
    /// and `.ack.json` are added. What could mean something to a file system is written as in
    /// URLs, and so are capitals, since some file systems do not tell them from small letters; the
    /// main namespace is `%2F`.
    #[must_use]
    pub fn file_stem(&self) -> String {
        let Self { namespace, direction, event } = self;
        let direction = match direction {
            Direction::ServerToClient => "server-to-client",
            Direction::ClientToServer => "client-to-server",
        };
        let namespace = match &**namespace {
            "/" => "/",
            path => path.strip_prefix('/').unwrap_or(path),
        };
        format!("{}/{direction}/{}", encode(namespace), encode(event))
    }
}

/// The array of an event's arguments.
pub(super) fn arguments(event: &Event) -> Map<String, Value> {
    let has_key = event.delivery.idempotency_key;
    let is_required = |argument: &&Argument| has_key || argument.kind == ArgumentKind::Required;
    let min = event.arguments.iter().filter(is_required).count() + usize::from(has_key);
    let (rest, arguments): (Vec<_>, Vec<_>) =
        event.arguments.iter().partition(|argument| argument.kind == ArgumentKind::Rest);
    let mut items: Vec<_> = arguments
        .into_iter()
        .map(|argument| match argument.kind {
            ArgumentKind::Optional => {
                named(argument, json!({ "anyOf": [argument.ty.schema, nothing()] }))
            }
            _ => named(argument, argument.ty.schema.clone()),
        })
        .collect();
    if has_key {
        let description = "The same over all tries of one emit, and no other's.";
        items.push(
            json!({ "title": "idempotencyKey", "description": description, "type": "string" }),
        );
    }
    let rest = rest.first().map(|argument| named(argument, argument.ty.schema.clone()));
    if let Some(values) = values::example(event) {
        for (item, value) in items.iter_mut().zip(values) {
            item["examples"] = json!([value]);
        }
    }
    let mut schema = array(items, min, rest);
    if !event.docs.is_empty() {
        schema.insert("description".into(), event.docs.clone().into());
    }
    schema
}

/// The array of an acknowledgement's values.
pub(super) fn answer(ack: &Ack) -> Map<String, Value> {
    match ack {
        Ack::Values(values) => {
            let items: Vec<_> = values.iter().map(|value| value.schema.clone()).collect();
            // `callback()` of JavaScript answers with no value, which is `null` to a client.
            let is_needed = |value: &ValueType| !takes_null(&value.schema);
            let min = values.iter().rposition(is_needed).map_or(0, |last| last + 1);
            array(items, min, None)
        }
        Ack::ErrorFirst { value, error } => {
            let min = 1 + usize::from(!takes_null(&value.schema));
            let ok = array(vec![nothing(), value.schema.clone()], min, None);
            let failed = array(vec![error.schema.clone(), nothing()], 1, None);
            let titled = |title: &str, mut schema: Map<String, Value>| {
                schema.insert("title".into(), title.into());
                schema
            };
            let variants = json!([titled("done", ok), titled("failed", failed)]);
            Map::from_iter([("anyOf".into(), variants)])
        }
    }
}

fn array(items: Vec<Value>, min: usize, rest: Option<Value>) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("type".into(), "array".into());
    schema.insert("minItems".into(), min.into());
    if rest.is_none() {
        schema.insert("maxItems".into(), items.len().into());
    }
    match (items.is_empty(), rest) {
        (true, None) => {}
        // An empty list of items is no JSON Schema.
        (true, Some(rest)) => {
            schema.insert("items".into(), rest);
        }
        (false, rest) => {
            schema.insert("items".into(), items.into());
            schema.insert("additionalItems".into(), rest.unwrap_or(Value::Bool(false)));
        }
    }
    schema
}

/// A schema with an argument's name and documentation.
fn named(argument: &Argument, schema: Value) -> Value {
    let mut schema = match schema {
        // What stands beside a `$ref` is ignored, and what has a title has its own meaning.
        Value::Object(schema)
            if !["$ref", "title", "description"].iter().any(|key| schema.contains_key(*key)) =>
        {
            schema
        }
        Value::Bool(true) => Map::new(),
        schema => Map::from_iter([("allOf".into(), json!([schema]))]),
    };
    schema.insert("title".into(), argument.name.clone().into());
    if !argument.docs.is_empty() {
        schema.insert("description".into(), argument.docs.clone().into());
    }
    Value::Object(schema)
}

/// Whether `null` is among the values, as far as it is seen without following references.
fn takes_null(schema: &Value) -> bool {
    let any = |key: &str| schema[key].as_array().is_some_and(|all| all.iter().any(takes_null));
    *schema == Value::Bool(true)
        || schema["type"] == "null"
        || schema["type"].as_array().is_some_and(|types| types.iter().any(|ty| ty == "null"))
        || any("anyOf")
        || any("oneOf")
}

fn encode(name: &str) -> String {
    name.bytes().fold(String::new(), |mut text, byte| {
        let is_plain = byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        let _ =
            if is_plain { write!(text, "{}", byte as char) } else { write!(text, "%{byte:02X}") };
        text
    })
}

/// The schema of `null`.
fn nothing() -> Value {
    json!({ "type": "null" })
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{Direction, EventId};
    use crate::catalogue::Catalogue;

    #[test]
    fn names_that_differ_in_case_alone_are_different_files_everywhere() {
        let stem = |event: &str| {
            let (namespace, event) = ("/chat".to_owned(), event.to_owned());
            EventId { namespace, direction: Direction::ClientToServer, event }.file_stem()
        };
        assert_eq!(stem("room-join_2"), "chat/client-to-server/room-join_2");
        let [capital, small] = ["Join", "join"].map(|event| stem(event).to_lowercase());
        assert_ne!(capital, small);
    }

    #[test]
    fn definitions_that_refer_to_each_other_come_to_an_end() {
        const LENGTH: usize = 20_000;
        let refers = |to: usize| json!({ "$ref": format!("#/definitions/D{to}") });
        let mut definitions: Map<String, Value> =
            (0..LENGTH).map(|at| (format!("D{at}"), refers(at + 1))).collect();
        definitions.insert("Unused".into(), refers(0));
        let argument = json!({ "name": "a", "rust": "D", "schema": refers(0) });
        let event = json!({ "name": "e", "ident": "e", "arguments": [argument] });
        let emits = json!({ "ident": "E", "events": [event] });
        for end in [json!({ "type": "null" }), refers(LENGTH), refers(0)] {
            definitions.insert(format!("D{LENGTH}"), end);
            let catalogue = json!({
                "format": 1, "title": "Chain", "version": "1", "definitions": definitions,
                "namespaces": [{ "path": "/", "ident": "Main", "emits": emits }],
            });
            let catalogue = Catalogue::from_json(&catalogue.to_string()).expect("a catalogue");
            let schemas = catalogue.json_schemas();
            let (_, schemas) = schemas.first_key_value().expect("there is one event");
            let needed = schemas.arguments["definitions"].as_object().expect("definitions");
            assert_eq!(needed.len(), LENGTH + 1);
        }
    }
}
