//! One set of definitions from the two ways in which types are described.
//!
//! A type that looks the same whether it is sent or received is one definition. One that does not
//! (a field with a default may be missing on arrival, and is always sent) becomes two, `Name` for
//! what is received and `NameSent` for what is sent; so do the types that contain it.
//!
//! Must not know: events.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::model::{Ack, Catalogue, Events, ValueType};

/// Where definitions stand in a document.
pub(super) const PREFIX: &str = "#/definitions/";

/// Enters the definitions, and gives what is sent its own names.
pub(super) fn merge(
    catalogue: &mut Catalogue,
    received: Map<String, Value>,
    sent: Map<String, Value>,
) {
    let taken: BTreeSet<_> = received.keys().chain(sent.keys()).cloned().collect();
    let renamed: BTreeMap<String, String> = different(&received, &sent)
        .into_iter()
        .map(|name| (name.clone(), free(&name, &taken)))
        .collect();
    catalogue.definitions.extend(received);
    for (name, mut schema) in sent {
        rename(&mut schema, &renamed);
        let name = renamed.get(&name).cloned().unwrap_or(name);
        catalogue.definitions.insert(name, schema);
    }
    for value in sent_values(catalogue) {
        rename(&mut value.schema, &renamed);
    }
}

/// The types that look different, or contain one that does.
fn different(received: &Map<String, Value>, sent: &Map<String, Value>) -> BTreeSet<String> {
    let both =
        || sent.iter().filter_map(|(name, schema)| Some((name, schema, received.get(name)?)));
    let mut different: BTreeSet<String> = both()
        .filter(|(_, sent, received)| sent != received)
        .map(|(name, ..)| name.clone())
        .collect();
    loop {
        let found = different.len();
        for (name, schema, _) in both() {
            if refers_to(schema, &different) {
                different.insert(name.clone());
            }
        }
        if different.len() == found {
            return different;
        }
    }
}

fn free(name: &str, taken: &BTreeSet<String>) -> String {
    let mut free = format!("{name}Sent");
    while taken.contains(&free) {
        free.push('_');
    }
    free
}

fn refers_to(schema: &Value, names: &BTreeSet<String>) -> bool {
    match schema {
        Value::Object(object) => object.iter().any(|(key, value)| {
            let target = value.as_str().filter(|_| key == "$ref");
            let target = target.and_then(|target| target.strip_prefix(PREFIX));
            target.is_some_and(|name| names.contains(name)) || refers_to(value, names)
        }),
        Value::Array(values) => values.iter().any(|value| refers_to(value, names)),
        _ => false,
    }
}

fn rename(schema: &mut Value, names: &BTreeMap<String, String>) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                let name = value.as_str().filter(|_| key == "$ref");
                let name = name.and_then(|target| names.get(target.strip_prefix(PREFIX)?));
                match name {
                    Some(name) => *value = Value::String(format!("{PREFIX}{name}")),
                    None => rename(value, names),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| rename(value, names)),
        _ => {}
    }
}

/// The values that the client sends: arguments of what it emits, answers to what it listens to,
/// and what it authenticates with.
fn sent_values(catalogue: &mut Catalogue) -> Vec<&mut ValueType> {
    let mut values = Vec::new();
    for namespace in &mut catalogue.namespaces {
        values.extend(&mut namespace.auth);
        for event in events(&mut namespace.emits) {
            values.extend(event.arguments.iter_mut().map(|argument| &mut argument.ty));
        }
        for event in events(&mut namespace.listens) {
            match &mut event.ack {
                Some(Ack::Values(answer)) => values.extend(answer),
                Some(Ack::ErrorFirst { value, error }) => values.extend([value, error]),
                None => {}
            }
        }
    }
    values
}

fn events(events: &mut Option<Events>) -> impl Iterator<Item = &mut super::model::Event> {
    events.iter_mut().flat_map(|events| &mut events.events)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use crate::catalogue::Catalogue;

    fn merged(received: &Value, sent: &Value) -> BTreeMap<String, Value> {
        let mut catalogue = Catalogue::builder("Test", "1").build();
        let map = |value: &Value| value.as_object().expect("definitions").clone();
        super::merge(&mut catalogue, map(received), map(sent));
        catalogue.definitions
    }

    #[test]
    fn a_type_that_looks_the_same_both_ways_is_one_definition() {
        let both = json!({ "User": { "type": "object" } });
        assert_eq!(json!(merged(&both, &both)), both);
    }

    #[test]
    fn a_type_that_differs_becomes_two_and_so_does_what_contains_it() {
        let group = json!({ "items": { "$ref": "#/definitions/User" } });
        let received = json!({ "User": {}, "Group": group, "Other": {} });
        let sent = json!({ "User": { "required": ["id"] }, "Group": group, "UserSent": {} });
        let expected = json!({
            "User": {},
            "Group": { "items": { "$ref": "#/definitions/User" } },
            "Other": {},
            "UserSent": {},
            "UserSent_": { "required": ["id"] },
            "GroupSent": { "items": { "$ref": "#/definitions/UserSent_" } },
        });
        assert_eq!(json!(merged(&received, &sent)), expected);
    }
}
