//! What holds for any two types, tried on many that a seed makes.
//!
//! Must not know: events.

use serde_json::{Map, Value, json};

use super::{Relation, mirrored, relation, told};

const SEEDS: u64 = 1000;
const SAMPLES: usize = 20;

struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// By a linear congruential generator (Knuth's MMIX).
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }

    fn chance(&mut self) -> bool {
        self.below(2) == 0
    }

    fn schema(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 6 } else { 14 }) {
            0 => json!({ "type": "string" }),
            1 => json!({ "type": ["integer", "null"] }),
            2 => json!({ "type": "number", "minimum": self.below(3) }),
            3 => json!({ "type": "integer", "maximum": self.below(3) }),
            4 => json!({ "type": "boolean" }),
            5 => json!({ "enum": &["a", "b", "c"][self.below(2)..=1 + self.below(2)] }),
            6 => json!({ "type": "array", "items": self.schema(depth - 1) }),
            7 => json!({ "type": "object", "additionalProperties": self.schema(depth - 1) }),
            8 => json!({ "anyOf": [self.schema(depth - 1), { "type": "null" }] }),
            9 => self.flattened(),
            _ => self.object(depth),
        }
    }

    fn object(&mut self, depth: usize) -> Value {
        let (mut fields, mut required) = (Map::new(), Vec::new());
        for name in ["x", "y", "z"] {
            if self.chance() {
                fields.insert(name.into(), self.schema(depth - 1));
                if self.chance() {
                    required.push(name);
                }
            }
        }
        let mut object = json!({ "type": "object", "properties": fields, "required": required });
        if self.below(4) == 0 {
            object["additionalProperties"] = json!(false);
        }
        object
    }

    /// A struct that flattens a tagged enum (`oneOf`), an untagged one (`anyOf`), or both.
    fn flattened(&mut self) -> Value {
        let mut object = self.object(1);
        object.as_object_mut().expect("a schema").remove("additionalProperties");
        let enums = self.below(3);
        if enums != 0 {
            object["oneOf"] = json!([
                { "type": "object", "properties": { "t": { "const": "A" }, "p": self.schema(0) }, "required": ["t", "p"] },
                { "type": "object", "properties": { "t": { "const": "B" } }, "required": ["t"] },
            ]);
        }
        if enums != 1 {
            object["anyOf"] = json!([
                { "type": "object", "properties": { "u": self.schema(0) }, "required": ["u"] },
                { "type": "object", "properties": { "v": self.schema(0) }, "required": ["v"] },
            ]);
        }
        object
    }

    /// The same schema with one thing changed, or another schema.
    fn changed(&mut self, schema: &Value) -> Value {
        let mut changed = schema.clone();
        let inner = ["x", "y", "z"].map(|name| format!("/properties/{name}"));
        let flattened = ["/oneOf/0/properties/p", "/anyOf/0/properties/u", "/anyOf/1/properties/v"];
        let at = ["/items", "/additionalProperties"].into_iter();
        let at = at.chain(is_nullable(schema).then_some("/anyOf/0")).chain(flattened);
        let at = at.map(str::to_owned);
        let mut places: Vec<_> = at
            .chain(inner)
            .filter(|at| changed.pointer(at).is_some_and(Value::is_object))
            .collect();
        if places.is_empty() || self.below(3) == 0 {
            return self.nudged(changed);
        }
        let place = places.swap_remove(self.below(places.len()));
        let part = changed.pointer_mut(&place).expect("it is there");
        *part = self.changed(&part.clone());
        changed
    }

    /// The schema with a change of the kind that people make.
    fn nudged(&mut self, mut schema: Value) -> Value {
        let field = ["x", "y", "z"][self.below(3)];
        match self.below(8) {
            0 => return self.schema(1),
            1 if schema.get("anyOf").is_none() => {
                return json!({ "anyOf": [schema, { "type": "null" }] });
            }
            1 if is_nullable(&schema) => return schema["anyOf"][0].clone(),
            _ => {}
        }
        let is_flattened = is_flattened(&schema);
        match schema["type"].as_str() {
            Some("object") if schema.get("properties").is_some() => match self.below(4) {
                0 if schema["properties"].get(field).is_some() => {
                    schema["properties"].as_object_mut().expect("fields").remove(field);
                    schema["required"].as_array_mut().expect("names").retain(|name| name != field);
                }
                0 => schema["properties"][field] = self.schema(1),
                1 if is_required(&schema, field) => {
                    schema["required"].as_array_mut().expect("names").retain(|name| name != field);
                }
                1 if schema["properties"].get(field).is_some() => {
                    schema["required"].as_array_mut().expect("names").push(json!(field));
                }
                2 if schema.get("additionalProperties").is_some() => {
                    schema.as_object_mut().expect("a schema").remove("additionalProperties");
                }
                // Serde has no closed struct that flattens.
                _ if is_flattened => {
                    let keyword = if schema.get("anyOf").is_some() { "anyOf" } else { "oneOf" };
                    schema[keyword].as_array_mut().expect("alternatives").truncate(1);
                }
                _ => schema["additionalProperties"] = json!(false),
            },
            Some("integer") if self.chance() => schema["type"] = json!("number"),
            Some("integer" | "number") => {
                schema["maximum"] = json!(3 + self.below(3));
            }
            Some("string") => schema = json!({ "enum": ["a", "b"] }),
            None if schema.get("enum").is_some() => schema = json!({ "type": "string" }),
            _ => return self.schema(1),
        }
        schema
    }

    /// A value that a sender of this type could send.
    fn value(&mut self, schema: &Value) -> Value {
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return values[self.below(values.len())].clone();
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if is_nullable(schema) {
            let one = self.below(2);
            return self.value(&schema["anyOf"][one]);
        }
        let least = schema.get("minimum").and_then(Value::as_i64).unwrap_or(-5);
        let most = schema.get("maximum").and_then(Value::as_i64).unwrap_or(5);
        let number =
            least + i64::try_from(self.below(11)).expect("it is small") % (most - least + 1);
        let few = self.below(3);
        match &schema["type"] {
            Value::Array(_) if self.chance() => Value::Null,
            Value::Array(_) => json!(number),
            Value::String(ty) => match ty.as_str() {
                "null" => Value::Null,
                "boolean" => json!(self.chance()),
                "number" if self.chance() => {
                    json!(f64::from(i32::try_from(number).expect("it is small")) + 0.5)
                }
                "integer" | "number" => json!(number),
                "string" => json!(["a", "b", "c", "d"][self.below(4)]),
                "array" => (0..few).map(|_| self.value(&schema["items"])).collect(),
                _ => self.object_value(schema),
            },
            _ => unreachable!("every schema here has a type"),
        }
    }

    fn object_value(&mut self, schema: &Value) -> Value {
        let mut object = Map::new();
        for (name, ty) in schema.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            if is_required(schema, name) || self.chance() {
                object.insert(name.clone(), self.value(ty));
            }
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(alternatives) = schema.get(keyword).and_then(Value::as_array) {
                let one = self.below(alternatives.len());
                let Value::Object(fields) = self.value(&alternatives[one]) else {
                    unreachable!("every alternative is a struct")
                };
                object.extend(fields);
            }
        }
        if let Some(further) = schema.get("additionalProperties").filter(|it| it.is_object()) {
            for name in ["x", "y", "w"] {
                if self.chance() {
                    object.insert(name.into(), self.value(further));
                }
            }
        }
        object.into()
    }
}

