//! Two types, walked side by side as far as they are alike.
//!
//! Must not know: which way values travel.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    Finding, Findings,
    case::{Case, Kinds},
    document::{Document, Object, are_related, is_annotation, is_limit, name_of, names_in, show},
    relation::Relation,
    variants::Variants,
};
use crate::catalogue::diff::rules::{self, Rule};

/// The named types of both catalogues.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Types<'a> {
    old: Document<'a>,
    new: Document<'a>,
}

impl<'a> Types<'a> {
    pub(in super::super) fn new(
        old: &'a BTreeMap<String, Value>,
        new: &'a BTreeMap<String, Value>,
    ) -> Self {
        Self { old: Document(old), new: Document(new) }
    }

    /// What has changed, what is inside named types aside.
    pub(in super::super) fn compare(self, old: &Value, new: &Value) -> Findings {
        let mut walk = Walk { types: self, findings: Findings::default() };
        walk.schema(old, new, "");
        walk.findings
    }

    /// What has changed besides whether it may be missing or null.
    pub(in super::super) fn compare_optional(self, old: &Value, new: &Value) -> Findings {
        let optional = |schema: &Value| json!({ "anyOf": [schema, { "type": "null" }] });
        let mut findings = Findings::default();
        let documents = (self.old, self.new);
        match Relation::of(documents, &optional(old), &optional(new), &mut findings) {
            Relation::Same => findings,
            _ => self.compare(old, new),
        }
    }

    /// What has changed inside a named type.
    pub(in super::super) fn compare_named(self, old: &str, new: &str) -> Findings {
        let mut walk = Walk { types: self, findings: Findings::default() };
        match (self.old.named(old), self.new.named(new)) {
            (Some(old), Some(new)) => walk.schema(old, new, ""),
            // Nobody knows what both are, but it is the same.
            (None, None) if old == new => {}
            _ => walk.tell(
                &rules::TYPE_UNCLASSIFIED,
                "",
                "the type is not defined".into(),
                None,
                None,
            ),
        }
        walk.findings
    }
}

struct Walk<'a> {
    types: Types<'a>,
    findings: Findings,
}

