//! A bound for what one value makes a validator do.
//!
//! A reference that stands for the value itself, not for a part of it, makes a validator call
//! itself without coming closer to the end of the value. Types refer so a few times; a file may do
//! it until the stack is full.
//!
//! Must not know: packets, events.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::InvalidCatalogue;
use crate::catalogue::definitions;

/// As many types may stand for one value.
const MAX_IN_PLACE: usize = 256;

/// The words whose schemas are for the value itself.
const IN_PLACE: [&str; 7] = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else"];

pub(super) fn check(types: &BTreeMap<String, Value>) -> Result<(), InvalidCatalogue> {
    let next: BTreeMap<&str, BTreeSet<String>> =
        types.iter().map(|(name, schema)| (&**name, in_place(schema))).collect();
    for name in types.keys() {
        let (mut found, mut waiting) = (BTreeSet::new(), vec![&**name]);
        while let Some(name) = waiting.pop() {
            if found.insert(name) {
                waiting.extend(next.get(name).into_iter().flatten().map(String::as_str));
            }
            if found.len() > MAX_IN_PLACE {
                let subject = format!("`{name}`");
                let reason = format!("more than {MAX_IN_PLACE} types stand for one value");
                return Err(InvalidCatalogue { subject, reason });
            }
        }
    }
    Ok(())
}

/// The types to which a schema refers for the value itself. As deep as the file's JSON is at most.
fn in_place(schema: &Value) -> BTreeSet<String> {
    let reference = schema["$ref"].as_str().and_then(definitions::target);
    let schemas = IN_PLACE.iter().filter_map(|word| schema.get(word));
    let schemas = schemas.flat_map(|inner| match inner {
        Value::Array(inner) => inner.iter().collect(),
        inner => vec![inner],
    });
    reference.into_iter().chain(schemas.flat_map(in_place)).collect()
}
