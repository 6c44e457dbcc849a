//! Socket.IO v5 packets: `type [attachments "-"] [namespace ","] [ack id] [JSON]`.
//!
//! Must not know: Engine.IO, beyond the one digit before a packet; what the JSON says.

use std::{collections::BTreeMap, fmt};

use serde_json::value::RawValue;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{AnswerPacket, DecodeError, EventPacket, members::find_members, packet::JsonEvent};

/// The type of a Socket.IO packet (Socket.IO protocol 5, "Packet encoding"); a binary event is an
/// event with attachments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SocketType {
    Connect,
    Disconnect,
    Event,
    Ack,
    ConnectError,
}

/// What a packet's text says before its payload. The offsets are bytes of the Engine.IO packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) kind: SocketType,
    pub(crate) attachments: usize,
    pub(crate) ack: Option<u64>,
    namespace: (usize, usize),
    /// For an event, the name's JSON; for an ack, the place behind the bracket.
    payload: (usize, usize),
    /// Of an event: whether its name stands in the text as it is.
    is_name_plain: bool,
}

/// Finds the parts of a packet. `text` is a whole Engine.IO message, its type digit included.
#[inline]
pub(crate) fn decode_socket(text: &str, max_attachments: usize) -> Result<Header, DecodeError> {
    let mut cursor = Cursor { text, at: 1 };
    let (kind, is_binary) = match cursor.next().ok_or(DecodeError::Empty)? {
        b'0' => (SocketType::Connect, false),
        b'1' => (SocketType::Disconnect, false),
        b'2' => (SocketType::Event, false),
        b'3' => (SocketType::Ack, false),
        b'4' => (SocketType::ConnectError, false),
        b'5' => (SocketType::Event, true),
        b'6' => (SocketType::Ack, true),
        _ => {
            let other = text[1..].chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
            return Err(DecodeError::UnknownSocketType(other));
        }
    };
    let attachments = if is_binary { cursor.attachments(max_attachments)? } else { 0 };
    let namespace = cursor.namespace();
    let ack = cursor.ack()?;
    let mut is_name_plain = false;
    let payload = match kind {
        SocketType::Event => {
            let name = cursor.event()?;
            is_name_plain = name.is_plain;
            name.json
        }
        SocketType::Ack => cursor.expect(b'[', "an array of values")?,
        _ if cursor.is_at_end() => (cursor.at, text.len()),
        SocketType::Connect => {
            cursor.expect(b'{', "an object")?;
            (cursor.at - 1, text.len())
        }
        SocketType::ConnectError => match cursor.peek() {
            Some(b'{' | b'"') => (cursor.at, text.len()),
            _ => return Err(cursor.invalid("an object or a string")),
        },
        SocketType::Disconnect => return Err(cursor.invalid("nothing")),
    };
    Ok(Header { kind, attachments, ack, namespace, payload, is_name_plain })
}

impl Header {
    pub(crate) fn namespace<'t>(&self, text: &'t str) -> &'t str {
        let (start, end) = self.namespace;
        if start == end { "/" } else { &text[start..end] }
    }

    /// The payload of a CONNECT or a `CONNECT_ERROR`; empty if there is none.
    pub(crate) fn payload<'t>(&self, text: &'t str) -> &'t str {
        &text[self.payload.0..self.payload.1]
    }

    /// The JSON array of an event, its name included, or of an ack.
    #[cfg(feature = "validation")]
    pub(crate) fn array<'t>(&self, text: &'t str) -> &'t str {
        let start = text[..self.payload.0].rfind('[').unwrap_or(self.payload.0);
        &text[start..]
    }

    pub(crate) fn into_event(self, text: Utf8Bytes, attachments: Vec<bytes::Bytes>) -> EventPacket {
        let (name_start, name_end) = self.payload;
        let values_end = text.len();
        let is_name_plain = self.is_name_plain;
        EventPacket::json(JsonEvent {
            text,
            name_start,
            name_end,
            is_name_plain,
            values_end,
            attachments,
        })
    }

    pub(crate) fn into_answer(
        self,
        text: Utf8Bytes,
        attachments: Vec<bytes::Bytes>,
    ) -> AnswerPacket {
        AnswerPacket::json(text, self.payload.1, attachments)
    }
}

/// Whether Socket.IO keeps this event name for itself.
pub(crate) fn is_reserved(event: &str) -> bool {
    RESERVED_EVENTS.contains(&event)
}

/// The payload of a CONNECT from the server.
pub(crate) struct ConnectReply {
    /// Servers before Socket.IO 3 send none.
    pub(crate) sid: Option<String>,
    /// The secret by which a lost session can be restored, from servers that do so.
    pub(crate) pid: Option<String>,
}

impl ConnectReply {
    pub(crate) fn decode(header: &Header, text: &str) -> Result<Self, DecodeError> {
        let invalid = DecodeError::InvalidPayload { at: header.payload.0, expected: "an object" };
        Self::from_json(header.payload(text)).ok_or(invalid)
    }

    /// `payload`: an object, or nothing.
    pub(super) fn from_json(payload: &str) -> Option<Self> {
        if payload.is_empty() {
            return Some(Self { sid: None, pid: None });
        }
        let text = |member: Option<&RawValue>| {
            let text = serde_json::from_str::<String>(member?.get()).ok()?;
            (!text.is_empty()).then_some(text)
        };
        let [sid, pid] = find_members(payload, ["sid", "pid"])?;
        Some(Self { sid: text(sid), pid: text(pid) })
    }
}

impl fmt::Debug for ConnectReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectReply").finish_non_exhaustive()
    }
}

