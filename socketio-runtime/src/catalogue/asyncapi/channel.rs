//! A namespace: its channel and its operations.
//!
//! Must not know: other namespaces.

use serde_json::{Map, Value, json};

use super::{Perspective, message, text};
use crate::{
    catalogue::model::{Catalogue, Event, Events, Namespace},
    schema::Direction,
};

pub(super) fn channel(catalogue: &Catalogue, namespace: &Namespace) -> Value {
    let mut channel = Map::new();
    channel.insert("address".into(), namespace.path.clone().into());
    channel.insert("title".into(), format!("Namespace {}", namespace.path).into());
    text::describe(&mut channel, &namespace.docs);
    channel.insert("messages".into(), Value::Object(messages(catalogue, namespace)));
    channel.insert("bindings".into(), json!({ "ws": handshake() }));
    let mut facts = Map::new();
    facts.insert("namespace".into(), namespace.path.clone().into());
    for (key, events) in [("listens", &namespace.listens), ("emits", &namespace.emits)] {
        let Some(events) = events else { continue };
        let mut schema = json!({ "schema": events.ident });
        if !events.docs.is_empty() {
            schema["description"] = events.docs.clone().into();
        }
        if !events.retired.is_empty() {
            schema["retired"] = events.retired.clone().into();
        }
        facts.insert(key.into(), schema);
    }
    channel.insert("x-socketio".into(), Value::Object(facts));
    Value::Object(channel)
}

/// The request that opens the connection; it is the same for all namespaces.
fn handshake() -> Value {
    json!({
        "bindingVersion": "0.1.0",
        "method": "GET",
        "query": {
            "type": "object",
            "properties": {
                "EIO": { "type": "string", "const": "4", "description": "The protocol's version" },
                "transport": {
                    "type": "string",
                    "enum": ["polling", "websocket"],
                    "description": "The transport; a session may begin with polling and be upgraded",
                },
                "sid": {
                    "type": "string",
                    "description": "The session, in every request after the first one",
                },
            },
            "required": ["EIO", "transport"],
            "externalDocs": {
                "description": "The Engine.IO protocol, revision 4",
                "url": "https://socket.io/docs/v4/engine-io-protocol/",
            },
        },
        "headers": {
            "type": "object",
            "properties": {
                "Connection": { "type": "string", "const": "Upgrade" },
                "Upgrade": { "type": "string", "const": "websocket" },
            },
            "description": "Of the `websocket` transport",
        },
    })
}

fn messages(catalogue: &Catalogue, namespace: &Namespace) -> Map<String, Value> {
    let mut messages = Map::new();
    for (direction, events) in directions(namespace) {
        for event in &events.events {
            let id = message::id(direction, event);
            if let Some(ack) = &event.ack {
                messages.insert(message::ack_id(&id), message::ack(catalogue, event, ack));
            }
            messages.insert(id, message::event(catalogue, direction, event));
        }
    }
    messages.extend(message::joining(namespace));
    messages
}

pub(super) fn operations(
    channel: &str,
    namespace: &Namespace,
    perspective: Perspective,
) -> Map<String, Value> {
    let mut operations = Map::new();
    let mut join = operation(channel, namespace, perspective, Direction::ClientToServer, "connect");
    join.insert("title".into(), format!("Join {}", namespace.path).into());
    let summary = "The client joins the namespace; the server lets it in or refuses it.";
    join.insert("summary".into(), summary.into());
    join.insert("tags".into(), text::tags(&["lifecycle"]));
    let replies = ["connected".to_owned(), "connect_error".to_owned()];
    join.insert("reply".into(), reply(channel, &replies));
    operations.insert(format!("{channel}_connect"), Value::Object(join));

    for (direction, events) in directions(namespace) {
        for event in &events.events {
            let id = message::id(direction, event);
            let operation = event_operation(channel, namespace, perspective, direction, event);
            operations.insert(format!("{channel}_{id}"), operation);
        }
    }
    operations
}

fn event_operation(
    channel: &str,
    namespace: &Namespace,
    perspective: Perspective,
    direction: Direction,
    event: &Event,
) -> Value {
    let id = message::id(direction, event);
    let mut operation = operation(channel, namespace, perspective, direction, &id);
    operation.insert("title".into(), event.name.clone().into());
    text::describe(&mut operation, &event.docs);
    operation.insert("tags".into(), text::tags(&[message::direction_name(direction)]));
    if event.ack.is_some() {
        operation.insert("reply".into(), reply(channel, &[message::ack_id(&id)]));
    }
    Value::Object(operation)
}

fn operation(
    channel: &str,
    namespace: &Namespace,
    perspective: Perspective,
    direction: Direction,
    message: &str,
) -> Map<String, Value> {
    let is_sent = matches!(
        (perspective, direction),
        (Perspective::Client, Direction::ClientToServer)
            | (Perspective::Server, Direction::ServerToClient)
    );
    let mut operation = Map::new();
    operation.insert("action".into(), if is_sent { "send" } else { "receive" }.into());
    operation.insert("channel".into(), text::reference(&["channels", channel]));
    let messages = text::references(&["channels", channel, "messages"], &[message.to_owned()]);
    operation.insert("messages".into(), messages);
    if namespace.auth.is_some() {
        let scheme = text::reference(&["components", "securitySchemes", channel]);
        operation.insert("security".into(), json!([scheme]));
    }
    operation
}

fn reply(channel: &str, messages: &[String]) -> Value {
    json!({
        "channel": text::reference(&["channels", channel]),
        "messages": text::references(&["channels", channel, "messages"], messages),
    })
}

fn directions(namespace: &Namespace) -> impl Iterator<Item = (Direction, &Events)> {
    let listens = namespace.listens.iter().map(|events| (Direction::ServerToClient, events));
    listens.chain(namespace.emits.iter().map(|events| (Direction::ClientToServer, events)))
}
