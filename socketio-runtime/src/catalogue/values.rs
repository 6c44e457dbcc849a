//! All values of a catalogue, wherever they stand.
//!
//! Must not know: what is done with them.

use serde_json::Value;

use super::model::{Ack, Catalogue, Event, ValueType};

/// The types of all values.
#[cfg(feature = "typescript")]
pub(super) fn types(catalogue: &Catalogue) -> impl Iterator<Item = &ValueType> {
    let namespaces = catalogue.namespaces.iter();
    namespaces.flat_map(|namespace| {
        let events = namespace.listens.iter().chain(&namespace.emits);
        let values = events.flat_map(|events| &events.events).flat_map(|event| {
            let arguments = event.arguments.iter().map(|argument| &argument.ty);
            arguments.chain(event.ack.iter().flat_map(ack))
        });
        namespace.auth.iter().chain(&namespace.refusal).chain(values)
    })
}

/// The arguments of the event's example as they travel: with its idempotency key, if it has one.
pub(super) fn example(event: &Event) -> Option<Vec<Value>> {
    let mut values = event.example.as_ref()?.as_array()?.clone();
    if event.delivery.idempotency_key {
        // The key keeps its place.
        values.resize(event.arguments.len().max(values.len()), Value::Null);
        values.push(IDEMPOTENCY_KEY.into());
    }
    Some(values)
}

/// All the JSON that was made elsewhere: schemas and examples.
pub(super) fn json_mut(catalogue: &mut Catalogue) -> Vec<&mut Value> {
    let mut values: Vec<_> = catalogue.definitions.values_mut().collect();
    for namespace in &mut catalogue.namespaces {
        let payloads = namespace.auth.iter_mut().chain(&mut namespace.refusal);
        values.extend(payloads.map(|ty| &mut ty.schema));
        let events = namespace.listens.iter_mut().chain(&mut namespace.emits);
        for event in events.flat_map(|events| &mut events.events) {
            let Event { arguments, ack, example, ack_example, .. } = event;
            values.extend(arguments.iter_mut().map(|argument| &mut argument.ty.schema));
            values.extend(ack.iter_mut().flat_map(ack_mut).map(|ty| &mut ty.schema));
            values.extend(example.iter_mut().chain(ack_example));
        }
    }
    values
}

#[cfg(feature = "typescript")]
fn ack(ack: &Ack) -> Vec<&ValueType> {
    match ack {
        Ack::Values(values) => values.iter().collect(),
        Ack::ErrorFirst { value, error } => vec![value, error],
    }
}

fn ack_mut(ack: &mut Ack) -> Vec<&mut ValueType> {
    match ack {
        Ack::Values(values) => values.iter_mut().collect(),
        Ack::ErrorFirst { value, error } => vec![value, error],
    }
}

/// Any string would do.
const IDEMPOTENCY_KEY: &str = "a key of this emit";
