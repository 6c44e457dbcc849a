//! Whether a receiver takes everything that a sender sends: a subset test of JSON Schemas as
//! schemars writes them.
//!
//! A sender sends the fields that its type has and no others; a receiver ignores those that it does
//! not know, unless its type denies them (`additionalProperties: false`).
//!
//! Must not know: which side is the client.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::{
    case::{Case, Kinds, spend},
    document::{Document, Object, are_related, is_annotation, name_of},
    range,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    /// The receiver has a rule that is not understood.
    Unknown,
}

/// Asks whether `receiver` takes what `sender` sends.
///
/// Types of one name on both sides are taken for the same: they are compared by themselves, so
/// that what changes inside is told of once.
pub(super) struct Accepts<'a> {
    receiver: Document<'a>,
    sender: Document<'a>,
    /// The questions that are being answered: a type that contains itself is taken if the rest of
    /// it is. By the schemas' addresses, the receiver's first.
    open: HashSet<[Vec<usize>; 2]>,
    /// The named types that were taken for the same, the receiver's first.
    pairs: BTreeSet<(&'a str, &'a str)>,
    steps: usize,
    depth: usize,
}

/// Beyond this nothing is known: schemas may come from a file that someone made for the purpose.
const MOST_STEPS: usize = 100_000;
const DEEPEST: usize = 64;

/// What the comparison of one kind of values understands; anything else on the receiver's side is
/// understood only where the sender has it too.
const UNDERSTOOD: [&str; 27] = [
    "$ref",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "oneOf",
    "pattern",
    "patternProperties",
    "properties",
    "required",
    "type",
    "uniqueItems",
];

impl<'a> Accepts<'a> {
    pub(super) fn new(receiver: Document<'a>, sender: Document<'a>) -> Self {
        Self {
            receiver,
            sender,
            open: HashSet::new(),
            pairs: BTreeSet::new(),
            steps: MOST_STEPS,
            depth: 0,
        }
    }

    pub(super) fn ask(&mut self, receiver: &'a Value, sender: &'a Value) -> Answer {
        self.schemas(&[receiver], &[sender])
    }

