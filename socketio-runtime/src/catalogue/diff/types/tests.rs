//! The subset test, case by case, and what is said of a change.
//!
//! Must not know: events.

mod random;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Findings,
    document::{Document, show},
    explain::Types,
    relation::Relation::{self, Changed, Narrowed, Same, Unknown, Widened},
};

fn definitions(value: &Value) -> BTreeMap<String, Value> {
    let object = value.as_object().expect("definitions");
    object.iter().map(|(name, schema)| (name.clone(), schema.clone())).collect()
}

fn relation_in(old: (&Value, &Value), new: (&Value, &Value)) -> Relation {
    let (old_types, new_types) = (definitions(old.0), definitions(new.0));
    let documents = (Document(&old_types), Document(&new_types));
    Relation::of(documents, old.1, new.1, &mut Findings::default())
}

fn relation(old: &Value, new: &Value) -> Relation {
    relation_in((&json!({}), old), (&json!({}), new))
}

/// Each is tried both ways: what widens from here narrows from there.
#[track_caller]
fn assert_relations(cases: &[(Value, Value, Relation)]) {
    for (old, new, expected) in cases {
        assert_eq!(relation(old, new), *expected, "{old} → {new}");
        assert_eq!(relation(new, old), mirrored(*expected), "{new} → {old}");
        assert_eq!(relation(old, old), Same, "{old}");
        assert_eq!(relation(new, new), Same, "{new}");
    }
}

fn mirrored(relation: Relation) -> Relation {
    match relation {
        Widened => Narrowed,
        Narrowed => Widened,
        Same | Changed | Unknown => relation,
    }
}

/// The ids of the rules with their paths, sorted.
fn told(old: &Value, new: &Value) -> Vec<String> {
    let nothing = BTreeMap::new();
    let findings = Types::new(&nothing, &nothing).compare(old, new);
    let told = findings.changes.iter();
    let mut told: Vec<_> =
        told.map(|it| format!("{} {}", it.rule.id, it.path).trim_end().to_owned()).collect();
    told.sort();
    told
}

#[test]
fn kinds_of_values() {
    assert_relations(&[
        (json!({ "type": "string" }), json!({ "type": "string" }), Same),
        (json!({ "type": "string" }), json!({ "type": "integer" }), Changed),
        (json!({ "type": "string" }), json!({ "type": ["string", "null"] }), Widened),
        (json!({ "type": ["null", "string"] }), json!({ "type": ["string", "null"] }), Same),
        (json!({ "type": "integer" }), json!({ "type": "number" }), Widened),
        (json!({ "type": "integer" }), json!({ "type": ["number", "string"] }), Widened),
        (json!({ "type": ["integer", "null"] }), json!({ "type": ["integer", "string"] }), Changed),
        (json!(true), json!({}), Same),
        (json!(true), json!({ "type": ["null", "boolean", "string"] }), Narrowed),
        (json!(false), json!({ "type": "null" }), Widened),
        (json!({ "type": "null" }), json!({ "const": null }), Same),
        (json!({ "type": "boolean" }), json!({ "enum": [true, false] }), Same),
        (json!({ "type": "boolean" }), json!({ "enum": [true] }), Narrowed),
        (json!({ "description": "a" }), json!({ "description": "b", "x-own": 1 }), Same),
    ]);
}