fn is_nullable(schema: &Value) -> bool {
    schema.get("anyOf").is_some() && schema.get("properties").is_none()
}

fn is_flattened(schema: &Value) -> bool {
    schema.get("properties").is_some()
        && ["oneOf", "anyOf"].iter().any(|keyword| schema.get(*keyword).is_some())
}

fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|required| required.iter().any(|it| it == name))
}

/// What the specification says, of the keywords that are used here.
fn takes(schema: &Value, value: &Value) -> bool {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_kind = |ty: &Value| ty == kind || ty == "number" && kind == "integer";
    let has_type = match schema.get("type") {
        Some(Value::Array(types)) => types.iter().any(is_kind),
        Some(ty) => is_kind(ty),
        None => true,
    };
    let limit = |keyword| schema.get(keyword).and_then(Value::as_f64);
    let number = value.as_f64();
    let is_inside = number.is_none_or(|number| {
        limit("minimum").is_none_or(|least| least <= number)
            && limit("maximum").is_none_or(|most| number <= most)
    });
    let of = |keyword| schema.get(keyword).and_then(Value::as_array);
    let (any_of, one_of) = (of("anyOf"), of("oneOf"));
    let has_items = value.as_array().is_none_or(|values| {
        schema.get("items").is_none_or(|items| values.iter().all(|value| takes(items, value)))
    });
    let empty = Map::new();
    let fields = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let has_fields = value.as_object().is_none_or(|object| {
        let mut required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        required.all(|name| name.as_str().is_some_and(|name| object.contains_key(name)))
            && object.iter().all(|(name, value)| {
                let ty = fields.get(name).or_else(|| schema.get("additionalProperties"));
                ty.is_none_or(|ty| *ty != json!(false) && takes(ty, value))
            })
    });
    has_type
        && schema.get("enum").and_then(Value::as_array).is_none_or(|all| all.contains(value))
        && schema.get("const").is_none_or(|only| only == value)
        && any_of.is_none_or(|all| all.iter().any(|schema| takes(schema, value)))
        && one_of.is_none_or(|all| all.iter().filter(|schema| takes(schema, value)).count() == 1)
        && is_inside
        && has_items
        && has_fields
}