impl Walk<'_> {
    fn schema(&mut self, old: &Value, new: &Value, path: &str) {
        self.annotations(old, new, path);
        if let (Some(old), Some(new)) = (name_of(old), name_of(new)) {
            if are_related(old, new) {
                self.findings.pairs.insert((old.to_owned(), new.to_owned()));
                return;
            }
        }
        if old == new {
            return self.same(old);
        }
        match (old, new) {
            (Value::Object(one), Value::Object(other))
                if name_of(old).is_none() && name_of(new).is_none() && are_alike(one, other) =>
            {
                self.objects(one, other, path);
            }
            _ => self.leaf(old, new, path),
        }
    }

    fn same(&mut self, schema: &Value) {
        let mut names = Vec::new();
        names_in(schema, &mut names);
        let pairs = names.into_iter().map(|name| (name.to_owned(), name.to_owned()));
        self.findings.pairs.extend(pairs);
    }

    /// Keyword by keyword, as far as both have them; what is left is one type that changed.
    fn objects(&mut self, old: &Object, new: &Object, path: &str) {
        let mut told = BTreeSet::new();
        if is_struct(old) && is_struct(new) {
            self.fields(old, new, path);
            told.extend(["properties", "required", "additionalProperties"]);
        }
        if let (Some(one), Some(other)) = (Variants::of(old), Variants::of(new)) {
            self.variants(&one, &other, path);
            told.extend(Variants::KEYWORDS);
        }
        for (keyword, path) in [
            ("items", format!("{path}[]")),
            ("additionalProperties", format!("{path}.*")),
            ("patternProperties", format!("{path}.*")),
            ("allOf", path.to_owned()),
        ] {
            if let (Some(old), Some(new)) = (old.get(keyword), new.get(keyword)) {
                if !told.contains(keyword) && self.inner(old, new, &path, keyword) {
                    told.insert(keyword);
                }
            }
        }
        let rest = |object: &Object| {
            let is_left = |keyword: &str| {
                !told.contains(keyword) && (!is_annotation(keyword) || keyword == "x-socketio")
            };
            let left = object.iter().filter(|(keyword, _)| is_left(keyword));
            Value::Object(left.map(|(keyword, value)| (keyword.clone(), value.clone())).collect())
        };
        let (old, new) = (rest(old), rest(new));
        if old == new {
            self.same(&old);
        } else {
            self.leaf(&old, &new, path);
        }
    }

    /// Goes into what both have. False if it is not alike.
    fn inner(&mut self, old: &Value, new: &Value, path: &str, keyword: &str) -> bool {
        match (old, new) {
            (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
                for (index, (old, new)) in old.iter().zip(new).enumerate() {
                    match path.strip_suffix("[]") {
                        Some(list) => self.schema(old, new, &format!("{list}[{index}]")),
                        None => self.schema(old, new, path),
                    }
                }
                true
            }
            (Value::Object(old), Value::Object(new)) if keyword == "patternProperties" => {
                let is_alike = old.len() == new.len() && old.keys().all(|it| new.contains_key(it));
                for (old, new) in old.iter().filter_map(|(it, old)| Some((old, new.get(it)?))) {
                    self.schema(old, new, path);
                }
                is_alike
            }
            (Value::Object(_), Value::Object(_)) => {
                self.schema(old, new, path);
                true
            }
            _ => false,
        }
    }

    fn fields(&mut self, old: &Object, new: &Object, path: &str) {
        let (old_fields, new_fields) = (fields(old), fields(new));
        for (name, (ty, was_required)) in &old_fields {
            let path = format!("{path}{}", step(name));
            let Some((new_type, is_required)) = new_fields.get(name) else {
                self.field_removed(name, &path, *was_required, ty, is_closed(new));
                continue;
            };
            match (was_required, is_required) {
                (true, false) => {
                    let what = format!("field `{name}` became optional");
                    self.tell(&rules::FIELD_BECAME_OPTIONAL, &path, what, None, None);
                }
                (false, true) => {
                    let what = format!("field `{name}` became required");
                    self.tell(&rules::FIELD_BECAME_REQUIRED, &path, what, None, None);
                }
                _ => {}
            }
            self.schema(ty, new_type, &path);
        }
        let added = new_fields.iter().filter(|(name, _)| !old_fields.contains_key(*name));
        for (name, (ty, is_required)) in added {
            let path = format!("{path}{}", step(name));
            self.field_added(name, &path, *is_required, ty, is_closed(old));
        }
        if is_closed(old) != is_closed(new) {
            let (rule, what) = if is_closed(new) {
                (&rules::UNKNOWN_FIELDS_DENIED, "unknown fields are denied now")
            } else {
                (&rules::UNKNOWN_FIELDS_ALLOWED, "unknown fields are ignored now")
            };
            self.tell(rule, path, what.into(), None, None);
        }
    }

    fn field_added(&mut self, name: &str, path: &str, is_required: bool, ty: &Value, closed: bool) {
        let (rule, what) = if is_required {
            (&rules::FIELD_ADDED, format!("required field `{name}` was added"))
        } else {
            (&rules::OPTIONAL_FIELD_ADDED, format!("optional field `{name}` was added"))
        };
        self.tell(rule, path, what, None, Some(show(ty)));
        if closed {
            let what = format!("field `{name}` was added where unknown fields were denied");
            self.tell(&rules::CLOSED_FIELD_ADDED, path, what, None, None);
        }
    }

    fn field_removed(&mut self, name: &str, path: &str, required: bool, ty: &Value, closed: bool) {
        let (rule, what) = if required {
            (&rules::FIELD_REMOVED, format!("required field `{name}` was removed"))
        } else {
            (&rules::OPTIONAL_FIELD_REMOVED, format!("optional field `{name}` was removed"))
        };
        self.tell(rule, path, what, Some(show(ty)), None);
        if closed {
            let what = format!("field `{name}` was removed where unknown fields are denied");
            self.tell(&rules::CLOSED_FIELD_REMOVED, path, what, None, None);
        }
    }

    fn variants(&mut self, old: &Variants<'_>, new: &Variants<'_>, path: &str) {
        for (value, docs) in &old.values {
            match new.values.get(value) {
                None => self.variant(&rules::VARIANT_REMOVED, value, path),
                Some(new_docs)
                    if docs.map(texts).unwrap_or_default()
                        != new_docs.map(texts).unwrap_or_default() =>
                {
                    let what = format!("the documentation of `{value}` was changed");
                    self.tell(&rules::DOCS_CHANGED, path, what, None, None);
                }
                Some(_) => {}
            }
        }
        for value in new.values.keys().filter(|value| !old.values.contains_key(*value)) {
            self.variant(&rules::VARIANT_ADDED, value, path);
        }
        for (key, old) in &old.branches {
            match new.branches.get(key) {
                None => self.variant(&rules::VARIANT_REMOVED, key, path),
                Some(new) if name_of(old).is_some() => self.schema(old, new, path),
                Some(new) => self.schema(old, new, &format!("{path}<{key}>")),
            }
        }
        for key in new.branches.keys().filter(|key| !old.branches.contains_key(*key)) {
            self.variant(&rules::VARIANT_ADDED, key, path);
        }
    }

    fn variant(&mut self, rule: &'static Rule, key: &str, path: &str) {
        let is_added = *rule == rules::VARIANT_ADDED;
        let verb = if is_added { "added" } else { "removed" };
        if key != "null" {
            return self.tell(rule, path, format!("variant `{key}` was {verb}"), None, None);
        }
        if is_added {
            self.tell(&rules::TYPE_WIDENED, path, "it may be null now".into(), None, None);
        } else {
            self.tell(&rules::TYPE_NARROWED, path, "it is never null now".into(), None, None);
        }
    }

    /// Two types that cannot be taken apart further.
    fn leaf(&mut self, old: &Value, new: &Value, path: &str) {
        let documents = (self.types.old, self.types.new);
        let relation = Relation::of(documents, old, new, &mut self.findings);
        let was_binary = is_binary(documents.0, old);
        let (rule, what): (&'static Rule, _) = if was_binary != is_binary(documents.1, new) {
            let what =
                if was_binary { "it is no binary data any more" } else { "it is binary data now" };
            (&rules::BINARY_CHANGED, what)
        } else if differ_by_limits(old, new) {
            match relation {
                Relation::Same => return,
                Relation::Widened => (&rules::LIMIT_WIDENED, "the limits are wider"),
                Relation::Narrowed => (&rules::LIMIT_NARROWED, "the limits are narrower"),
                Relation::Changed | Relation::Unknown => {
                    (&rules::LIMIT_CHANGED, "the limits are others")
                }
            }
        } else {
            match relation {
                Relation::Same if name_of(old).is_some() && name_of(new).is_some() => {
                    (&rules::TYPE_RENAMED, "the type has another name")
                }
                Relation::Same => (&rules::TYPE_EQUIVALENT, "the type is described otherwise"),
                Relation::Widened => (&rules::TYPE_WIDENED, "more values are allowed"),
                Relation::Narrowed => (&rules::TYPE_NARROWED, "fewer values are allowed"),
                Relation::Changed => (&rules::TYPE_CHANGED, "other values are allowed"),
                Relation::Unknown => (&rules::TYPE_UNCLASSIFIED, "other values may be allowed"),
            }
        };
        let (mut before, mut after) = (show(old), show(new));
        if before == after {
            (before, after) = (format!("`{old}`"), format!("`{new}`"));
        }
        self.tell(rule, path, what.into(), Some(before), Some(after));
    }

    fn annotations(&mut self, old: &Value, new: &Value, path: &str) {
        let default = |schema: &Value| schema.get("default").map(|value| format!("`{value}`"));
        let (was, is) = (default(old), default(new));
        if was != is {
            let what = "the default was changed".into();
            self.tell(&rules::DEFAULT_CHANGED, path, what, was, is);
        }
        if texts(old) != texts(new) {
            let what = "the documentation was changed".into();
            self.tell(&rules::DOCS_CHANGED, path, what, None, None);
        }
    }

    fn tell(
        &mut self,
        rule: &'static Rule,
        path: &str,
        what: String,
        before: Option<String>,
        after: Option<String>,
    ) {
        let path = path.to_owned();
        self.findings.changes.push(Finding { rule, path, what, before, after });
    }
}