#[test]
fn numbers() {
    let of = |format: &str| json!({ "type": "integer", "format": format });
    assert_relations(&[
        (json!({ "type": "number", "minimum": 1 }), json!({ "type": "number" }), Widened),
        (
            json!({ "type": "number", "minimum": 1 }),
            json!({ "type": "number", "minimum": 2 }),
            Narrowed,
        ),
        (
            json!({ "type": "number", "minimum": 1 }),
            json!({ "type": "number", "exclusiveMinimum": 1 }),
            Narrowed,
        ),
        (
            json!({ "type": "number", "maximum": 1 }),
            json!({ "type": "number", "exclusiveMaximum": 2 }),
            Widened,
        ),
        (
            json!({ "type": "number", "minimum": 1, "maximum": 3 }),
            json!({ "type": "number", "minimum": 2, "maximum": 4 }),
            Changed,
        ),
        (
            json!({ "type": "number", "minimum": 1 }),
            json!({ "type": "number", "minimum": 1.0 }),
            Same,
        ),
        (json!({ "type": "integer", "multipleOf": 2 }), json!({ "type": "integer" }), Widened),
        (
            json!({ "type": "integer", "multipleOf": 2 }),
            json!({ "type": "integer", "multipleOf": 3 }),
            Unknown,
        ),
        (of("uint8"), of("uint16"), Widened),
        (of("int8"), of("uint8"), Changed),
        (of("int32"), of("int64"), Widened),
        (of("uint64"), of("int64"), Changed),
        (
            of("uint8"),
            json!({ "type": "integer", "format": "uint8", "minimum": 0, "maximum": 255 }),
            Same,
        ),
        (
            json!({ "type": "number", "format": "float" }),
            json!({ "type": "number", "format": "double" }),
            Same,
        ),
        (json!({ "enum": [1, 2] }), json!({ "type": "integer", "minimum": 1 }), Widened),
        (json!({ "enum": [0, 2] }), json!({ "type": "integer", "minimum": 1 }), Changed),
        (json!({ "const": 1.5 }), json!({ "type": "integer" }), Changed),
    ]);
}

#[test]
fn texts() {
    assert_relations(&[
        (json!({ "type": "string", "minLength": 1 }), json!({ "type": "string" }), Widened),
        (
            json!({ "type": "string", "maxLength": 4 }),
            json!({ "type": "string", "maxLength": 3 }),
            Narrowed,
        ),
        (json!({ "type": "string", "pattern": "a" }), json!({ "type": "string" }), Widened),
        (
            json!({ "type": "string", "pattern": "a" }),
            json!({ "type": "string", "pattern": "b" }),
            Unknown,
        ),
        (json!({ "type": "string", "format": "date-time" }), json!({ "type": "string" }), Widened),
        (
            json!({ "type": "string", "format": "uuid" }),
            json!({ "type": "string", "format": "uri" }),
            Unknown,
        ),
        (json!({ "enum": ["a"] }), json!({ "enum": ["a", "b"] }), Widened),
        (json!({ "enum": ["a", "c"] }), json!({ "enum": ["a", "b"] }), Changed),
        (json!({ "enum": ["a"] }), json!({ "const": "a" }), Same),
        (json!({ "enum": ["ab", "c"] }), json!({ "type": "string", "maxLength": 2 }), Widened),
        (json!({ "enum": ["abc"] }), json!({ "type": "string", "maxLength": 2 }), Changed),
        (
            json!({ "oneOf": [{ "enum": ["a"] }, { "const": "b", "description": "it" }] }),
            json!({ "type": "string", "enum": ["b", "a"] }),
            Same,
        ),
    ]);
}

#[test]
fn lists() {
    let of = |item: Value| json!({ "type": "array", "items": item });
    let tuple = |items: Value, least: u32, most: u32| json!({ "type": "array", "items": items, "minItems": least, "maxItems": most });
    let (text, number) = (json!({ "type": "string" }), json!({ "type": "integer" }));
    assert_relations(&[
        (of(text.clone()), of(number.clone()), Changed),
        (of(text.clone()), of(json!(true)), Widened),
        (of(text.clone()), json!({ "type": "array" }), Widened),
        (
            of(text.clone()),
            json!({ "type": "array", "items": text, "uniqueItems": true }),
            Narrowed,
        ),
        (tuple(json!([text, number]), 2, 2), tuple(json!([text, number]), 2, 2), Same),
        (tuple(json!([text, number]), 2, 2), tuple(json!([number, text]), 2, 2), Changed),
        (tuple(json!([text, number]), 2, 2), tuple(json!([text, number]), 1, 2), Widened),
        (tuple(json!([text, text]), 2, 2), of(text.clone()), Widened),
        (tuple(json!([text, number]), 2, 2), of(text), Changed),
    ]);
}

