//! The parts of a packet, checked as the JSON decoder checks them.
//!
//! Must not know: what the values are.

use std::{borrow::Cow, ops::Range};

use bytes::Bytes;

use super::{
    json::to_json,
    plain::without_extensions,
    reader::{Head, Reader},
};
use crate::codec::{
    DecodeError, LastString, SocketType, Values,
    socket::{MAX_SAFE_INTEGER, RESERVED_EVENTS},
};

/// A packet that came in.
#[derive(Debug)]
pub(crate) struct MsgpackPacket {
    pub(crate) kind: SocketType,
    pub(crate) ack: Option<u64>,
    bytes: Bytes,
    namespace: Range<usize>,
    /// The values of an event or an answer.
    list: Option<List>,
    /// The payload of any other packet, as JSON.
    payload: Option<String>,
}

/// The array of an event or an answer.
#[derive(Debug, Clone)]
pub(crate) struct List {
    bytes: Bytes,
    /// The event's name; empty for an answer.
    name: Range<usize>,
    values: Range<usize>,
    count: usize,
    /// Where the last value begins; once that is cut off, the end.
    last: usize,
}

impl MsgpackPacket {
    pub(crate) fn decode(bytes: Bytes) -> Result<Self, DecodeError> {
        let parts = Parts::find(&bytes)?;
        let (mut list, mut payload) = (None, None);
        match (parts.kind, &parts.data) {
            (SocketType::Event | SocketType::Ack, Some(data)) => {
                list = Some(List::decode(parts.kind, plain(&bytes, data), data.range.start)?);
            }
            (SocketType::Connect | SocketType::ConnectError, Some(data)) => {
                payload = Some(to_json(&plain(&bytes, data))?);
            }
            (SocketType::Disconnect, Some(data)) => return Err(data.invalid("nothing")),
            (SocketType::Event | SocketType::Ack, None) => {
                let (at, expected) = (bytes.len(), "`data`");
                return Err(DecodeError::InvalidMsgpack { at, expected });
            }
            (_, None) => {}
        }
        let is_object = |payload: &String| payload.starts_with('{');
        let is_valid = match parts.kind {
            SocketType::Connect => payload.as_ref().is_none_or(is_object),
            SocketType::ConnectError => payload
                .as_ref()
                .is_none_or(|payload| is_object(payload) || payload.starts_with('"')),
            _ => true,
        };
        if let (false, Some(data)) = (is_valid, &parts.data) {
            return Err(data.invalid("an object"));
        }
        let Parts { kind, ack, namespace, .. } = parts;
        Ok(Self { kind, ack, bytes, namespace, list, payload })
    }

    pub(crate) fn namespace(&self) -> &str {
        // It was checked when it was found.
        std::str::from_utf8(&self.bytes[self.namespace.clone()]).unwrap_or_default()
    }

    /// The name, if it is an event.
    pub(crate) fn event(&self) -> Option<Cow<'_, str>> {
        self.list.as_ref().map(List::name)
    }

    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The payload of a CONNECT or a `CONNECT_ERROR`; empty if there is none.
    pub(crate) fn payload(&self) -> &str {
        self.payload.as_deref().unwrap_or_default()
    }

    /// The values of an event or of an answer.
    pub(crate) fn into_list(self) -> List {
        self.list.unwrap_or_else(List::empty)
    }
}

impl List {
    /// `at`: where the list stands in the packet, for errors.
    fn decode(kind: SocketType, bytes: Bytes, at: usize) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(&bytes);
        let Head::Array(count) = reader.head()? else {
            return Err(DecodeError::InvalidMsgpack { at, expected: "an array of values" });
        };
        let mut count = count as usize;
        let mut name = reader.at..reader.at;
        if kind == SocketType::Event {
            name = event_name(&mut reader, &mut count, at)?;
        }
        let (start, mut last) = (reader.at, reader.at);
        for _ in 0..count {
            last = reader.at;
            reader.skip()?;
        }
        let values = start..reader.at;
        Ok(Self { bytes, name, values, count, last })
    }

    fn empty() -> Self {
        Self { bytes: Bytes::new(), name: 0..0, values: 0..0, count: 0, last: 0 }
    }

    pub(crate) fn name(&self) -> Cow<'_, str> {
        let name = &self.bytes[self.name.clone()];
        match Reader::new(name).string() {
            Ok(Some(name)) => Cow::Borrowed(name),
            _ => Cow::Owned(to_json(name).unwrap_or_default()),
        }
    }

    pub(crate) fn values(&self) -> Values<'_> {
        let bytes = &self.bytes[self.values.clone()];
        Values::Msgpack { packet: &self.bytes, bytes, count: self.count }
    }

    /// The binary data in the values, in order.
    pub(crate) fn binaries(&self) -> Vec<Bytes> {
        let mut reader = Reader::new(&self.bytes[..self.values.end]);
        reader.at = self.values.start;
        let mut binaries = Vec::new();
        while let Ok(head) = reader.head() {
            let (Head::Str(length) | Head::Bin(length) | Head::Ext { length, .. }) = head else {
                continue;
            };
            let start = reader.at;
            if reader.take(length).is_err() {
                break;
            }
            if matches!(head, Head::Bin(_)) {
                binaries.push(self.bytes.slice(start..reader.at));
            }
        }
        binaries
    }

    pub(crate) fn last_string(&self) -> Option<LastString<'_>> {
        let last = self.bytes.get(self.last..self.values.end)?;
        let text = Reader::new(last).string().ok()??;
        Some(LastString::of(self.count, text))
    }

    pub(crate) fn cut_last_string(&mut self) {
        if self.last_string().is_some() {
            self.values.end = self.last;
            self.count = self.count.saturating_sub(1);
        }
    }

    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }
}

