//! An event as it is declared in Rust.
//!
//! Must not know: other languages.

use super::words;
use crate::catalogue::model::{Ack, ArgumentKind, Event, Offline};

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
