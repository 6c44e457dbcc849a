//! What the generated test of an event's example does.
//!
//! Must not know: connections.

use std::fmt::Write as _;

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Number, Value};

use super::{ArgumentDescriptor, EventDescriptor, Schema};
use crate::{
    codec::{Prefix, Values},
    error::{PayloadError, PayloadSubject},
    limits,
    payload::{Arguments, EmitArgument, EventSource, PacketWriter, ReceiveArgument},
};

/// A type whose values can stand in an example: it can be read and written.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be both read and written, which an event with an example needs",
    label = "not both `serde::Serialize` and `serde::Deserialize`",
    note = "a generated test reads the example as the event's types and writes those again: add `#[derive(serde::Serialize, serde::Deserialize)]` to the type",
    note = "what only the test needs can be `#[cfg_attr(test, derive(…))]`"
)]
pub trait ExampleValue {
    #[doc(hidden)]
    fn required(example: &mut Rewrite<'_>) -> Result<(), PayloadError>;

    #[doc(hidden)]
    fn optional(example: &mut Rewrite<'_>) -> Result<(), PayloadError>;

    #[doc(hidden)]
    fn rest(example: &mut Rewrite<'_>) -> Result<(), PayloadError>;
}

/// An example on its way through its types.
#[doc(hidden)]
#[derive(Debug)]
pub struct Rewrite<'e> {
    read: Arguments<'e>,
    written: PacketWriter,
}

/// Reads one argument of an example and writes it again.
type Step = fn(&mut Rewrite<'_>) -> Result<(), PayloadError>;

/// Checks that an event's examples are what its types make of them.
///
/// # Panics
/// When they are not. This is called by tests.
#[doc(hidden)]
#[track_caller]
pub fn check_example<S: Schema>(event: &'static EventDescriptor, arguments: &[Step], ack: &[Step]) {
    let schema = S::DESCRIPTOR;
    let mut wrong = String::new();
    let parts = [
        ("example", PayloadSubject::Event, event.example, arguments),
        ("ack_example", PayloadSubject::Answer, event.ack_example, ack),
    ];
    for (option, subject, example, steps) in parts {
        let problem = example.map(|example| check(event, subject, example, steps));
        if let Some(Err(problem)) = problem {
            let _ = write!(wrong, "\n\n`{option}` {problem}");
        }
    }
    let (file, line) = (schema.file, event.line);
    assert!(
        wrong.is_empty(),
        "event `{}` of `{}` ({file}:{line}){wrong}\n",
        event.name,
        schema.name
    );
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> ExampleValue for T
where
    Box<T>: DeserializeOwned,
{
    fn required(example: &mut Rewrite<'_>) -> Result<(), PayloadError> {
        let value = <Box<T> as ReceiveArgument>::required(&mut example.read)?;
        EmitArgument::required(&*value, &mut example.written);
        Ok(())
    }

    fn optional(example: &mut Rewrite<'_>) -> Result<(), PayloadError> {
        let value = <Box<T> as ReceiveArgument>::optional(&mut example.read)?;
        EmitArgument::optional(value.as_deref(), &mut example.written);
        Ok(())
    }

    fn rest(example: &mut Rewrite<'_>) -> Result<(), PayloadError> {
        for value in <Box<T> as ReceiveArgument>::rest(&mut example.read)? {
            EmitArgument::required(&*value, &mut example.written);
        }
        Ok(())
    }
}

/// Says what is wrong with an example, if anything is.
fn check(
    event: &EventDescriptor,
    subject: PayloadSubject,
    example: &str,
    steps: &[Step],
) -> Result<(), String> {
    let written = rewritten(event, subject, example, steps);
    let written = written.map_err(|problem| {
        format!("does not fit the event's types\n  it is: {example}\n  error: {problem}")
    })?;
    let [expected, actual] = [example, &written].map(serde_json::from_str::<Value>);
    match (expected, actual) {
        (Ok(expected), Ok(actual)) => match difference(&expected, &actual) {
            None => Ok(()),
            Some(path) => Err(format!(
                "is not what the event's types write\n  it is: {example}\n  they write: \
                 {written}\n  first difference: {}",
                place(event, subject, &path)
            )),
        },
        (Err(error), _) | (_, Err(error)) => Err(format!("is no JSON: {error}")),
    }
}

/// The example, read as the types of `steps` and written again.
fn rewritten(
    event: &EventDescriptor,
    subject: PayloadSubject,
    example: &str,
    steps: &[Step],
) -> Result<String, String> {
    let text = example.strip_prefix('[').ok_or("it is no list")?;
    // Attachments are dummies, as many as there may be placeholders.
    let count = example.matches("\"_placeholder\"").count();
    let attachments = vec![Bytes::from_static(b"example"); count];
    let source = EventSource {
        subject,
        event: event.name,
        declared: declared(event, subject),
        values: Values::Json { text, is_cut: false },
        attachments: &attachments,
    };
    let mut rewrite = Rewrite {
        read: Arguments::new(source, true),
        // An event's packet would begin its list with the name.
        written: PacketWriter::answer(&Prefix::Json(String::new()), 0),
    };
    let read = steps.iter().try_for_each(|step| step(&mut rewrite));
    read.and_then(|()| rewrite.read.end()).map_err(|error| {
        let index = error.argument.map(|argument| argument.index.to_string());
        let path = Some(error.path).filter(|path| !path.is_empty());
        let path: Vec<String> = index.into_iter().chain(path).collect();
        format!("{}: {}", place(event, subject, &path), error.reason)
    })?;
    let packet = rewrite.written.finish(event.name, limits::DEFAULT_MAX_ATTACHMENTS);
    let packet = packet.map_err(|error| error.to_string())?;
    let list = packet.text.find('[').unwrap_or_default();
    Ok(packet.text[list..].to_owned())
}

/// Where two values differ first, as the keys and indices that lead there.
fn difference(one: &Value, other: &Value) -> Option<Vec<String>> {
    let within = |step: String, one: Option<&Value>, other: Option<&Value>| {
        let mut path = match (one, other) {
            (Some(one), Some(other)) => difference(one, other)?,
            _ => Vec::new(),
        };
        path.insert(0, step);
        Some(path)
    };
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => (0..one.len().max(other.len()))
            .find_map(|index| within(index.to_string(), one.get(index), other.get(index))),
        (Value::Object(one), Value::Object(other)) => {
            let added = other.keys().filter(|key| !one.contains_key(*key));
            let mut keys = one.keys().chain(added);
            keys.find_map(|key| within(key.clone(), one.get(key), other.get(key)))
        }
        // JavaScript has one type of number, so `1` and `1.0` are the same.
        (Value::Number(one), Value::Number(other)) => (one != other
            && (one.as_f64() != other.as_f64() || is_exact(one, other)))
        .then(Vec::new),
        (one, other) => (one != other).then(Vec::new),
    }
}

/// Whether both are integers, which an `f64` may not tell apart.
fn is_exact(one: &Number, other: &Number) -> bool {
    !one.is_f64() && !other.is_f64()
}

/// A path with the argument's name in front.
fn place(event: &EventDescriptor, subject: PayloadSubject, path: &[String]) -> String {
    let Some((first, rest)) = path.split_first() else { return "the list".to_owned() };
    let argument = first.parse().ok().and_then(|index: usize| declared(event, subject).get(index));
    let first = match argument {
        Some(argument) => format!("argument `{}`", argument.name),
        None => format!("value {first}"),
    };
    let rest = rest.iter().flat_map(|step| [" at `", step, "`"]);
    [&*first].into_iter().chain(rest).collect()
}

fn declared(event: &EventDescriptor, subject: PayloadSubject) -> &'static [ArgumentDescriptor] {
    match subject {
        PayloadSubject::Event => event.arguments,
        _ => &[],
    }
}