    /// The named types that were taken for the same, the receiver's first.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.pairs.iter().copied()
    }

    /// Each list is of schemas that hold together.
    fn schemas(&mut self, receiver: &[&'a Value], sender: &[&'a Value]) -> Answer {
        if let ([receiver], [sender]) = (receiver, sender) {
            if let (Some(receiver), Some(sender)) = (name_of(receiver), name_of(sender)) {
                if self.takes_named(receiver, sender) {
                    return Answer::Yes;
                }
            }
        }
        let addresses = |schemas: &[&Value]| {
            schemas.iter().map(|schema| std::ptr::from_ref(*schema).addr()).collect()
        };
        let question = [addresses(receiver), addresses(sender)];
        if self.depth == DEEPEST || spend(&mut self.steps, 1).is_none() {
            return Answer::Unknown;
        }
        if !self.open.insert(question.clone()) {
            return Answer::Yes;
        }
        self.depth += 1;
        let answer = self.cases(receiver, sender);
        self.depth -= 1;
        self.open.remove(&question);
        answer
    }

    fn takes_named(&mut self, receiver: &'a str, sender: &'a str) -> bool {
        let are_related = are_related(receiver, sender);
        if are_related {
            self.pairs.insert((receiver, sender));
        }
        are_related
    }

    fn cases(&mut self, receiver: &[&'a Value], sender: &[&'a Value]) -> Answer {
        let receiver = Case::of(self.receiver, receiver, &mut self.steps);
        let sender = Case::of(self.sender, sender, &mut self.steps);
        let (Some(receiver), Some(sender)) = (receiver, sender) else { return Answer::Unknown };
        Answer::all(sender.iter().map(|sender| self.case(&receiver, sender)))
    }

    /// Whether one of the receiver's alternatives takes each kind of value of the sender's one.
    fn case(&mut self, receiver: &[Case<'a>], sender: &Case<'a>) -> Answer {
        if let Some(name) = sender.name {
            if receiver.iter().filter_map(|case| case.name).any(|own| self.takes_named(own, name)) {
                return Answer::Yes;
            }
        }
        if let Some(values) = sender.values() {
            return Answer::all(values.into_iter().map(|value| admit(receiver, value)));
        }
        Answer::all(sender.kinds.each().map(|kind| {
            match kind {
                Kinds::NULL => admit(receiver, &Value::Null),
                Kinds::BOOLEAN => {
                    admit(receiver, &Value::Bool(true)).and(admit(receiver, &Value::Bool(false)))
                }
                _ => Answer::any(
                    receiver
                        .iter()
                        .filter(|case| case.kinds.contain(kind))
                        .map(|case| self.kind(kind, case, sender)),
                ),
            }
        }))
    }

    fn kind(&mut self, kind: Kinds, receiver: &Case<'a>, sender: &Case<'a>) -> Answer {
        // Every rule of the one is looked for in all parts of the other.
        let cost = receiver.parts.len().saturating_mul(sender.parts.len()).max(1);
        if spend(&mut self.steps, cost).is_none() {
            return Answer::Unknown;
        }
        if receiver.values().is_some() {
            return Answer::No;
        }
        let known = not_understood(receiver, sender);
        known.and(match kind {
            Kinds::STRING => range::strings(receiver, sender),
            Kinds::ARRAY => self.lists(receiver, sender),
            Kinds::OBJECT => self.objects(receiver, sender),
            Kinds::BINARY => Answer::Yes,
            _ => range::numbers(receiver, sender),
        })
    }

    fn lists(&mut self, receiver: &Case<'a>, sender: &Case<'a>) -> Answer {
        let unique = |case: &Case<'_>| case.each("uniqueItems").any(|is| *is == Value::Bool(true));
        let mut answer = range::counts(receiver, sender, "minItems", "maxItems");
        if unique(receiver) && !unique(sender) {
            answer = Answer::No;
        }
        let positions = tuple_length(receiver).max(tuple_length(sender));
        let most = sender.numbers("maxItems").fold(f64::INFINITY, f64::min);
        // One more stands for all that follow.
        for (position, number) in (0..=positions).zip(0_u32..) {
            if f64::from(number) >= most || answer == Answer::No {
                break;
            }
            let (receiver, sender) = (items(receiver, position), items(sender, position));
            answer = answer.and(self.schemas(&receiver, &sender));
        }
        answer
    }

    fn objects(&mut self, receiver: &Case<'a>, sender: &Case<'a>) -> Answer {
        let required = names(sender, "required");
        if !names(receiver, "required").is_subset(&required) {
            return Answer::No;
        }
        let mut answer = range::counts(receiver, sender, "minProperties", "maxProperties");
        for name in fields(sender) {
            if answer == Answer::No {
                return answer;
            }
            answer = answer.and(self.schemas(&field(receiver, name), &field(sender, name)));
        }
        answer.and(self.further_fields(receiver, sender))
    }

    /// What the sender sends besides the fields that it names, as a map does.
    fn further_fields(&mut self, receiver: &Case<'a>, sender: &Case<'a>) -> Answer {
        let mut answer = Answer::Yes;
        for (pattern, sends) in patterns(sender) {
            let takes: Vec<_> =
                patterns(receiver).filter(|(own, _)| *own == pattern).map(|(_, ty)| ty).collect();
            answer = answer.and(match takes.is_empty() {
                false => self.schemas(&takes, &[sends]),
                true if is_open(receiver) && fields(receiver).is_empty() => {
                    self.schemas(&further(receiver), &[sends])
                }
                true => Answer::Unknown,
            });
        }
        if !is_open(sender) {
            return answer;
        }
        if patterns(receiver).any(|(pattern, _)| patterns(sender).all(|(own, _)| own != pattern)) {
            answer = answer.and(Answer::Unknown);
        }
        let sends = further(sender);
        let unnamed = fields(receiver).difference(&fields(sender)).copied().collect::<Vec<_>>();
        let answer = answer.and(self.schemas(&further(receiver), &sends));
        unnamed
            .into_iter()
            .fold(answer, |answer, name| answer.and(self.schemas(&field(receiver, name), &sends)))
    }
}

