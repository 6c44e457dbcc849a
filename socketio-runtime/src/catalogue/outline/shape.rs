//! JSON Schemas as people read them.
//!
//! Only what schemars writes is put into words; a keyword beyond that is left to the schema itself,
//! which stands beside.
//!
//! Must not know: events.

use serde_json::{Map, Value};

use crate::catalogue::definitions;

/// A type in one line, such as `array of User or null`.
pub(crate) type Type = Vec<Part>;

/// A piece of a type's line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    /// Words.
    Text(String),
    /// A value in JSON.
    Literal(String),
    /// A definition, by name.
    Named(String),
}

/// What a definition consists of; what does not apply is empty.
#[derive(Debug, Default)]
pub(crate) struct Form<'a> {
    /// Whether it is an attachment.
    pub(crate) is_binary: bool,
    pub(crate) fields: Vec<Field<'a>>,
    /// Types whose fields are there as well.
    pub(crate) also: Vec<Type>,
    /// The type of fields that are not named.
    pub(crate) further: Option<Type>,
    /// Whether fields that are not named are forbidden.
    pub(crate) is_closed: bool,
    pub(crate) variants: Vec<Variant<'a>>,
    /// The line, where there is nothing else to say.
    pub(crate) line: Option<Type>,
}

/// A field of an object.
#[derive(Debug)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) ty: Type,
    pub(crate) is_required: bool,
    pub(crate) default: Option<&'a Value>,
    pub(crate) docs: &'a str,
}

/// One of several forms.
#[derive(Debug)]
pub(crate) struct Variant<'a> {
    /// The value, the tag with its value, or the type.
    pub(crate) title: Type,
    pub(crate) docs: &'a str,
    /// The fields besides the tag.
    pub(crate) form: Form<'a>,
}

impl<'a> Form<'a> {
    pub(crate) fn of(schema: &'a Value) -> Self {
        let Value::Object(object) = schema else {
            return Self { line: Some(line(schema)), ..Self::default() };
        };
        if schema.pointer("/x-socketio/binary") == Some(&Value::Bool(true)) {
            return Self { is_binary: true, ..Self::default() };
        }
        let mut form = Self {
            fields: fields(object),
            also: list(object, "allOf").iter().map(line).collect(),
            is_closed: object.get("additionalProperties") == Some(&Value::Bool(false)),
            variants: variants(object),
            ..Self::default()
        };
        let is_plain = form.fields.is_empty() && form.variants.is_empty();
        match object.get("additionalProperties") {
            _ if is_plain => form = Self { line: Some(line(schema)), ..Self::default() },
            Some(further @ Value::Object(_)) => form.further = Some(line(further)),
            _ => {}
        }
        form
    }
}

impl Form<'_> {
    /// Whether there is nothing to say.
    pub(crate) fn is_nothing(&self) -> bool {
        let is_any =
            self.is_binary || self.is_closed || self.further.is_some() || self.line.is_some();
        !is_any && self.fields.is_empty() && self.also.is_empty() && self.variants.is_empty()
    }
}

/// The type in one line.
pub(crate) fn line(schema: &Value) -> Type {
    let Value::Object(object) = schema else {
        return words(if schema == &Value::Bool(false) { "nothing" } else { "any JSON" });
    };
    if let Some(target) = object.get("$ref").and_then(Value::as_str) {
        return vec![Part::Named(definitions::target(target).unwrap_or_else(|| target.to_owned()))];
    }
    if let Some(value) = object.get("const") {
        return vec![Part::Literal(value.to_string())];
    }
    if let Some(Value::Array(values)) = object.get("enum") {
        return joined(values.iter().map(|value| vec![Part::Literal(value.to_string())]), " or ");
    }
    for (keyword, word) in [("anyOf", " or "), ("oneOf", " or "), ("allOf", " and ")] {
        let alternatives = list(object, keyword);
        if !alternatives.is_empty() {
            return joined(alternatives.iter().map(line), word);
        }
    }
    match object.get("type") {
        Some(Value::String(name)) => of_type(name, object),
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str);
            joined(names.map(|name| of_type(name, object)), " or ")
        }
        _ if object.contains_key("properties") => of_type("object", object),
        _ => words("any JSON"),
    }
}

fn of_type<'a>(name: &'a str, schema: &'a Map<String, Value>) -> Type {
    match name {
        "array" => array(schema),
        "object" => inline_object(schema),
        "integer" | "number" => words(&with(name, &range(schema, "minimum", "maximum", ""))),
        "string" => {
            let length = range(schema, "minLength", "maxLength", " characters");
            let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
            let mut string = words(&with(&with(name, format), &length));
            if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
                string.extend([Part::Text(" like ".into()), Part::Literal(pattern.into())]);
            }
            string
        }
        _ => words(name),
    }
}