/// Whether both are structs, lists, maps, …, `null` aside, so that a change is one inside them.
fn are_alike(old: &Object, new: &Object) -> bool {
    let kinds = |object| Kinds::of(object).map(|kinds| kinds.without(Kinds::NULL));
    kinds(old).is_some() && kinds(old) == kinds(new)
}

fn is_struct(object: &Object) -> bool {
    let is_object =
        Kinds::of(object).map(|kinds| kinds.without(Kinds::NULL)) == Some(Kinds::OBJECT);
    let is_map = object.get("additionalProperties").is_some() && !is_closed(object);
    is_object && !is_map && !object.contains_key("patternProperties")
}

fn is_closed(object: &Object) -> bool {
    object.get("additionalProperties") == Some(&Value::Bool(false))
}

/// The type of each field, and whether it is required. One may be required and have no type.
fn fields(object: &Object) -> BTreeMap<&str, (&Value, bool)> {
    let typed = object.get("properties").and_then(Value::as_object).into_iter().flatten();
    let mut fields: BTreeMap<_, _> = typed.map(|(name, ty)| (name.as_str(), (ty, false))).collect();
    let required = object.get("required").and_then(Value::as_array).into_iter().flatten();
    for name in required.filter_map(Value::as_str) {
        fields.entry(name).or_insert((&Value::Bool(true), false)).1 = true;
    }
    fields
}

fn step(field: &str) -> String {
    let is_plain = field.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if is_plain { format!(".{field}") } else { format!("[{field:?}]") }
}

/// What is for people.
fn texts(schema: &Value) -> BTreeMap<&String, &Value> {
    let is_text = |keyword: &str| {
        is_annotation(keyword) && !["default", "definitions", "x-socketio"].contains(&keyword)
    };
    let keywords = schema.as_object().into_iter().flatten();
    keywords.filter(|(keyword, _)| is_text(keyword)).collect()
}

/// Whether binary data is meant, alone or as one of several kinds.
fn is_binary(document: Document<'_>, schema: &Value) -> bool {
    let mut steps = MOST_STEPS;
    let cases = Case::of(document, &[schema], &mut steps).unwrap_or_default();
    let explicit = |case: &Case<'_>| case.kinds != Kinds::ALL && case.kinds.contain(Kinds::BINARY);
    cases.iter().any(explicit)
}

fn differ_by_limits(old: &Value, new: &Value) -> bool {
    let (Value::Object(old), Value::Object(new)) = (old, new) else { return false };
    let keywords: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let mut differ = keywords.into_iter().filter(|keyword| old.get(*keyword) != new.get(*keyword));
    differ.all(|keyword| is_limit(keyword) || is_annotation(keyword) && keyword != "x-socketio")
}

/// How long it is looked for binary data in one type.
const MOST_STEPS: usize = 20_000;