#[test]
fn fields() {
    let of = |fields: Value, required: Value| json!({ "type": "object", "properties": fields, "required": required });
    let closed = |fields: Value| json!({ "type": "object", "properties": fields, "additionalProperties": false });
    let map = |of: Value| json!({ "type": "object", "additionalProperties": of });
    assert_relations(&[
        (of(json!({ "a": {} }), json!(["a"])), of(json!({ "a": {} }), json!([])), Widened),
        // A sender sends nothing else, a receiver ignores what it does not know.
        (of(json!({ "a": {} }), json!([])), of(json!({ "a": {}, "b": {} }), json!([])), Same),
        (
            of(json!({ "a": {} }), json!([])),
            of(json!({ "a": {}, "b": {} }), json!(["b"])),
            Narrowed,
        ),
        (closed(json!({ "a": {} })), closed(json!({ "a": {}, "b": {} })), Widened),
        (closed(json!({ "a": {} })), of(json!({ "a": {} }), json!([])), Same),
        (
            of(json!({ "a": { "type": "string" } }), json!([])),
            of(json!({ "a": { "type": ["string", "null"] } }), json!([])),
            Widened,
        ),
        (map(json!({ "type": "string" })), map(json!({ "type": "integer" })), Changed),
        (map(json!({ "type": "string" })), map(json!(true)), Widened),
        (
            of(json!({ "a": { "type": "string" } }), json!(["a"])),
            map(json!({ "type": "string" })),
            Widened,
        ),
        // Not the same to people, but each takes what the other sends.
        (
            of(json!({ "a": { "type": "string" } }), json!([])),
            map(json!({ "type": "string" })),
            Same,
        ),
        (
            of(json!({ "a": { "type": "integer" } }), json!([])),
            map(json!({ "type": "string" })),
            Changed,
        ),
        (
            json!({ "type": "object", "patternProperties": { "^\\d+$": { "type": "string" } },
                "additionalProperties": false }),
            json!({ "type": "object", "patternProperties": { "^\\d+$": true },
                "additionalProperties": false }),
            Widened,
        ),
        (
            json!({ "allOf": [of(json!({ "a": {} }), json!(["a"])), of(json!({ "b": {} }), json!([]))] }),
            of(json!({ "a": {}, "b": {} }), json!(["a"])),
            Same,
        ),
        (of(json!({}), json!([])), json!({ "type": "object", "minProperties": 1 }), Narrowed),
    ]);
}

#[test]
fn tagged_enums() {
    let tagged = |tags: &[&str]| {
        let of = |tag: &&str| {
            json!({ "type": "object", "properties": { "kind": { "const": tag }, "n": { "type": "integer" } },
                "required": ["kind"] })
        };
        json!({ "oneOf": tags.iter().map(of).collect::<Vec<_>>() })
    };
    let binary = json!({ "type": "object", "x-socketio": { "binary": true } });
    assert_relations(&[
        (tagged(&["a"]), tagged(&["a", "b"]), Widened),
        (tagged(&["a", "c"]), tagged(&["a", "b"]), Changed),
        (tagged(&["b", "a"]), tagged(&["a", "b"]), Same),
        (
            json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] }),
            json!({ "type": ["string", "null"] }),
            Same,
        ),
        (
            json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] }),
            json!({ "type": "string" }),
            Narrowed,
        ),
        (binary.clone(), json!({ "type": "object" }), Changed),
        (binary.clone(), json!({ "anyOf": [binary, { "type": "null" }] }), Widened),
    ]);
}

#[test]
fn what_is_not_understood_is_not_guessed() {
    let not = |of: &str| json!({ "type": "string", "not": { "const": of } });
    assert_relations(&[
        (not("a"), not("a"), Same),
        (not("a"), not("b"), Unknown),
        (not("a"), json!({ "type": "string" }), Unknown),
    ]);
    // A `$ref` to nothing, and what is no schema at all.
    for odd in [
        json!({ "$ref": "#/definitions/None" }),
        json!({ "$ref": "elsewhere.json" }),
        json!(5),
        json!({ "type": "str" }),
        json!({ "anyOf": 1 }),
    ] {
        assert_eq!(relation(&odd, &json!({ "type": "string" })), Unknown, "{odd}");
        assert_eq!(relation(&json!({ "type": "string" }), &odd), Unknown, "{odd}");
    }
}

