//! Ids, references and documentation, as AsyncAPI wants them.
//!
//! Must not know: what they are of.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::catalogue::definitions;

/// A name as an id, and as a part of one: ASCII letters, digits and `_`.
pub(super) fn id(name: &str) -> String {
    name.chars().fold(String::new(), |mut id, character| {
        let _ = match character {
            '_' => write!(id, "_"),
            c if c.is_ascii_alphanumeric() => write!(id, "{c}"),
            c if c.is_ascii() => write!(id, "_"),
            // Rust's names may be made of any letters, and stay apart.
            c => write!(id, "u{:x}", u32::from(c)),
        };
        id
    })
}

/// The id, or one like it that is not taken.
pub(super) fn free(mut id: String, taken: &Map<String, Value>) -> String {
    while taken.contains_key(&id) {
        id.push('_');
    }
    id
}

/// The id of a namespace's channel, and what all its other ids begin with.
pub(super) fn channel_id(path: &str) -> String {
    match path {
        "/" => "main".to_owned(),
        path => id(path.strip_prefix('/').unwrap_or(path)),
    }
}

pub(super) fn reference(path: &[&str]) -> Value {
    json!({ "$ref": format!("#/{}", path.join("/")) })
}

pub(super) fn references(path: &[&str], ids: &[String]) -> Value {
    let references = ids.iter().map(|id| reference(&[path, &[&**id]].concat()));
    references.collect()
}

/// Enters `summary`, the first paragraph, and `description`, everything.
pub(super) fn describe(object: &mut Map<String, Value>, docs: &str) {
    if docs.is_empty() {
        return;
    }
    let summary = docs.split("\n\n").next().unwrap_or(docs).replace('\n', " ");
    object.insert("summary".into(), summary.trim().into());
    object.insert("description".into(), docs.into());
}

pub(super) fn tags(names: &[&str]) -> Value {
    names.iter().map(|name| json!({ "name": name })).collect()
}

/// A schema whose definitions are the document's components.
pub(super) fn with_components(mut schema: Value) -> Value {
    redirect(&mut schema);
    schema
}

fn redirect(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                let name = value.as_str().filter(|_| key == "$ref").and_then(definitions::target);
                match name {
                    Some(name) => *value = format!("#/components/schemas/{name}").into(),
                    None => redirect(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(redirect),
        _ => {}
    }
}
