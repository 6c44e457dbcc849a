//! A schema as its alternatives, each of which is a list of constraints without "or".
//!
//! Must not know: that two schemas are compared.

use serde_json::Value;

use super::document::{Document, Object, is_annotation, name_of};

/// The kinds of values, as a set of bits. Binary data is a kind of its own: it looks like an object
/// in the packet's text, but travels beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kinds(u8);

/// One alternative.
#[derive(Debug, Clone)]
pub(super) struct Case<'a> {
    pub(super) kinds: Kinds,
    /// All of them hold.
    pub(super) parts: Vec<&'a Object>,
    /// The named type of which this is an alternative, if nothing is added to it.
    pub(super) name: Option<&'a str>,
}

/// How many alternatives a schema may have, and how deep it may be nested.
const MOST_CASES: usize = 1024;
const DEEPEST: usize = 64;

impl<'a> Case<'a> {
    /// The alternatives of what all these schemas allow. `None` if it cannot be told: a reference
    /// leads nowhere, it is no schema, there are too many, or it takes more than these steps.
    pub(super) fn of(
        document: Document<'a>,
        schemas: &[&'a Value],
        steps: &mut usize,
    ) -> Option<Vec<Self>> {
        Expansion { document, steps }.all(schemas.iter().copied(), DEEPEST)
    }

    /// The values, if they are listed.
    pub(super) fn values(&self) -> Option<Vec<&'a Value>> {
        let mut values: Option<Vec<&Value>> = None;
        for part in &self.parts {
            let mut keep = |listed: &'a [Value]| {
                values = Some(match values.take() {
                    None => listed.iter().filter(|value| self.kinds.have(value)).collect(),
                    Some(values) => values.into_iter().filter(|v| listed.contains(v)).collect(),
                });
            };
            part.get("enum").and_then(Value::as_array).into_iter().for_each(|listed| keep(listed));
            part.get("const").map(std::slice::from_ref).into_iter().for_each(keep);
        }
        values
    }

    /// What the keyword is in each part that has it.
    pub(super) fn each(&self, keyword: &str) -> impl Iterator<Item = &'a Value> {
        self.parts.iter().filter_map(move |part| part.get(keyword))
    }

    /// The numbers of this keyword.
    pub(super) fn numbers(&self, keyword: &str) -> impl Iterator<Item = f64> {
        self.each(keyword).filter_map(Value::as_f64)
    }

    fn any() -> Self {
        Self { kinds: Kinds::ALL, parts: Vec::new(), name: None }
    }

    fn is_bare(&self) -> bool {
        self.parts.iter().all(|part| part.keys().all(|keyword| is_annotation(keyword)))
    }

    fn and(&self, other: &Self) -> Option<Self> {
        let kinds = Kinds(self.kinds.0 & other.kinds.0);
        if kinds == Kinds::NONE {
            return None;
        }
        let name = match (self.name, other.name) {
            (name, None) if other.is_bare() => name,
            (None, name) if self.is_bare() => name,
            _ => None,
        };
        Some(Self { kinds, parts: self.parts.iter().chain(&other.parts).copied().collect(), name })
    }
}

struct Expansion<'a, 's> {
    document: Document<'a>,
    steps: &'s mut usize,
}

