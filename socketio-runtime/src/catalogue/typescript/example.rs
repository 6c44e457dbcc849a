//! Examples of events as statements.
//!
//! Must not know: types.

use serde_json::Value;

use super::names;
use crate::catalogue::{
    model::{Ack, Event},
    values::example,
};

/// The `@example` of an event; no lines if the schema gives none.
pub(super) fn lines(event: &Event) -> Vec<String> {
    let Some(arguments) = example(event) else { return Vec::new() };
    let mut values = vec![names::string(&event.name)];
    values.extend(arguments.iter().map(literal));
    let answer = event.ack_example.as_ref().map(|answer| match answer {
        Value::Array(values) => values.iter().map(literal).collect::<Vec<_>>().join(", "),
        other => literal(other),
    });
    let statement = match &event.ack {
        None => format!("socket.emit({});", values.join(", ")),
        Some(Ack::Values(types)) if types.len() == 1 => {
            format!("const response = await socket.emitWithAck({});", values.join(", "))
        }
        Some(Ack::Values(_)) => {
            values.push("(...responses) => {}".to_owned());
            format!("socket.emit({});", values.join(", "))
        }
        Some(Ack::ErrorFirst { .. }) => {
            values.push("(error, value) => {}".to_owned());
            format!("socket.emit({});", values.join(", "))
        }
    };
    let answer = answer.map(|answer| format!("// answered with {answer}"));
    ["@example".to_owned(), statement].into_iter().chain(answer).collect()
}

/// JSON as people write it in TypeScript.
fn literal(value: &Value) -> String {
    match value {
        Value::Object(fields) if fields.contains_key("_placeholder") => {
            "new Uint8Array([1, 2, 3])".to_owned()
        }
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, value)| format!("{}: {}", names::key(key), literal(value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Array(values) => {
            format!("[{}]", values.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