/// The message and the data of a `CONNECT_ERROR`: an object with both, or a string from servers
/// before Socket.IO 3.
pub(crate) fn decode_refusal(payload: &str) -> (String, Option<Box<RawValue>>) {
    if let Ok(message) = serde_json::from_str(payload) {
        return (message, None);
    }
    let [message, data] = find_members(payload, ["message", "data"]).unwrap_or_default();
    let message = message.and_then(|text| serde_json::from_str(text.get()).ok());
    let message = message.unwrap_or_else(|| "no reason given".to_owned());
    (message, data.map(ToOwned::to_owned))
}

/// The members of a JSON object, as text; `None` if it is not one.
fn members(object: &str) -> Option<BTreeMap<String, Box<RawValue>>> {
    serde_json::from_str(object).ok()
}

/// A CONNECT packet; `auth` is a JSON object.
pub(crate) fn encode_connect(namespace: &str, auth: Option<&str>) -> String {
    format!("40{}{}", prefix(namespace), auth.unwrap_or_default())
}

/// A JSON object with more members in front of its own, but for those whose keys it has. Text that
/// is no object stays as it is.
pub(crate) fn add_members<'m>(
    object: &str,
    added: impl IntoIterator<Item = (&'m str, &'m str)>,
) -> String {
    let (Some(own), Some(rest)) = (members(object), object.trim_ascii_start().strip_prefix('{'))
    else {
        return object.to_owned();
    };
    let added = added.into_iter().filter(|(key, _)| !own.contains_key(*key));
    // `Value` writes a string with its escapes.
    let added = added.map(|(key, value)| format!("\"{key}\":{}", serde_json::Value::from(value)));
    let added: Vec<_> = added.collect();
    let separator = if added.is_empty() || own.is_empty() { "" } else { "," };
    format!("{{{}{separator}{rest}", added.join(","))
}

pub(crate) fn encode_disconnect(namespace: &str) -> String {
    format!("41{}", prefix(namespace))
}

/// The namespace as it stands in a packet: with a comma, or not at all.
pub(crate) fn prefix(namespace: &str) -> String {
    if namespace == "/" { String::new() } else { format!("{namespace},") }
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

/// An event's name in its packet.
struct Name {
    json: (usize, usize),
    /// Whether it is a string without escapes.
    is_plain: bool,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    fn invalid(&self, expected: &'static str) -> DecodeError {
        DecodeError::InvalidPayload { at: self.at, expected }
    }

    /// Digits as a number; `None` where there are none, an error past `u64`.
    fn number(&mut self) -> Result<Option<u64>, ()> {
        let start = self.at;
        let mut number = 0_u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let digit = u64::from(digit - b'0');
            number = number.checked_mul(10).and_then(|n| n.checked_add(digit)).ok_or(())?;
            self.at += 1;
        }
        Ok((self.at > start).then_some(number))
    }

    fn attachments(&mut self, limit: usize) -> Result<usize, DecodeError> {
        let count =
            self.number().unwrap_or(Some(u64::MAX)).ok_or(DecodeError::IllegalAttachments)?;
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count > limit {
            return Err(DecodeError::TooManyAttachments { count, limit });
        }
        if count == 0 || self.next() != Some(b'-') {
            return Err(DecodeError::IllegalAttachments);
        }
        Ok(count)
    }

    /// Up to a comma, or to the end.
    fn namespace(&mut self) -> (usize, usize) {
        let start = self.at;
        if self.peek() != Some(b'/') {
            return (start, start);
        }
        let end = memchr::memchr(b',', &self.text.as_bytes()[start..])
            .map_or(self.text.len(), |length| start + length);
        self.at = (end + 1).min(self.text.len());
        (start, end)
    }

    fn ack(&mut self) -> Result<Option<u64>, DecodeError> {
        let at = self.at;
        match self.number() {
            Ok(Some(id)) if id > MAX_SAFE_INTEGER => Err(DecodeError::AckIdOutOfRange { at }),
            Ok(id) => Ok(id),
            Err(()) => Err(DecodeError::AckIdOutOfRange { at }),
        }
    }

    fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(usize, usize), DecodeError> {
        if self.peek() != Some(byte) {
            return Err(self.invalid(expected));
        }
        self.at += 1;
        Ok((self.at, self.at))
    }

    /// The JSON of an event's name: a string, or a number, which the protocol lets through.
    fn event(&mut self) -> Result<Name, DecodeError> {
        self.expect(b'[', "an array that begins with the event's name")?;
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
        let start = self.at;
        let is_plain = match self.next() {
            Some(b'"') => self.rest_of_string(start)?,
            Some(b'-' | b'0'..=b'9') => {
                while let Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-') = self.peek() {
                    self.at += 1;
                }
                false
            }
            _ => {
                self.at = start;
                return Err(self.invalid("the event's name"));
            }
        };
        if is_plain && is_reserved(&self.text[start + 1..self.at - 1]) {
            self.at = start;
            return Err(self.invalid("a name that is not reserved"));
        }
        Ok(Name { json: (start, self.at), is_plain })
    }

    /// Whether it has no escapes.
    fn rest_of_string(&mut self, start: usize) -> Result<bool, DecodeError> {
        let mut is_plain = true;
        loop {
            let rest = &self.text.as_bytes()[self.at.min(self.text.len())..];
            let Some(length) = memchr::memchr2(b'"', b'\\', rest) else {
                self.at = start;
                return Err(self.invalid("the event's name"));
            };
            self.at += length + 1;
            if rest[length] == b'"' {
                return Ok(is_plain);
            }
            // Whatever is escaped.
            self.at += 1;
            is_plain = false;
        }
    }
}

/// 2⁵³ − 1: JavaScript peers count no further.
pub(super) const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Names that neither side may send (`socket.io-parser/lib/index.ts`, `RESERVED_EVENTS`).
pub(super) const RESERVED_EVENTS: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];