impl<'a> Expansion<'a, '_> {
    fn all(
        &mut self,
        schemas: impl Iterator<Item = &'a Value>,
        depth: usize,
    ) -> Option<Vec<Case<'a>>> {
        let mut cases = vec![Case::any()];
        for schema in schemas {
            let one = self.one(schema, depth)?;
            cases = self.product(&cases, &one)?;
        }
        Some(cases)
    }

    fn one(&mut self, schema: &'a Value, depth: usize) -> Option<Vec<Case<'a>>> {
        let depth = depth.checked_sub(1)?;
        spend(self.steps, 1)?;
        let object = match schema {
            Value::Bool(true) => return Some(vec![Case::any()]),
            Value::Bool(false) => return Some(Vec::new()),
            Value::Object(object) => object,
            _ => return None,
        };
        let mut cases = vec![Case { kinds: Kinds::of(object)?, parts: vec![object], name: None }];
        if let Some(reference) = object.get("$ref") {
            let of = self.one(self.document.resolve(reference.as_str()?)?, depth)?;
            cases = self.product(&cases, &of)?;
        }
        if let Some(all) = object.get("allOf") {
            let all = self.all(all.as_array()?.iter(), depth)?;
            cases = self.product(&cases, &all)?;
        }
        for keyword in ["anyOf", "oneOf"] {
            let Some(alternatives) = object.get(keyword) else { continue };
            let mut any = Vec::new();
            for alternative in alternatives.as_array()? {
                any.extend(self.one(alternative, depth)?);
            }
            cases = self.product(&cases, &any)?;
        }
        if let Some(name) = name_of(schema) {
            for case in &mut cases {
                case.name = Some(name);
            }
        }
        Some(cases)
    }

    /// Each of the one with each of the other. A step is a part that is copied.
    fn product(&mut self, one: &[Case<'a>], other: &[Case<'a>]) -> Option<Vec<Case<'a>>> {
        let pairs = one.len().checked_mul(other.len())?;
        if pairs > MOST_CASES {
            return None;
        }
        let parts = |cases: &[Case<'_>]| cases.iter().map(|case| case.parts.len()).sum::<usize>();
        let copied = other.len() * parts(one) + one.len() * parts(other);
        spend(self.steps, pairs.max(copied))?;
        Some(one.iter().flat_map(|one| other.iter().filter_map(|other| one.and(other))).collect())
    }
}

/// `None` if there are not so many steps left; then there are none.
pub(super) fn spend(steps: &mut usize, cost: usize) -> Option<()> {
    let left = steps.checked_sub(cost);
    *steps = left.unwrap_or_default();
    left.map(drop)
}

impl Kinds {
    const NONE: Self = Self(0);
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(1 << 1);
    pub(super) const INTEGER: Self = Self(1 << 2);
    /// Numbers that are no integers.
    pub(super) const FRACTION: Self = Self(1 << 3);
    pub(super) const STRING: Self = Self(1 << 4);
    pub(super) const ARRAY: Self = Self(1 << 5);
    pub(super) const OBJECT: Self = Self(1 << 6);
    pub(super) const BINARY: Self = Self(1 << 7);
    pub(super) const ALL: Self = Self(u8::MAX);

    /// The kinds that one schema allows, its references and alternatives left aside. `None` if it is
    /// no schema.
    pub(super) fn of(object: &Object) -> Option<Self> {
        if object.get("x-socketio").and_then(|ours| ours.get("binary")) == Some(&Value::Bool(true))
        {
            return Some(Self::BINARY);
        }
        match object.get("type") {
            None => Some(Self::ALL),
            Some(Value::Array(types)) => types
                .iter()
                .try_fold(Self::NONE, |kinds, ty| Some(Self(kinds.0 | Self::named(ty)?.0))),
            Some(ty) => Self::named(ty),
        }
    }

    fn named(ty: &Value) -> Option<Self> {
        Some(match ty.as_str()? {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self(Self::INTEGER.0 | Self::FRACTION.0),
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    pub(super) fn contain(self, kind: Self) -> bool {
        self.0 & kind.0 == kind.0
    }

    pub(super) fn without(self, kind: Self) -> Self {
        Self(self.0 & !kind.0)
    }

    pub(super) fn have(self, value: &Value) -> bool {
        self.contain(match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if number.as_f64().is_some_and(|n| n.fract() == 0.0) => {
                Self::INTEGER
            }
            Value::Number(_) => Self::FRACTION,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        })
    }

    pub(super) fn each(self) -> impl Iterator<Item = Self> {
        (0..u8::BITS).map(|bit| Self(1 << bit)).filter(move |kind| self.contain(*kind))
    }
}