#[test]
fn types_that_contain_themselves_come_to_an_end() {
    let list = |name: &str, value: &str| {
        json!({ name: {
            "type": "object",
            "properties": {
                "value": { "type": value },
                "next": { "anyOf": [{ "$ref": format!("#/definitions/{name}") }, { "type": "null" }] },
            },
            "required": ["value"],
        } })
    };
    let of = |name: &str| json!({ "$ref": format!("#/definitions/{name}") });
    let (one, other, third) =
        (list("One", "integer"), list("Other", "integer"), list("Third", "number"));
    assert_eq!(relation_in((&one, &of("One")), (&other, &of("Other"))), Same);
    assert_eq!(relation_in((&one, &of("One")), (&third, &of("Third"))), Widened);
    // Nothing but itself.
    let knot = json!({ "Knot": { "$ref": "#/definitions/Knot" } });
    assert_eq!(relation_in((&knot, &of("Knot")), (&one, &of("One"))), Unknown);
}

#[test]
fn a_schema_made_to_take_forever_does_not() {
    let mut types = serde_json::Map::new();
    for level in 0..60 {
        let next = json!({ "$ref": format!("#/definitions/T{}", level + 1) });
        types.insert(format!("T{level}"), json!({ "anyOf": [next, next, { "items": next }] }));
    }
    types.insert("T60".into(), json!(false));
    let types = Value::Object(types);
    let other = json!({ "U": { "type": "array", "items": { "$ref": "#/definitions/U" } } });
    let (one, two) = (json!({ "$ref": "#/definitions/T0" }), json!({ "$ref": "#/definitions/U" }));
    assert_eq!(relation_in((&types, &one), (&other, &two)), Unknown);
}

#[test]
fn changes_are_told_where_they_are() {
    let user = |age: Value, required: Value| {
        json!({
            "type": "object",
            "properties": { "tags": { "type": "array", "items": {
                "type": "object",
                "properties": { "age": age, "name": { "type": "string" } },
                "required": required,
            } } },
        })
    };
    let (integer, nullable) =
        (json!({ "type": "integer" }), json!({ "type": ["integer", "null"] }));
    let cases = [
        (user(integer.clone(), json!(["age"])), user(integer.clone(), json!(["age"])), vec![]),
        (
            user(integer.clone(), json!(["age"])),
            user(nullable.clone(), json!(["name"])),
            vec![
                "field-became-optional .tags[].age",
                "field-became-required .tags[].name",
                "type-widened .tags[].age",
            ],
        ),
        (
            json!({ "type": "object", "additionalProperties": integer }),
            json!({ "type": "object", "additionalProperties": nullable }),
            vec!["type-widened .*"],
        ),
        (
            json!({ "type": "array", "items": [integer, integer], "minItems": 2, "maxItems": 2 }),
            json!({ "type": "array", "items": [integer, nullable], "minItems": 2, "maxItems": 2 }),
            vec!["type-widened [1]"],
        ),
        (
            json!({ "oneOf": [{ "const": "a" }, { "type": "object", "properties": { "B": { "type": "string" } }, "required": ["B"] }] }),
            json!({ "oneOf": [{ "enum": ["a", "c"] }, { "type": "object", "properties": { "B": { "type": "string", "maxLength": 5 } }, "required": ["B"] }] }),
            vec!["limit-narrowed <B>.B", "variant-added"],
        ),
        (
            json!({ "type": "string", "description": "one", "default": 1 }),
            json!({ "type": "string", "description": "two", "default": 2 }),
            vec!["default-changed", "docs-changed"],
        ),
        (
            json!({ "type": "object", "required": ["a"] }),
            json!({ "type": "object", "required": ["b"] }),
            vec!["field-added .b", "field-removed .a"],
        ),
        (json!({ "type": "string" }), json!({ "type": "object" }), vec!["type-changed"]),
        (
            json!({ "type": "object", "properties": { "a": {} } }),
            json!({ "type": "object", "additionalProperties": true }),
            vec!["type-equivalent"],
        ),
    ];
    for (old, new, expected) in cases {
        assert_eq!(told(&old, &new), expected, "{old} → {new}");
    }
}

