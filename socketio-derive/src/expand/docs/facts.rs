//! What is true of an event, in words.
//!
//! Must not know: the items it is said of.

use std::time::Duration;

use syn::{Generics, Type, ext::IdentExt as _};

use super::{
    super::names::Names,
    json,
    markdown::{self, Page, code, head, row},
};
use crate::{
    model::{Argument, Codec, Direction, Event, Kind, Schema},
    parse::{DocText, Json, OfflinePolicy},
};

/// `` `said`, which the server sends to the client ``
pub(super) fn sent(schema: &Schema, event: &Event) -> String {
    let (from, to) = ends(schema.direction);
    format!("{}, which {from} sends to {to}", code(&event.name))
}

/// Who sends, and who receives.
pub(super) fn ends(direction: Direction) -> (&'static str, &'static str) {
    match direction {
        Direction::ServerToClient => ("the server", "the client"),
        Direction::ClientToServer => ("the client", "the server"),
    }
}

/// What an event with ack is answered with: `` with `String` or the error `u32` ``
pub(super) fn answer(event: &Event) -> Option<String> {
    let ack = event.ack.as_ref()?;
    let ty = |ty: &Type| markdown::owned(ty, &event.generics);
    let values: Vec<String> = ack.values().into_iter().map(ty).collect();
    Some(match (ack.codec, &*values) {
        (Codec::ErrorFirst, [value, error]) => format!("with {value} or the error {error}"),
        (_, []) => "without a value".to_owned(),
        (_, [first @ .., last]) if !first.is_empty() => {
            format!("with {} and {last}", first.join(", "))
        }
        (_, values) => format!("with {}", values.join(", ")),
    })
}

/// How the answer comes about.
pub(super) fn returned(event: &Event, by: &str) -> String {
    let has_value = event.ack.as_ref().is_some_and(|ack| !ack.texts.is_empty());
    if has_value { format!(", which {by} returns") } else { format!(" when {by} returns") }
}

/// The arguments, each with its type and the user's words. `ty` says the type: as written where
/// the event is emitted, owned where it is received.
pub(super) fn arguments(event: &Event, ty: fn(&Type, &Generics) -> String, page: &mut Page) {
    let rows = event.arguments.iter();
    let rows = rows.map(|argument| argument_row(argument, ty(&argument.written, &event.generics)));
    let rows: Vec<[String; 3]> = rows.collect();
    if rows.is_empty() {
        return;
    }
    let has_words = rows.iter().any(|row| !row[2].is_empty());
    let (mut table, columns) = if has_words {
        (head(["Argument", "Type", "Meaning"]), 3)
    } else {
        (head(["Argument", "Type"]), 2)
    };
    for cells in rows {
        table.extend(["\n", &row(&cells[..columns])]);
    }
    page.paragraph(&table);
}

fn argument_row(argument: &Argument, ty: String) -> [String; 3] {
    let kind = match argument.kind {
        Kind::Required => "",
        Kind::Optional => "Optional. ",
        Kind::Rest => "All further arguments. ",
    };
    let name = argument.ident.unraw().to_string();
    let meaning = format!("{kind}{}", summary(&argument.doc_text));
    [code(&name), ty, meaning.trim_end().to_owned()]
}