/// Whether one of the alternatives takes the value.
fn admit(receiver: &[Case<'_>], value: &Value) -> Answer {
    let admits = |case: &Case<'_>| {
        if !case.kinds.have(value) {
            return Answer::No;
        }
        if let Some(values) = case.values() {
            return Answer::from(values.contains(&value));
        }
        let mut keywords = case.parts.iter().flat_map(|part| part.keys());
        match value {
            Value::Number(_) => range::number(case, value),
            Value::String(text) => range::string(case, text),
            Value::Null | Value::Bool(_) => {
                Answer::from(keywords.all(|it| is_known(it))).or_unknown()
            }
            _ => Answer::from(keywords.all(|it| it == "type" || is_annotation(it))).or_unknown(),
        }
    };
    Answer::any(receiver.iter().map(admits))
}

/// The receiver's rules that nothing here understands: the sender must have the same.
fn not_understood(receiver: &Case<'_>, sender: &Case<'_>) -> Answer {
    let rules = receiver.parts.iter().flat_map(|part| part.iter());
    let mut rules = rules.filter(|(keyword, _)| !is_known(keyword));
    let all = rules.all(|(keyword, rule)| sender.each(keyword).any(|own| own == rule));
    Answer::from(all).or_unknown()
}

fn is_known(keyword: &str) -> bool {
    UNDERSTOOD.contains(&keyword) || is_annotation(keyword)
}

fn tuple_length(case: &Case<'_>) -> usize {
    case.each("items").filter_map(Value::as_array).map(Vec::len).max().unwrap_or_default()
}

/// The schemas of the item at a position.
fn items<'a>(case: &Case<'a>, position: usize) -> Vec<&'a Value> {
    let of = |part: &&'a Object| match part.get("items") {
        Some(Value::Array(tuple)) => tuple.get(position).or_else(|| part.get("additionalItems")),
        items => items,
    };
    case.parts.iter().filter_map(of).collect()
}

fn names<'a>(case: &Case<'a>, keyword: &'static str) -> BTreeSet<&'a str> {
    case.each(keyword).filter_map(Value::as_array).flatten().filter_map(Value::as_str).collect()
}

fn objects<'a>(case: &Case<'a>, keyword: &'static str) -> impl Iterator<Item = &'a Object> {
    case.parts.iter().filter_map(move |part| part.get(keyword)?.as_object())
}

fn fields<'a>(case: &Case<'a>) -> BTreeSet<&'a str> {
    objects(case, "properties").flat_map(|fields| fields.keys()).map(String::as_str).collect()
}

fn patterns<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'a String, &'a Value)> {
    objects(case, "patternProperties").flatten()
}

/// The schemas of a field.
fn field<'a>(case: &Case<'a>, name: &str) -> Vec<&'a Value> {
    let of = |part: &&'a Object| {
        let named = part.get("properties").and_then(|fields| fields.get(name));
        named.or_else(|| part.get("additionalProperties"))
    };
    case.parts.iter().filter_map(of).collect()
}

/// The schemas of fields that have no name.
fn further<'a>(case: &Case<'a>) -> Vec<&'a Value> {
    case.each("additionalProperties").collect()
}

/// Whether a sender sends other fields than it names: a map does, a struct does not.
fn is_open(case: &Case<'_>) -> bool {
    let mut further = case.each("additionalProperties").peekable();
    match further.peek() {
        Some(_) => further.all(|further| *further != Value::Bool(false)),
        None => case.kinds == Kinds::ALL,
    }
}

impl Answer {
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// What cannot be told where it is not so.
    pub(super) fn or_unknown(self) -> Self {
        if self == Self::Yes { Self::Yes } else { Self::Unknown }
    }

    fn all(answers: impl Iterator<Item = Self>) -> Self {
        let mut all = Self::Yes;
        for answer in answers {
            all = all.and(answer);
            if all == Self::No {
                break;
            }
        }
        all
    }

    fn any(answers: impl Iterator<Item = Self>) -> Self {
        let mut any = Self::No;
        for answer in answers {
            match answer {
                Self::Yes => return answer,
                Self::Unknown => any = answer,
                Self::No => {}
            }
        }
        any
    }
}

impl From<bool> for Answer {
    fn from(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }
}
