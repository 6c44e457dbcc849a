//! What a Socket.IO packet is, written down as plainly as can be, to compare the decoder with.
//!
//! Must not know: the decoder.
//!
//! The rules are those of `socket.io-parser` (`lib/index.ts`, `Decoder.decodeString`), in its
//! order, with the differences that this project has chosen (`codec/mod.rs` of the runtime): numbers
//! are ASCII digits alone, ids end where JavaScript's numbers do, an event and an ack are never
//! without their array. What stands in the JSON is [`js_accepts`]' business.

use serde_json::Value;

/// The parts of a packet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts<'p> {
    /// With a binary one counted as what it is a form of.
    pub(crate) kind: u8,
    pub(crate) attachments: usize,
    pub(crate) namespace: &'p str,
    pub(crate) ack: Option<u64>,
    pub(crate) json: &'p str,
}

/// Splits a packet, without Engine.IO's digit; `None` if no header can be found in it.
pub(crate) fn split(packet: &str, max_attachments: usize) -> Option<Parts<'_>> {
    let digit = packet.chars().next().filter(|first| ('0'..='6').contains(first))?;
    let mut rest = &packet[1..];

    let mut attachments = 0;
    if matches!(digit, '5' | '6') {
        let (count, behind) = rest.split_once('-')?;
        if count.is_empty() || !count.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        // What is too large for a number is too many.
        attachments = count.parse().ok().filter(|count| (1..=max_attachments).contains(count))?;
        rest = behind;
    }

    let mut namespace = "/";
    if rest.starts_with('/') {
        (namespace, rest) = rest.split_once(',').unwrap_or((rest, ""));
    }

    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (id, json) = rest.split_at(digits);
    let ack = match id {
        "" => None,
        id => Some(id.parse().ok().filter(|id| *id <= MAX_SAFE_INTEGER)?),
    };
    let kind = match digit {
        '5' => 2,
        '6' => 3,
        digit => digit as u8 - b'0',
    };
    Some(Parts { kind, attachments, namespace, ack, json })
}

/// Whether the decoder has to take it, of all that may follow a header: it looks no further than
/// it has to.
pub(crate) fn begins_well(kind: u8, json: &str) -> bool {
    match kind {
        0 => json.is_empty() || json.starts_with('{'),
        1 => json.is_empty(),
        2 => json.strip_prefix('[').is_some_and(begins_with_a_name),
        3 => json.starts_with('['),
        _ => json.is_empty() || json.starts_with(['{', '"']),
    }
}

/// A string with an end, or what looks like a number.
fn begins_with_a_name(list: &str) -> bool {
    let list = list.trim_start_matches([' ', '\t', '\n', '\r']);
    let Some(string) = list.strip_prefix('"') else {
        return list.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    };
    let mut is_escaped = false;
    let end = string.char_indices().find(|(_, c)| {
        let is_end = *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        is_end
    });
    end.is_some_and(|(end, _)| !RESERVED.contains(&&string[..end]))
}

/// Whether `socket.io-parser` takes what follows the header; `None` where `serde_json` cannot tell,
/// because it refuses what JavaScript reads: lone surrogates, deep nesting, numbers without end.
pub(crate) fn js_accepts(kind: u8, json: &str) -> Option<bool> {
    if json.is_empty() {
        return Some(true);
    }
    let value: Value = serde_json::from_str(json).ok()?;
    Some(match (kind, &value) {
        (0, Value::Object(_)) | (3, Value::Array(_)) | (4, Value::Object(_) | Value::String(_)) => {
            true
        }
        (2, Value::Array(list)) => match list.first() {
            Some(Value::String(name)) => !RESERVED.contains(&name.as_str()),
            Some(Value::Number(_)) => true,
            _ => false,
        },
        _ => false,
    })
}

/// 2⁵³ − 1.
const MAX_SAFE_INTEGER: u64 = 9_007_199_254_740_991;

const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];
