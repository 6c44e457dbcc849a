//! What a schema says of delivery and answers, in sentences.
//!
//! Must not know: types.

use super::Entry;
use crate::{
    catalogue::model::{Ack, Catalogue, Contact, Delivery, License, Offline},
    limits::DEFAULT_ACK_TIMEOUT,
};

/// Something to know of the service, with where it leads.
pub(crate) struct Reference<'a> {
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
    /// A URL that can be followed, if it is one.
    pub(crate) url: Option<String>,
}

/// Where the service runs, whom to ask, and under which terms.
pub(crate) fn references(catalogue: &Catalogue) -> Vec<Reference<'_>> {
    let servers = catalogue.servers.iter().map(|server| Reference {
        name: &server.name,
        text: &server.url,
        url: None,
    });
    let contact = catalogue.contact.iter().map(|contact| {
        let Contact { name, address, .. } = contact;
        let url = if contact.is_email() { format!("mailto:{address}") } else { address.clone() };
        Reference { name: "Contact", text: name, url: Some(url) }
    });
    let license = catalogue.license.iter().map(|License { name, url, .. }| Reference {
        name: "License",
        text: name,
        url: Some(url.clone()),
    });
    let mut references: Vec<_> = servers.chain(contact).chain(license).collect();
    for reference in &mut references {
        reference.url = reference.url.take().filter(|url| super::docs::is_web(url));
    }
    references
}

/// A fact about delivery.
pub(crate) struct Fact {
    pub(crate) name: &'static str,
    pub(crate) text: String,
}

/// The facts of an event, most events having few.
pub(crate) fn facts(entry: &Entry<'_>) -> Vec<Fact> {
    let Delivery { volatile, timeout_ms, offline, time_to_live_ms, retries, idempotency_key } =
        entry.event.delivery;
    let mut facts = Vec::new();
    let mut add = |name, text: String| facts.push(Fact { name, text });
    if volatile {
        add("Volatile", "Dropped when it cannot be sent at once; it may be lost.".into());
    }
    match offline {
        Some(Offline::Buffer) => add("Offline", "Waits for the connection.".into()),
        Some(Offline::Drop) => add("Offline", "Dropped without a word.".into()),
        Some(Offline::Reject) => add("Offline", "The emit fails at once.".into()),
        None => {}
    }
    if let Some(millis) = time_to_live_ms {
        add("Time to live", format!("Waits for the connection for at most {}.", time(millis)));
    }
    if entry.event.ack.is_some() {
        add(
            "Timeout",
            match timeout_ms {
                Some(millis) => format!("The answer is awaited for {}.", time(millis)),
                None => "The caller's own; the schema names none.".into(),
            },
        );
    }
    if let Some(retries) = retries {
        add("Retries", format!("Sent again up to {}, until an answer comes.", times(retries)));
    }
    if idempotency_key {
        add(
            "Idempotency key",
            "One more argument follows, a string: the same over all tries of one emit, and no \
             other emit's."
                .into(),
        );
    }
    facts
}

/// How an event is answered, step by step; empty if it is not.
pub(crate) fn steps(entry: &Entry<'_>) -> Vec<String> {
    let Some(ack) = &entry.event.ack else { return Vec::new() };
    let (sender, receiver) = (entry.sender.name(), entry.sender.receiver().name());
    let arguments = match entry.event.arguments.len() {
        0 => String::new(),
        1 => "its argument and ".to_owned(),
        count => format!("its {count} arguments and "),
    };
    let answer = match ack {
        Ack::Values(values) => match values.len() {
            0 => "without a value, to say that it has come".to_owned(),
            1 => "with one value".to_owned(),
            count => format!("with {count} values"),
        },
        Ack::ErrorFirst { .. } => {
            "as Node.js callbacks are called: with `null` and the value, or with the error alone"
                .to_owned()
        }
    };
    let timeout = match entry.event.delivery.timeout_ms {
        Some(millis) => format!("within {}", time(millis)),
        None => format!(
            "within the {sender}'s timeout ({} in the Rust client, unless set otherwise)",
            time(u64::try_from(DEFAULT_ACK_TIMEOUT.as_millis()).unwrap_or(u64::MAX))
        ),
    };
    let failure = match entry.event.delivery.retries {
        Some(retries) => {
            format!("it is sent again, up to {}; then the emit fails", times(retries))
        }
        None => "the emit fails; a later answer is ignored".to_owned(),
    };
    vec![
        format!("The {sender} sends the event with {arguments}an id that it chose."),
        format!("The {receiver} answers once, by that id, {answer}."),
        format!("If no answer comes {timeout}, {failure}."),
    ]
}

/// As the attributes of the macros take it.
pub(super) fn attribute_time(millis: u64) -> String {
    match millis {
        _ if millis == 0 || millis % 1000 != 0 => format!("{millis}ms"),
        _ if millis % 60_000 == 0 => format!("{}m", millis / 60_000),
        _ => format!("{}s", millis / 1000),
    }
}

fn time(millis: u64) -> String {
    let (minutes, seconds, rest) = (millis / 60_000, millis / 1000 % 60, millis % 1000);
    let unit = |count: u64, name| match count {
        1 => format!("1 {name}"),
        count => format!("{count} {name}s"),
    };
    match (minutes, seconds, rest) {
        (0, 0, _) => format!("{millis} ms"),
        (0, _, 0) => unit(seconds, "second"),
        (_, 0, 0) => unit(minutes, "minute"),
        (_, _, 0) => format!("{} {}", unit(minutes, "minute"), unit(seconds, "second")),
        _ => format!("{millis} ms"),
    }
}

fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}
