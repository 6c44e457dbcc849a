//! Whether the limits of a sender's numbers, texts and counts are inside the receiver's.
//!
//! Must not know: schemas inside schemas.

use serde_json::Value;

use super::{accepts::Answer, case::Case};

/// A bound; with whether the number itself is beyond it.
pub(super) type Bound = (f64, bool);

/// A lower and an upper one.
pub(super) type Range = [Bound; 2];

pub(super) fn numbers(receiver: &Case<'_>, sender: &Case<'_>) -> Answer {
    inside(range(receiver), range(sender)).and(rule(receiver, sender, "multipleOf"))
}

pub(super) fn strings(receiver: &Case<'_>, sender: &Case<'_>) -> Answer {
    let rules = ["pattern", "format"];
    rules.into_iter().fold(counts(receiver, sender, "minLength", "maxLength"), |answer, keyword| {
        answer.and(rule(receiver, sender, keyword))
    })
}

/// How long a text is, how many items or fields there are.
pub(super) fn counts(
    receiver: &Case<'_>,
    sender: &Case<'_>,
    least: &'static str,
    most: &'static str,
) -> Answer {
    let range = |case: &Case<'_>| {
        let least = case.numbers(least).fold(0.0, f64::max);
        let most = case.numbers(most).fold(f64::INFINITY, f64::min);
        [(least, false), (most, false)]
    };
    inside(range(receiver), range(sender))
}

pub(super) fn number(receiver: &Case<'_>, value: &Value) -> Answer {
    let Some(value) = value.as_f64() else { return Answer::Unknown };
    let is_divided = receiver.each("multipleOf").next().is_some();
    inside(range(receiver), [(value, false); 2]).and(Answer::from(!is_divided).or_unknown())
}

pub(super) fn string(receiver: &Case<'_>, text: &str) -> Answer {
    let length = u32::try_from(text.chars().count()).map_or(f64::INFINITY, f64::from);
    let least = receiver.numbers("minLength").all(|least| least <= length);
    let most = receiver.numbers("maxLength").all(|most| length <= most);
    let has = |keyword| receiver.each(keyword).next().is_some();
    let is_plain = !has("pattern") && !has("format");
    Answer::from(least && most).and(Answer::from(is_plain).or_unknown())
}

/// A rule that holds for the sender only if it has the same: without one of this kind it does not,
/// with another one nobody knows.
fn rule(receiver: &Case<'_>, sender: &Case<'_>, keyword: &'static str) -> Answer {
    let mut rules = receiver.each(keyword);
    if rules.all(|rule| sender.each(keyword).any(|own| own == rule)) {
        return Answer::Yes;
    }
    match sender.each(keyword).next() {
        None => Answer::No,
        Some(_) => Answer::Unknown,
    }
}

fn inside(receiver: Range, sender: Range) -> Answer {
    let [least, most] = receiver;
    let [lowest, highest] = sender;
    let is_above = lowest.0 > least.0 || lowest.0 >= least.0 && (lowest.1 || !least.1);
    let is_below = highest.0 < most.0 || highest.0 <= most.0 && (highest.1 || !most.1);
    Answer::from(is_above && is_below)
}

fn range(case: &Case<'_>) -> Range {
    let tighter = |range: Range, [least, most]: Range| {
        let above = least.0 > range[0].0 || least.0 >= range[0].0 && least.1;
        let below = most.0 < range[1].0 || most.0 <= range[1].0 && most.1;
        [if above { least } else { range[0] }, if below { most } else { range[1] }]
    };
    let from = |least| [(least, false), UNBOUNDED[1]];
    let to = |most| [UNBOUNDED[0], (most, false)];
    let above = |least| [(least, true), UNBOUNDED[1]];
    let below = |most| [UNBOUNDED[0], (most, true)];
    let formats = case.each("format").filter_map(Value::as_str).filter_map(of_format);
    case.numbers("minimum")
        .map(from)
        .chain(case.numbers("maximum").map(to))
        .chain(case.numbers("exclusiveMinimum").map(above))
        .chain(case.numbers("exclusiveMaximum").map(below))
        .chain(formats)
        .fold(UNBOUNDED, tighter)
}

pub(super) const UNBOUNDED: Range = [(f64::NEG_INFINITY, false), (f64::INFINITY, false)];

/// What the names of Rust's integers say. Any number fits `float` and `double`, more or less.
pub(super) fn of_format(format: &str) -> Option<Range> {
    let (is_signed, bits) = match format.strip_prefix("uint") {
        Some(bits) => (false, bits),
        None => (true, format.strip_prefix("int")?),
    };
    // On the wire there is no machine; JSON of 64 bits is the most that is sent.
    let bits: i32 = if bits.is_empty() { 64 } else { bits.parse().ok()? };
    if !(1..=128).contains(&bits) {
        return None;
    }
    let (least, bits) = if is_signed { (-(2_f64.powi(bits - 1)), bits - 1) } else { (0.0, bits) };
    Some([(least, false), (2_f64.powi(bits) - 1.0, false)])
}
