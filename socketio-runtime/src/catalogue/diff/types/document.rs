//! JSON Schemas as data: what they refer to, which values they speak of, how they look in a line.
//!
//! Must not know: that two of them are compared.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::range;
use crate::catalogue::definitions::{PREFIX, target};

pub(super) type Object = Map<String, Value>;

/// The named types of a catalogue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Document<'a>(pub(super) &'a BTreeMap<String, Value>);

impl<'a> Document<'a> {
    /// What `#/definitions/Name` refers to.
    pub(super) fn resolve(self, reference: &str) -> Option<&'a Value> {
        self.0.get(&target(reference)?)
    }

    /// What a name refers to, as it is written in references.
    pub(super) fn named(self, name: &str) -> Option<&'a Value> {
        self.resolve(&format!("{PREFIX}{name}"))
    }
}

/// The name of the type, if the schema is nothing but a reference, perhaps with documentation.
pub(super) fn name_of(schema: &Value) -> Option<&str> {
    let object = schema.as_object()?;
    let mut keywords = object.iter().filter(|(keyword, _)| !is_annotation(keyword));
    let (keyword, value) = keywords.next()?;
    if keywords.next().is_some() {
        return None;
    }
    match keyword.as_str() {
        "$ref" => value.as_str()?.strip_prefix(PREFIX),
        "allOf" => match value.as_array()?.as_slice() {
            [only] => name_of(only),
            _ => None,
        },
        _ => None,
    }
}

/// All names that a schema refers to.
pub(super) fn names_in<'a>(schema: &'a Value, names: &mut Vec<&'a str>) {
    match schema {
        Value::Object(object) => {
            let reference = object.get("$ref").and_then(Value::as_str);
            names.extend(reference.and_then(|reference| reference.strip_prefix(PREFIX)));
            object.values().for_each(|value| names_in(value, names));
        }
        Value::Array(values) => values.iter().for_each(|value| names_in(value, names)),
        _ => {}
    }
}

/// Whether both are one type: a type that looks different when it is sent has a second name.
pub(super) fn are_related(one: &str, other: &str) -> bool {
    let base = |name| str::strip_suffix(str::trim_end_matches(name, '_'), "Sent");
    one == other || base(one) == Some(other) || base(other) == Some(one)
}

/// Whether a keyword says nothing about which values are allowed.
pub(super) fn is_annotation(keyword: &str) -> bool {
    const ANNOTATIONS: [&str; 11] = [
        "$comment",
        "$id",
        "$schema",
        "default",
        "definitions",
        "deprecated",
        "description",
        "examples",
        "readOnly",
        "title",
        "writeOnly",
    ];
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

/// Whether a keyword narrows a type down without being another type in Rust.
pub(super) fn is_limit(keyword: &str) -> bool {
    const LIMITS: [&str; 10] = [
        "exclusiveMaximum",
        "exclusiveMinimum",
        "maxLength",
        "maxProperties",
        "maximum",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "pattern",
    ];
    LIMITS.contains(&keyword)
}

/// A type in a line, for people.
pub(super) fn show(schema: &Value) -> String {
    /// Characters; a line of a report holds two.
    const LONGEST: usize = 60;

    if let Some(name) = name_of(schema) {
        return format!("`{name}`");
    }
    let text = spelled(schema).unwrap_or_else(|| schema.to_string());
    if text.chars().count() <= LONGEST {
        return format!("`{text}`");
    }
    let cut: String = text.chars().take(LONGEST).collect();
    format!("`{cut}…`")
}

/// In the manner of TypeScript, if it is simple enough.
fn spelled(schema: &Value) -> Option<String> {
    if let Some(name) = name_of(schema) {
        return Some(name.to_owned());
    }
    let object = match schema {
        Value::Bool(true) => return Some("anything".into()),
        Value::Object(object) => object,
        _ => return None,
    };
    let list = |values: &[Value], spell: fn(&Value) -> Option<String>| {
        values.iter().map(spell).collect::<Option<Vec<_>>>()
    };
    if let Some(value) = object.get("const") {
        return Some(value.to_string());
    }
    if let Some(values) = object.get("enum").and_then(Value::as_array) {
        return list(values, |value| Some(value.to_string())).map(|all| all.join(" | "));
    }
    if let Some(of) = object.get("anyOf").or(object.get("oneOf")).and_then(Value::as_array) {
        return list(of, spelled).map(|all| all.join(" | "));
    }
    let types = match object.get("type")? {
        Value::Array(types) => list(types, |ty| ty.as_str().map(str::to_owned))?,
        ty => vec![ty.as_str()?.to_owned()],
    };
    let (null, types): (Vec<_>, Vec<_>) = types.into_iter().partition(|ty| ty == "null");
    let types = types.join(" | ");
    let text = match object.get("items") {
        Some(Value::Array(items)) => format!("[{}]", list(items, spelled)?.join(", ")),
        Some(item) if types == "array" => format!("{} list", spelled(item)?),
        _ if object.contains_key("properties") => return None,
        _ => types + &constraints(object),
    };
    let both = [text].into_iter().chain(null).filter(|text| !text.is_empty());
    Some(both.collect::<Vec<_>>().join(" | "))
}

fn constraints(object: &Object) -> String {
    // `uint8` says that it is from 0 to 255.
    let format = object.get("format").and_then(Value::as_str);
    let [least, most] = format.and_then(range::of_format).unwrap_or(range::UNBOUNDED);
    let is_shown = |keyword: &str, value: &Value| match keyword {
        "minimum" => value.as_f64() != Some(least.0),
        "maximum" => value.as_f64() != Some(most.0),
        _ => keyword == "format" || is_limit(keyword) || keyword.ends_with("Items"),
    };
    let shown = object.iter().filter(|(keyword, value)| is_shown(keyword, value));
    let shown: Vec<_> = shown
        .map(|(keyword, value)| match value.as_str() {
            Some(name) if keyword == "format" => name.to_owned(),
            _ => format!("{keyword} {value}"),
        })
        .collect();
    if shown.is_empty() { String::new() } else { format!(" ({})", shown.join(", ")) }
}