fn array(schema: &Map<String, Value>) -> Type {
    let mut parts = Vec::new();
    match schema.get("items") {
        Some(Value::Array(items)) => {
            parts.push(Part::Text("[".into()));
            parts.extend(joined(items.iter().map(line), ", "));
            parts.push(Part::Text("]".into()));
        }
        Some(item) => {
            let is_set = schema.get("uniqueItems") == Some(&Value::Bool(true));
            parts.extend(words(if is_set { "array of distinct " } else { "array of " }));
            let item = line(item);
            let is_choice = item.iter().any(|part| *part == Part::Text(" or ".into()));
            let (open, close) = if is_choice { ("(", ")") } else { ("", "") };
            parts.extend(words(open).into_iter().chain(item).chain(words(close)));
        }
        None => parts.extend(words("array")),
    }
    let length = range(schema, "minItems", "maxItems", " items");
    let is_tuple = matches!(schema.get("items"), Some(Value::Array(_)));
    if !length.is_empty() && !is_tuple {
        parts.push(Part::Text(format!(" ({length})")));
    }
    parts
}

fn inline_object(schema: &Map<String, Value>) -> Type {
    let fields = fields(schema);
    if fields.is_empty() {
        return match schema.get("additionalProperties") {
            Some(value @ Value::Object(_)) => {
                let mut map = words("object of string keys to ");
                map.extend(line(value));
                map
            }
            _ => words("object"),
        };
    }
    let fields = fields.into_iter().map(|field| {
        let mark = if field.is_required { ": " } else { "?: " };
        [Part::Literal(field.name.to_owned()), Part::Text(mark.into())]
            .into_iter()
            .chain(field.ty)
            .collect()
    });
    let mut object = words("{ ");
    object.extend(joined(fields, ", "));
    object.extend(words(" }"));
    object
}

fn fields(schema: &Map<String, Value>) -> Vec<Field<'_>> {
    let required = list(schema, "required");
    let properties = schema.get("properties").and_then(Value::as_object);
    properties
        .into_iter()
        .flatten()
        .map(|(name, schema)| Field {
            name,
            ty: line(schema),
            is_required: required.iter().any(|required| required == name),
            default: schema.get("default"),
            docs: description(schema),
        })
        .collect()
}

fn variants(schema: &Map<String, Value>) -> Vec<Variant<'_>> {
    if let Some(Value::Array(values)) = schema.get("enum") {
        let variant = |value: &Value| Variant {
            title: vec![Part::Literal(value.to_string())],
            docs: "",
            form: Form::default(),
        };
        return values.iter().map(variant).collect();
    }
    let alternatives = list(schema, "oneOf").iter().chain(list(schema, "anyOf"));
    alternatives.flat_map(variant).collect()
}

/// One alternative; several, where it is a list of values.
fn variant(schema: &Value) -> Vec<Variant<'_>> {
    if let Value::Object(object) = schema {
        if object.contains_key("enum") {
            return variants(object);
        }
    }
    let mut form = Form::of(schema);
    let tag = form
        .fields
        .iter()
        .position(|field| field.is_required && matches!(field.ty[..], [Part::Literal(_)]));
    let docs = description(schema);
    if let Some(tag) = tag {
        let tag = form.fields.remove(tag);
        return vec![Variant { title: named(tag.name, tag.ty), docs, form }];
    }
    let title = match &form.fields[..] {
        [only] if only.is_required => {
            let name = only.name;
            let inner = &schema["properties"][name];
            let is_object = inner.get("properties").is_some();
            form = if is_object { Form::of(inner) } else { Form::default() };
            named(name, if is_object { words("object") } else { line(inner) })
        }
        _ => form.line.take().unwrap_or_else(|| words("object")),
    };
    vec![Variant { title, docs, form }]
}

fn named(name: &str, mut ty: Type) -> Type {
    ty.splice(0..0, [Part::Literal(name.to_owned()), Part::Text(": ".into())]);
    ty
}

/// What the type says of itself, in Markdown.
pub(crate) fn description(schema: &Value) -> &str {
    schema.get("description").and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(schema: &'a Map<String, Value>, keyword: &str) -> &'a [Value] {
    schema.get(keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn joined(types: impl Iterator<Item = Type>, word: &str) -> Type {
    let mut joined = Vec::new();
    for ty in types {
        if !joined.is_empty() {
            joined.push(Part::Text(word.to_owned()));
        }
        joined.extend(ty);
    }
    joined
}

fn words(text: &str) -> Type {
    if text.is_empty() { Vec::new() } else { vec![Part::Text(text.to_owned())] }
}

fn with(name: &str, note: &str) -> String {
    if note.is_empty() { name.to_owned() } else { format!("{name} ({note})") }
}

fn range(schema: &Map<String, Value>, least: &str, most: &str, unit: &str) -> String {
    // A bound is an integer nearly always, which schemars may write as `0.0`.
    let bound = |keyword| {
        let number = schema.get(keyword)?.as_f64()?;
        Some(number.to_string())
    };
    match (bound(least), bound(most)) {
        (Some(least), Some(most)) => format!("{least} to {most}{unit}"),
        (Some(least), None) => format!("{least}{unit} or more"),
        (None, Some(most)) => format!("{most}{unit} or less"),
        (None, None) => String::new(),
    }
}

/// What a reader has to know of attachments.
pub(crate) const BINARY: &str = "Binary data. It travels as an attachment, a binary message of its \
    own after the packet; in the packet's JSON its place is held by \
    `{\"_placeholder\":true,\"num\":0}`, whose number counts the attachments of the packet. \
    Libraries put the two together: Rust has `Bytes`, a browser an `ArrayBuffer`, Node.js a `Buffer`.";
