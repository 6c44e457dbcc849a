//! The variants of an enum: alternatives that are told apart by what stands in them.
//!
//! Must not know: that two of them are compared.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::{Object, name_of};

#[derive(Debug, Default)]
pub(super) struct Variants<'a> {
    /// The values that are listed, as JSON, with the schema that has their documentation.
    pub(super) values: BTreeMap<String, Option<&'a Value>>,
    /// The others, by what tells them apart.
    pub(super) branches: BTreeMap<String, &'a Value>,
}

impl<'a> Variants<'a> {
    /// The keywords that list alternatives.
    pub(super) const KEYWORDS: [&'static str; 4] = ["enum", "const", "oneOf", "anyOf"];

    /// `None` if there are no alternatives, they cannot be told apart, or there are two lists of
    /// them, of which one of each holds.
    pub(super) fn of(object: &'a Object) -> Option<Self> {
        if Self::KEYWORDS.iter().filter(|keyword| object.contains_key(**keyword)).count() > 1 {
            return None;
        }
        let mut variants = Self::default();
        variants.list(object, None);
        let alternatives = object.get("oneOf").or(object.get("anyOf"));
        for alternative in alternatives.and_then(Value::as_array).into_iter().flatten() {
            let branch = alternative.as_object()?;
            if variants.list(branch, Some(alternative)) {
                continue;
            }
            if variants.branches.insert(key(alternative, branch)?, alternative).is_some() {
                return None;
            }
        }
        let is_empty = variants.values.is_empty() && variants.branches.is_empty();
        (!is_empty).then_some(variants)
    }

    /// Notes the values that the schema lists, if it does.
    fn list(&mut self, object: &'a Object, docs: Option<&'a Value>) -> bool {
        if let Some(values) = object.get("enum").and_then(Value::as_array) {
            self.values.extend(values.iter().map(|value| (value.to_string(), None)));
            return true;
        }
        let value = object.get("const");
        self.values.extend(value.map(|value| (value.to_string(), docs)));
        value.is_some()
    }
}

/// What tells a branch from others: its tag, its only field, its name, or its kind.
fn key(branch: &Value, object: &Object) -> Option<String> {
    if let Some(name) = name_of(branch) {
        // What is sent may have a second name.
        let name = name.trim_end_matches('_');
        return Some(name.strip_suffix("Sent").unwrap_or(name).to_owned());
    }
    let Some(fields) = object.get("properties").and_then(Value::as_object) else {
        return object.get("type").map(|ty| match ty {
            Value::String(ty) => ty.clone(),
            ty => ty.to_string(),
        });
    };
    let tags = fields.iter().filter_map(|(name, field)| Some((name, field.get("const")?)));
    let tags: Vec<_> = tags.map(|(name, tag)| format!("{name} = {tag}")).collect();
    if !tags.is_empty() {
        return Some(tags.join(", "));
    }
    let required = object.get("required").and_then(Value::as_array)?;
    match required.as_slice() {
        [Value::String(only)] if fields.len() == 1 => Some(only.clone()),
        _ => None,
    }
}