/// The first paragraph of the user's words.
pub(super) fn summary(docs: &[DocText]) -> String {
    let mut text = String::new();
    for part in docs {
        // What a macro expands to is not known here.
        let DocText::Literal(part) = part else { break };
        // A block comment may have stars in its margin.
        let margin: &[char] = if part.contains('\n') { &[' ', '*'] } else { &[' '] };
        for line in part.split('\n') {
            text.push_str(line.trim_start_matches(margin));
            text.push('\n');
        }
    }
    let lines = text.lines().map(str::trim).skip_while(|line| line.is_empty());
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// How long the answer to an emit is awaited.
pub(super) fn patience(event: &Event, names: &Names) -> Option<String> {
    let own = event.timeout.map(|timeout| {
        format!("The answer is awaited for {}, unless the call says otherwise.", time(timeout))
    });
    let default = || {
        format!(
            "The answer is awaited for {} ({}), unless the client, the socket or the call says \
             otherwise.",
            time(DEFAULT_ACK_TIMEOUT),
            link("limits::DEFAULT_ACK_TIMEOUT", names)
        )
    };
    event.ack.as_ref().map(|_| own.unwrap_or_else(default))
}

/// A name of the runtime's, linked.
pub(super) fn link(path: &str, names: &Names) -> String {
    let runtime = names.runtime.to_string().replace(' ', "");
    let name = code(path.rsplit("::").next().unwrap_or(path));
    // `$crate` means something to the compiler only.
    if runtime.starts_with('$') {
        return name;
    }
    format!("[{name}]({}::{path})", runtime.trim_start_matches("::"))
}

/// When the receiver of an event has to have answered.
pub(super) fn deadline(event: &Event) -> String {
    event
        .timeout
        .map_or_else(String::new, |timeout| format!("The answer is awaited for {}.", time(timeout)))
}

/// What the schema says about the delivery.
pub(super) fn delivery(event: &Event) -> Vec<String> {
    let mut facts = Vec::new();
    let mut say = |fact: &str| facts.push(fact.to_owned());
    if event.is_volatile {
        say("Volatile: dropped when it cannot be sent at once.");
    }
    match event.retries {
        Some(0) => say("It is not sent again by itself."),
        Some(1) => say("Without an answer it is sent once more."),
        Some(count) => say(&format!("Without an answer it is sent again, up to {count} times.")),
        None => {}
    }
    if event.has_idempotency_key {
        say("A key follows the arguments: a string that is the same each time this emit is sent, \
             for the server to know a repetition.");
    }
    match event.offline {
        Some(OfflinePolicy::Buffer) => say("While the socket is offline it waits."),
        Some(OfflinePolicy::Drop) => say("While the socket is offline it is dropped."),
        Some(OfflinePolicy::Reject) => say("While the socket is offline it is refused."),
        None => {}
    }
    if let Some(limit) = event.time_to_live {
        say(&format!("It waits for the connection for at most {}.", time(limit)));
    }
    facts
}

/// The example as it stands in the packets.
pub(super) fn wire(event: &Event, page: &mut Page) {
    let packet = event.example.as_ref().map(|example| {
        let mut values = vec![Json::String(event.name.clone())];
        values.extend(example.values.iter().cloned());
        json::pretty(&Json::Array(values))
    });
    let answer = event.ack_example.as_ref();
    let answer = answer.map(|example| json::pretty(&Json::Array(example.values.clone())));
    if packet.is_none() && answer.is_none() {
        return;
    }
    page.paragraph("# On the wire");
    let show = |page: &mut Page, packet: &str| {
        page.fence("json", packet);
        if packet.contains("\"_placeholder\"") {
            page.paragraph("Binary data follows, in the order of the placeholders.");
        }
    };
    if let Some(packet) = packet {
        show(page, &packet);
    }
    if let Some(answer) = answer {
        page.paragraph("The answer:");
        show(page, &answer);
    }
}

/// `250 ms`, `5 s`, `2 min`
fn time(time: Duration) -> String {
    let millis = time.as_millis();
    match (millis % 1000, millis % 60_000) {
        (0, 0) if millis > 60_000 => format!("{} min", millis / 60_000),
        (0, _) => format!("{} s", millis / 1000),
        _ => format!("{millis} ms"),
    }
}

/// The runtime's, which this crate cannot ask for it.
const DEFAULT_ACK_TIMEOUT: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{DEFAULT_ACK_TIMEOUT, time};

    #[test]
    fn the_default_timeout_is_the_runtimes() {
        assert_eq!(DEFAULT_ACK_TIMEOUT, socketio_runtime::limits::DEFAULT_ACK_TIMEOUT);
    }

    #[test]
    fn times_are_in_the_unit_that_fits() {
        let times = [(250, "250 ms"), (1500, "1500 ms"), (60_000, "60 s"), (300_000, "5 min")];
        for (millis, text) in times {
            assert_eq!(time(Duration::from_millis(millis)), text);
        }
    }
}