/// What the map says.
struct Parts {
    kind: SocketType,
    ack: Option<u64>,
    namespace: Range<usize>,
    data: Option<Data>,
}

struct Data {
    range: Range<usize>,
    has_extension: bool,
}

impl Data {
    fn invalid(&self, expected: &'static str) -> DecodeError {
        DecodeError::InvalidMsgpack { at: self.range.start, expected }
    }
}

impl Parts {
    fn find(bytes: &[u8]) -> Result<Self, DecodeError> {
        let invalid = |at, expected| DecodeError::InvalidMsgpack { at, expected };
        let mut reader = Reader::new(bytes);
        let Head::Map(entries) = reader.head()? else { return Err(invalid(0, "a map")) };
        let (mut kind, mut ack, mut namespace, mut data) = (None, None, None, None);
        for _ in 0..entries {
            let key = reader.string()?;
            if key.is_none() {
                reader.skip()?;
            }
            let at = reader.at;
            // What the reference has but leaves undefined.
            let is_absent = reader.is_undefined() || reader.clone().head()? == Head::Nil;
            match key.filter(|_| !is_absent) {
                Some("type") => kind = Some(socket_type(reader.head()?, at)?),
                Some("id") => ack = Some(ack_id(reader.head()?, at)?),
                Some("nsp") => {
                    let path = reader.string()?.ok_or(invalid(at, "a namespace"))?;
                    namespace = Some(reader.at - path.len()..reader.at);
                }
                Some("data") => {
                    let has_extension = reader.skip()?;
                    data = Some(Data { range: at..reader.at, has_extension });
                }
                // The reference client sends its `options` along.
                _ => drop(reader.skip()?),
            }
        }
        if !reader.is_at_end() {
            return Err(invalid(reader.at, "the end of the packet"));
        }
        let kind = kind.ok_or(invalid(reader.at, "`type`"))?;
        let namespace = namespace.ok_or(invalid(reader.at, "`nsp`"))?;
        Ok(Self { kind, ack, namespace, data })
    }
}

/// The payload without the reference's extension types.
fn plain(bytes: &Bytes, data: &Data) -> Bytes {
    let payload = bytes.slice(data.range.clone());
    if data.has_extension { without_extensions(&payload).unwrap_or(payload) } else { payload }
}

/// A string, or a number, which the protocol lets through.
fn event_name(
    reader: &mut Reader<'_>,
    count: &mut usize,
    at: usize,
) -> Result<Range<usize>, DecodeError> {
    let invalid = |expected| DecodeError::InvalidMsgpack { at, expected };
    *count = count.checked_sub(1).ok_or(invalid("the event's name"))?;
    let start = reader.at;
    match reader.string()? {
        Some(name) if RESERVED_EVENTS.contains(&name) => {
            return Err(invalid("a name that is not reserved"));
        }
        Some(_) => {}
        None => match reader.head()? {
            Head::Unsigned(_) | Head::Signed(_) | Head::Float(_) => {}
            _ => return Err(invalid("the event's name")),
        },
    }
    Ok(start..reader.at)
}

fn socket_type(head: Head, at: usize) -> Result<SocketType, DecodeError> {
    Ok(match head {
        Head::Unsigned(0) => SocketType::Connect,
        Head::Unsigned(1) => SocketType::Disconnect,
        Head::Unsigned(2) => SocketType::Event,
        Head::Unsigned(3) => SocketType::Ack,
        Head::Unsigned(4) => SocketType::ConnectError,
        _ => return Err(DecodeError::InvalidMsgpack { at, expected: "a packet type" }),
    })
}

fn ack_id(head: Head, at: usize) -> Result<u64, DecodeError> {
    match head {
        Head::Unsigned(id) if id <= MAX_SAFE_INTEGER => Ok(id),
        Head::Unsigned(_) | Head::Signed(_) => Err(DecodeError::AckIdOutOfRange { at }),
        _ => Err(DecodeError::InvalidMsgpack { at, expected: "an ack id" }),
    }
}
