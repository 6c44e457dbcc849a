//! Events, acknowledgements and what joins a namespace, as messages.
//!
//! Must not know: channels, operations.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::text;
use crate::{
    catalogue::{
        definitions, json_schema,
        model::{Ack, Argument, ArgumentKind, Catalogue, Event, Namespace},
        values,
    },
    schema::Direction,
};

/// The id of an event's message, unique in its namespace.
pub(super) fn id(direction: Direction, event: &Event) -> String {
    let side = match direction {
        Direction::ServerToClient => "server",
        Direction::ClientToServer => "client",
    };
    format!("{side}_{}", text::id(&event.ident))
}

/// The id of the acknowledgement of the event's message `id`. No name in Rust has a point, so it is
/// no event's.
pub(super) fn ack_id(id: &str) -> String {
    format!("{id}.ack")
}

pub(super) fn direction_name(direction: Direction) -> &'static str {
    match direction {
        Direction::ServerToClient => "server-to-client",
        Direction::ClientToServer => "client-to-server",
    }
}

pub(super) fn event(catalogue: &Catalogue, direction: Direction, event: &Event) -> Value {
    let payload = Value::Object(json_schema::arguments(event));
    let is_binary = is_binary(catalogue, &payload);
    let mut message = Map::new();
    message.insert("name".into(), event.name.clone().into());
    message.insert("title".into(), event.name.clone().into());
    text::describe(&mut message, &event.docs);
    let mut names = vec![direction_name(direction)];
    let flags = [
        (event.ack.is_some(), "acknowledged"),
        (is_binary, "binary"),
        (event.deprecated.is_some(), "deprecated"),
        (event.delivery.volatile, "volatile"),
    ];
    names.extend(flags.into_iter().filter_map(|(is_so, name)| is_so.then_some(name)));
    message.insert("tags".into(), text::tags(&names));
    message.insert("contentType".into(), "application/json".into());
    message.insert("payload".into(), text::with_components(payload));
    if let Some(example) = values::example(event) {
        message.insert("examples".into(), examples(&event.name, &example.into()));
    }
    message.insert("x-socketio".into(), facts(event, is_binary));
    Value::Object(message)
}

pub(super) fn ack(catalogue: &Catalogue, event: &Event, ack: &Ack) -> Value {
    let payload = Value::Object(json_schema::answer(ack));
    let is_binary = is_binary(catalogue, &payload);
    let convention = match ack {
        Ack::Values(_) => "values",
        Ack::ErrorFirst { .. } => "errorFirst",
    };
    let mut message = json!({
        "name": format!("{}.ack", event.name),
        "title": format!("Acknowledgement of {}", event.name),
        "summary": format!("What the receiver of `{}` answers, once.", event.name),
        "contentType": "application/json",
        "tags": text::tags(&["acknowledgement"]),
        "payload": text::with_components(payload),
        "x-socketio": {
            "ackOf": event.name,
            "binary": is_binary,
            "convention": convention,
        },
    });
    if let Some(example) = &event.ack_example {
        message["examples"] = examples(&event.name, example);
    }
    message
}

/// The client's CONNECT, and the server's two answers.
pub(super) fn joining(namespace: &Namespace) -> Map<String, Value> {
    let path = &namespace.path;
    let auth = namespace.auth.as_ref().map(|auth| text::with_components(auth.schema.clone()));
    let refusal = namespace.refusal.as_ref().map(|data| text::with_components(data.schema.clone()));
    let connect = json!({
        "name": "connect",
        "title": format!("Join {path}"),
        "summary": "The client wants to join the namespace.",
        "contentType": "application/json",
        "tags": text::tags(&["lifecycle"]),
        "payload": auth.unwrap_or_else(|| json!({ "type": "object" })),
        "x-socketio": { "packet": "CONNECT" },
    });
    let connected = json!({
        "name": "connect",
        "title": format!("Joined {path}"),
        "summary": "The server let the client in.",
        "contentType": "application/json",
        "tags": text::tags(&["lifecycle"]),
        "payload": {
            "type": "object",
            "properties": {
                "sid": { "type": "string", "description": "The id of the socket" },
                "pid": {
                    "type": "string",
                    "description": "By which the connection's state is recovered; a secret",
                },
            },
            "required": ["sid"],
        },
        "x-socketio": { "packet": "CONNECT" },
    });
    let mut properties = json!({
        "message": { "type": "string", "description": "Why, for people" },
    });
    if let Some(data) = refusal {
        properties["data"] = data;
    }
    let connect_error = json!({
        "name": "connect_error",
        "title": format!("Refused by {path}"),
        "summary": "The server did not let the client in.",
        "contentType": "application/json",
        "tags": text::tags(&["lifecycle"]),
        "payload": { "type": "object", "properties": properties, "required": ["message"] },
        "x-socketio": { "packet": "CONNECT_ERROR" },
    });
    let messages =
        [("connect", connect), ("connected", connected), ("connect_error", connect_error)];
    messages.into_iter().map(|(id, message)| (id.to_owned(), message)).collect()
}

fn examples(name: &str, payload: &Value) -> Value {
    json!([{ "name": text::id(name), "payload": payload }])
}

/// Whether there may be binary data somewhere in the values.
fn is_binary(catalogue: &Catalogue, payload: &Value) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = definitions::references(payload);
    while let Some(name) = open.pop_first() {
        let Some(schema) = catalogue.definitions.get(&name) else { continue };
        if schema["x-socketio"]["binary"] == true {
            return true;
        }
        open.extend(definitions::references(schema).difference(&seen).cloned().collect::<Vec<_>>());
        seen.insert(name);
    }
    false
}

/// What AsyncAPI has no word for. Durations and the like stand there if the schema gives them.
fn facts(event: &Event, is_binary: bool) -> Value {
    let delivery = &event.delivery;
    let mut facts = Map::new();
    let mut set = |key: &str, value: Value| facts.insert(key.to_owned(), value);
    set("event", event.name.clone().into());
    set("rust", event.ident.clone().into());
    set("args", event.arguments.iter().map(argument).collect());
    set("binary", is_binary.into());
    set("volatile", delivery.volatile.into());
    set("ack", event.ack.is_some().into());
    if let Some(note) = &event.deprecated {
        set("deprecated", note.clone().into());
    }
    for (key, value) in [
        ("ackTimeoutMs", delivery.timeout_ms),
        ("timeToLiveMs", delivery.time_to_live_ms),
        ("retries", delivery.retries.map(u64::from)),
    ] {
        if let Some(value) = value {
            set(key, value.into());
        }
    }
    if let Some(offline) = delivery.offline {
        set("offline", json!(offline));
    }
    if delivery.idempotency_key {
        set("idempotencyKey", true.into());
    }
    Value::Object(facts)
}

fn argument(argument: &Argument) -> Value {
    let kind = match argument.kind {
        ArgumentKind::Required => "required",
        ArgumentKind::Optional => "optional",
        ArgumentKind::Rest => "rest",
    };
    let mut facts = json!({ "name": argument.name, "kind": kind, "rust": argument.ty.rust });
    if !argument.docs.is_empty() {
        facts["description"] = argument.docs.clone().into();
    }
    facts
}
