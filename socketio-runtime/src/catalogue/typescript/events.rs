//! The events of one direction as an interface, as `Server`, `Namespace` and `Socket` of socket.io
//! take it.
//!
//! Must not know: how declarations are set.

use super::{example, layout, names};
use crate::catalogue::model::{Ack, Argument, ArgumentKind, Event, Events, ValueType};

/// The declaration, its documentation before it.
pub(super) fn interface(name: &str, events: &Events) -> String {
    let docs = layout::comment(&lines(&events.docs));
    let members = events.events.iter().map(|event| {
        let docs = layout::comment(&documentation(event));
        format!("{docs}{}: {} => void;\n", names::key(&event.name), parameters(event))
    });
    format!("{docs}interface {name} {{\n{}}}", members.collect::<String>())
}

/// The parameters of an event's listeners, in brackets.
pub(super) fn parameters(event: &Event) -> String {
    let mut names = names::Parameters::default();
    let arguments = event.arguments.iter().map(|argument| (names.name(&argument.name), argument));
    let arguments: Vec<_> = arguments.collect();
    let Some(ack) = &event.ack else {
        let count = arguments.len();
        let parameters = arguments
            .iter()
            .enumerate()
            .map(|(index, (name, argument))| parameter(name, argument, index + 1 == count));
        return format!("({})", parameters.collect::<Vec<_>>().join(", "));
    };
    let key = event.delivery.idempotency_key.then(|| names.name("idempotency_key"));
    let mut end = Vec::from_iter(key.map(|key| format!("{key}: string")));
    end.push(format!("{}: {}", names.name("callback"), callback(ack)));
    before_callback(&arguments, &end)
}

fn parameter(name: &str, argument: &Argument, is_last: bool) -> String {
    let ty = &argument.ty.typescript;
    match argument.kind {
        ArgumentKind::Required => format!("{name}: {ty}"),
        ArgumentKind::Optional if is_last => format!("{name}?: {ty}"),
        // It is `null` where it has no value and a later one has.
        ArgumentKind::Optional => format!("{name}?: {ty} | null"),
        ArgumentKind::Rest => format!("...{name}: {}", list(ty)),
    }
}

/// The parameters where others follow that are always there. Socket.IO hands arguments over by
/// their position, so an argument that is left out makes the callback come sooner: that is another
/// list of parameters, not an optional one.
fn before_callback(arguments: &[(String, &Argument)], end: &[String]) -> String {
    let has_key = end.len() > 1;
    let one = |(name, argument): &(String, &Argument), is_last: bool| {
        let ty = &argument.ty.typescript;
        match argument.kind {
            // The key keeps its place, so nothing before it is left out.
            ArgumentKind::Optional if has_key || !is_last => format!("{name}: {ty} | null"),
            ArgumentKind::Required | ArgumentKind::Optional => format!("{name}: {ty}"),
            ArgumentKind::Rest => format!("...{name}: {}", list(ty)),
        }
    };
    let list_of = |count: usize| {
        let parameters = arguments[..count].iter().enumerate();
        let parameters = parameters.map(|(index, argument)| one(argument, index + 1 == count));
        parameters.chain(end.iter().cloned()).collect::<Vec<_>>().join(", ")
    };
    let required =
        arguments.iter().filter(|(_, argument)| argument.kind == ArgumentKind::Required).count();
    let has_rest = arguments.iter().any(|(_, argument)| argument.kind == ArgumentKind::Rest);
    if has_key || (required == arguments.len()) {
        return format!("({})", list_of(arguments.len()));
    }
    let lists: Vec<_> =
        (required..=arguments.len()).map(|count| format!("[{}]", list_of(count))).collect();
    // A rest may be empty, which is the list before it, too, unless optional ones stand there.
    let lists = if has_rest && required + 1 == arguments.len() { &lists[1..] } else { &lists };
    format!("(...args: {})", lists.join(" | "))
}

fn callback(ack: &Ack) -> String {
    match ack {
        Ack::Values(values) => match &**values {
            [value] => format!("(response: {}) => void", value.typescript),
            values => {
                let numbered = |(index, value): (usize, &ValueType)| {
                    format!("response{}: {}", index + 1, value.typescript)
                };
                let values: Vec<_> = values.iter().enumerate().map(numbered).collect();
                format!("({}) => void", values.join(", "))
            }
        },
        Ack::ErrorFirst { value, error } => {
            // A union of the two lists of parameters would say more, but TypeScript then takes no
            // listener that names both.
            format!("(error: {} | null, value?: {}) => void", error.typescript, value.typescript)
        }
    }
}

fn list(ty: &str) -> String {
    format!("Array<{ty}>")
}

/// The lines of an event's documentation.
fn documentation(event: &Event) -> Vec<String> {
    let mut names = names::Parameters::default();
    let parameters = event.arguments.iter().map(|argument| (names.name(&argument.name), argument));
    let parameters: Vec<_> = parameters
        .filter(|(_, argument)| !argument.docs.is_empty())
        .map(|(name, argument)| format!("@param {name} - {}", lines(&argument.docs).join(" ")))
        .collect();
    let deprecated = event.deprecated.as_ref().map(|note| format!("@deprecated {note}"));
    let tags: Vec<_> = parameters
        .into_iter()
        .chain(deprecated.map(|line| line.trim_end().to_owned()))
        .chain(example::lines(event))
        .collect();
    let blocks = [lines(&event.docs), facts(event), tags];
    let blocks: Vec<_> =
        blocks.iter().filter(|block| !block.is_empty()).map(|b| b.join("\n")).collect();
    lines(&blocks.join("\n\n"))
}

/// What is known of the delivery, where it matters to those who write TypeScript.
fn facts(event: &Event) -> Vec<String> {
    let delivery = &event.delivery;
    let mut facts = Vec::new();
    if delivery.volatile {
        facts.push("Volatile: it is dropped if it cannot be sent at once.".to_owned());
    }
    if let Some(millis) = delivery.timeout_ms {
        facts.push(format!("The acknowledgement is awaited for {}.", duration(millis)));
    }
    if let Some(retries) = delivery.retries {
        let key = if delivery.idempotency_key { ", with the same `idempotencyKey`" } else { "" };
        let times = if retries == 1 { "once".to_owned() } else { format!("up to {retries} times") };
        facts.push(format!("Sent again {times} where no acknowledgement comes{key}."));
    }
    facts
}

fn duration(millis: u64) -> String {
    if millis % 1000 == 0 { format!("{} s", millis / 1000) } else { format!("{millis} ms") }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim_end().to_owned()).collect()
}
