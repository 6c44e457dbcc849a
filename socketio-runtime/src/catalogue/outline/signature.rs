//! An event as it is declared in Rust, and as a member of the interface in TypeScript.
//!
//! Must not know: JSON.

use super::words;
use crate::catalogue::model::{Ack, Argument, ArgumentKind, Catalogue, Event, Offline};

/// The function in the schema's trait, with its attribute.
pub(crate) fn rust(event: &Event) -> String {
    let arguments = event.arguments.iter().map(|argument| {
        let attribute = match argument.kind {
            ArgumentKind::Rest => "#[event(rest)] ",
            _ => "",
        };
        format!("{attribute}{}: {}", argument.name, argument.ty.rust)
    });
    let answer = match &event.ack {
        None => String::new(),
        Some(Ack::Values(values)) => match &values[..] {
            [value] => format!(" -> {}", value.rust),
            values => format!(" -> ({})", list(values.iter().map(|value| value.rust.clone()))),
        },
        Some(Ack::ErrorFirst { value, error }) => {
            format!(" -> Result<{}, {}>", value.rust, error.rust)
        }
    };
    let head = format!("fn {}", event.ident);
    let attribute = call("#[event", &options(event), "]", "");
    format!("{attribute}\n{}", call(&head, &arguments.collect::<Vec<_>>(), &answer, ";"))
}

fn options(event: &Event) -> Vec<String> {
    let delivery = &event.delivery;
    let mut options = vec![format!("{:?}", event.name)];
    let mut add = |option: &str| options.push(option.to_owned());
    if delivery.volatile {
        add("volatile");
    }
    if let Some(millis) = delivery.timeout_ms {
        add(&format!("timeout = \"{}\"", words::attribute_time(millis)));
    }
    match delivery.offline {
        Some(Offline::Buffer) => add("offline = buffer"),
        Some(Offline::Drop) => add("offline = drop"),
        Some(Offline::Reject) => add("offline = reject"),
        None => {}
    }
    if let Some(millis) = delivery.time_to_live_ms {
        add(&format!("time_to_live = \"{}\"", words::attribute_time(millis)));
    }
    if let Some(retries) = delivery.retries {
        add(&format!("retries = {retries}"));
    }
    if delivery.idempotency_key {
        add("idempotency_key");
    }
    if let Some(Ack::ErrorFirst { .. }) = event.ack {
        add("ack = error_first");
    }
    options
}

/// The member of `ServerToClientEvents` or `ClientToServerEvents`; `None` where the catalogue does
/// not know the types, as one that was read from `schema.json`.
#[cfg(feature = "typescript")]
pub(crate) fn typescript(event: &Event) -> Option<String> {
    let mut arguments = Vec::new();
    let has_more = event.ack.is_some() || event.delivery.idempotency_key;
    for argument in &event.arguments {
        arguments.push(parameter(argument, has_more)?);
    }
    if event.delivery.idempotency_key {
        arguments.push("idempotencyKey: string".to_owned());
    }
    match &event.ack {
        None => {}
        Some(Ack::Values(values)) => {
            let name = |at| if values.len() == 1 { "answer".into() } else { format!("value{at}") };
            let types = values.iter().map(known).collect::<Option<Vec<_>>>()?;
            let values = types.iter().enumerate().map(|(at, ty)| format!("{}: {ty}", name(at + 1)));
            arguments.push(format!("callback: ({}) => void", list(values)));
        }
        Some(Ack::ErrorFirst { value, error }) => arguments.push(format!(
            "callback: (error: {} | null, answer?: {}) => void",
            known(error)?,
            known(value)?
        )),
    }
    Some(call(&format!("{:?}: ", event.name), &arguments, " => void", ";"))
}

/// Without the feature no catalogue knows the types.
#[cfg(not(feature = "typescript"))]
pub(crate) fn typescript(_: &Event) -> Option<String> {
    None
}

/// The declaration of a named type; likewise.
#[cfg(feature = "typescript")]
pub(crate) fn declaration<'a>(catalogue: &'a Catalogue, name: &str) -> Option<&'a str> {
    catalogue.typescript.declarations.get(name).map(|declaration| &**declaration)
}

/// Without the feature no catalogue knows the types.
#[cfg(not(feature = "typescript"))]
pub(crate) fn declaration<'a>(_: &'a Catalogue, _: &str) -> Option<&'a str> {
    None
}

#[cfg(feature = "typescript")]
fn parameter(argument: &Argument, has_more: bool) -> Option<String> {
    let (name, ty) = (&argument.name, known(&argument.ty)?);
    Some(match argument.kind {
        ArgumentKind::Required => format!("{name}: {ty}"),
        // What may be left out cannot stand before what may not.
        ArgumentKind::Optional if has_more => format!("{name}: {ty} | undefined"),
        ArgumentKind::Optional => format!("{name}?: {ty}"),
        ArgumentKind::Rest => format!("...{name}: Array<{ty}>"),
    })
}

#[cfg(feature = "typescript")]
fn known(ty: &crate::catalogue::model::ValueType) -> Option<&str> {
    Some(&*ty.typescript).filter(|ty| !ty.is_empty())
}

/// `head(arguments)tail`, broken into lines where it is long.
fn call(head: &str, arguments: &[String], tail: &str, end: &str) -> String {
    let line = format!("{head}({}){tail}{end}", arguments.join(", "));
    if line.chars().count() <= LINE {
        return line;
    }
    format!("{head}(\n    {},\n){tail}{end}", arguments.join(",\n    "))
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// What fits beside the contents on a laptop's screen.
const LINE: usize = 76;