fn for_pairs(check: impl Fn(&mut Random, &Value, &Value)) {
    for seed in 0..SEEDS {
        let mut random = Random::new(seed);
        let old = random.schema(3);
        let new = random.changed(&old);
        check(&mut random, &old, &new);
    }
}

#[test]
fn a_type_has_not_changed_from_itself() {
    for_pairs(|_, old, _| {
        assert_eq!(relation(old, old), Relation::Same, "{old}");
        assert!(told(old, old).is_empty(), "{old}");
    });
}

#[test]
fn what_is_widened_one_way_is_narrowed_the_other() {
    for_pairs(|_, old, new| {
        assert_eq!(relation(old, new), mirrored(relation(new, old)), "{old} → {new}");
    });
}

#[test]
fn every_change_has_its_mirror_image() {
    for_pairs(|_, old, new| {
        let mut back: Vec<_> = told(new, old).iter().map(|told| mirror(told)).collect();
        back.sort();
        assert_eq!(told(old, new), back, "{old} → {new}");
    });
}

#[test]
fn a_type_that_is_told_to_be_no_narrower_takes_every_old_value() {
    for_pairs(|random, old, new| {
        let relation = relation(old, new);
        for _ in 0..SAMPLES {
            let (was, is) = (random.value(old), random.value(new));
            assert!(takes(old, &was), "{old} has {was}");
            if matches!(relation, Relation::Same | Relation::Widened) {
                assert!(takes(new, &was), "{old} → {new}: {was}");
            }
            if matches!(relation, Relation::Same | Relation::Narrowed) {
                assert!(takes(old, &is), "{old} → {new}: {is}");
            }
        }
    });
}

#[test]
fn what_is_told_to_be_compatible_is_the_same() {
    for_pairs(|_, old, new| {
        let harmless = ["optional-field-", "type-equivalent", "unknown-fields-"];
        let told = told(old, new);
        let is_harmless = told.iter().all(|told| harmless.iter().any(|id| told.starts_with(id)));
        assert_eq!(is_harmless, relation(old, new) == Relation::Same, "{old} → {new}: {told:?}");
    });
}

fn mirror(told: &str) -> String {
    let (id, path) = told.split_once(' ').map_or((told, None), |(id, path)| (id, Some(path)));
    let pairs = [
        ("widened", "narrowed"),
        ("added", "removed"),
        ("became-optional", "became-required"),
        ("denied", "allowed"),
    ];
    let swapped = pairs.iter().find_map(|(one, other)| {
        let forth = id.contains(one).then(|| id.replace(one, other));
        forth.or_else(|| id.contains(other).then(|| id.replace(other, one)))
    });
    let id = swapped.unwrap_or_else(|| id.to_owned());
    path.map_or(id.clone(), |path| format!("{id} {path}"))
}