/// The product of both is three million parts.
#[test]
fn a_type_made_to_take_long_is_given_up() {
    let all: Vec<_> = (0..3000).map(|least| json!({ "minimum": least })).collect();
    let any: Vec<_> = (0..1000).map(|most| json!({ "maximum": most })).collect();
    let old = json!({ "type": "number", "allOf": all, "anyOf": any });
    let new = json!({ "type": "number", "allOf": all[1..], "anyOf": any[1..] });
    assert_eq!(relation(&old, &new), Unknown);
    let only = |keyword: &str, list: &[Value]| json!({ "type": "number", keyword: list });
    assert_eq!(relation(&only("anyOf", &any), &only("anyOf", &any[1..])), Unknown);
    // As many as people write are compared.
    assert_eq!(relation(&only("anyOf", &any[..200]), &only("anyOf", &any[..100])), Narrowed);
    assert_eq!(relation(&only("allOf", &all[..200]), &only("allOf", &all[..100])), Widened);
}

#[test]
fn a_reference_is_a_pointer_in_a_url() {
    let told = |old: &Value, new: &Value, names: [&str; 2]| {
        let (old, new) = (definitions(old), definitions(new));
        let findings = Types::new(&old, &new).compare_named(names[0], names[1]);
        findings.changes.iter().map(|finding| finding.rule.id).collect::<Vec<_>>()
    };
    let [text, number] = ["string", "integer"].map(|ty| json!({ "a/b é": { "type": ty } }));
    assert_eq!(told(&text, &text, ["a~1b%20%C3%A9"; 2]), [""; 0]);
    assert_eq!(told(&text, &number, ["a~1b%20%C3%A9"; 2]), ["type-changed"]);
    assert_eq!(told(&text, &number, ["nothing"; 2]), [""; 0]);
    assert_eq!(told(&text, &number, ["Nothing", "NothingSent"]), ["type-unclassified"]);
    let reference = json!({ "$ref": "#/definitions/a~1b%20%C3%A9" });
    let plain = json!({ "type": "string", "minLength": 1 });
    assert_eq!(relation_in((&text, &reference), (&json!({}), &plain)), Narrowed);
}

/// As schemars writes a struct that flattens a tagged enum and an untagged one.
#[test]
fn no_list_of_alternatives_hides_a_change_of_another() {
    let flattened = |tag: &str, field: &str| {
        json!({
            "type": "object",
            "oneOf": [{ "type": "object", "properties": { "t": { "const": tag } }, "required": ["t"] }],
            "anyOf": [
                { "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] },
                { "type": "object", "properties": { field: { "type": "string" } }, "required": [field] },
            ],
        })
    };
    let old = flattened("one", "b");
    assert_eq!(told(&old, &flattened("one", "b")), [""; 0]);
    assert_eq!(told(&old, &flattened("one", "c")), ["type-changed"]);
    assert_eq!(told(&old, &flattened("two", "b")), ["type-changed"]);
    let listed = |values: Value| json!({ "enum": values, "const": "a" });
    assert_eq!(told(&listed(json!(["a", "b"])), &listed(json!(["b", "c"]))), ["type-narrowed"]);
}

#[test]
fn a_type_is_shown_in_a_line() {
    for (schema, expected) in [
        (json!({ "$ref": "#/definitions/User" }), "`User`"),
        (json!({ "allOf": [{ "$ref": "#/definitions/User" }], "description": "who" }), "`User`"),
        (
            json!({ "anyOf": [{ "$ref": "#/definitions/User" }, { "type": "null" }] }),
            "`User | null`",
        ),
        (json!({ "type": ["string", "null"] }), "`string | null`"),
        (json!({ "type": "array", "items": { "type": "string" } }), "`string list`"),
        (json!({ "type": "integer", "format": "uint8" }), "`integer (uint8)`"),
        (json!({ "enum": ["a", "b"] }), "`\"a\" | \"b\"`"),
        (json!(true), "`anything`"),
    ] {
        assert_eq!(show(&schema), expected, "{schema}");
    }
}
