//! Typed values, written and read again.

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Unstructured};
use serde::{Deserialize, Serialize};
use socketio_runtime::{
    Bytes, Parser, Untyped,
    error::EmitError,
    unstable::{Messages, Reader, Received, writer},
};

use crate::bounded::in_proportion;

#[derive(Debug, Arbitrary)]
struct Sent {
    namespace: Option<String>,
    ack: Option<u32>,
    is_answer: bool,
    event: String,
    first: Value,
    second: Option<Value>,
    third: Vec<Value>,
}

#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
struct Value {
    text: String,
    letter: char,
    flag: bool,
    small: i8,
    large: u64,
    negative: i64,
    #[arbitrary(with = finite)]
    ratio: f64,
    nothing: (),
    maybe: Option<Box<Value>>,
    table: BTreeMap<String, Vec<u16>>,
    #[arbitrary(with = binary)]
    file: Bytes,
    choice: Choice,
    loose: Loose,
    #[serde(flatten)]
    more: More,
}

#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
enum Choice {
    Unit,
    New(String),
    Tuple(u8, Option<bool>),
    Struct {
        #[arbitrary(with = binary)]
        file: Bytes,
    },
}

/// What serde has to buffer before it knows what it is.
#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
#[serde(untagged)]
enum Loose {
    File {
        #[arbitrary(with = binary)]
        file: Bytes,
    },
    Number(u32),
    Text(String),
}

#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
struct More {
    more_text: String,
    #[arbitrary(with = binary)]
    more_file: Bytes,
}

fn binary(u: &mut Unstructured<'_>) -> arbitrary::Result<Bytes> {
    Vec::arbitrary(u).map(Bytes::from)
}

/// JSON has no other.
fn finite(u: &mut Unstructured<'_>) -> arbitrary::Result<f64> {
    let ratio = f64::arbitrary(u)?;
    Ok(if ratio.is_finite() { ratio } else { 0.0 })
}

/// What is written in JSON with attachments is read as it was.
pub fn round_trip_json(data: &[u8]) {
    round_trip(Parser::Json, data);
}

/// What is written in msgpack is read as it was.
pub fn round_trip_msgpack(data: &[u8]) {
    round_trip(Parser::Msgpack, data);
}

fn round_trip(parser: Parser, data: &[u8]) {
    let Ok(mut sent) = Sent::arbitrary_take_rest(Unstructured::new(data)) else { return };
    sent.third.truncate(2);
    in_proportion(data.len(), || send(parser, &sent));
}

fn send(parser: Parser, sent: &Sent) {
    let Sent { namespace, ack, is_answer, event, first, second, third } = sent;
    // A path has no comma: the builder refuses it.
    let namespace = namespace.as_ref().map(|path| format!("/{}", path.replace(',', "")));
    let namespace = namespace.as_deref().unwrap_or("/");
    let values = (first, second, third);
    let id = u64::from(ack.unwrap_or(0));
    let written = if *is_answer {
        writer::answer(parser, namespace, id, &values)
    } else {
        writer::event(parser, namespace, ack.map(u64::from), event, &values)
    };
    let messages = match written {
        Ok(messages) => messages,
        Err(EmitError::TooManyAttachments { count, .. }) => {
            assert!(parser == Parser::Json && count > MAX_ATTACHMENTS, "{count} attachments");
            return;
        }
        Err(EmitError::ReservedKey { .. }) => {
            assert_eq!(parser, Parser::Json);
            let has_key = [Some(first), second.as_ref()].into_iter().flatten().chain(third);
            let has_key = has_key.into_iter().any(has_reserved_key);
            assert!(has_key, "no key is a placeholder's");
            return;
        }
        Err(error) => panic!("it can be written: {error}"),
    };
    let is_reserved = !is_answer && RESERVED.contains(&event.as_str());
    let Some(received) = receive(parser, messages, is_reserved) else { return };
    assert_eq!(received.kind(), if *is_answer { 3 } else { 2 });
    assert_eq!(received.namespace(), namespace);
    let expected = if *is_answer { Some(id) } else { ack.map(u64::from) };
    assert_eq!(received.ack(), expected);
    let read = if *is_answer {
        received.into_answer().expect("an answer").decode()
    } else {
        let received = received.into_event::<Untyped>().expect("an event");
        assert_eq!(received.name(), event);
        received.decode()
    };
    let read: (Value, Option<Value>, Vec<Value>) = read.expect("what is written can be read");
    assert_eq!((&read.0, &read.1, &read.2), values);
}

/// The emit methods refuse reserved names before anything is written.
fn receive(parser: Parser, messages: Messages, is_reserved: bool) -> Option<Received> {
    let mut reader = Reader::new(parser, MAX_ATTACHMENTS);
    let mut received = None;
    if !messages.text.is_empty() {
        match reader.text(&messages.text) {
            Err(_) if is_reserved => return None,
            read => received = read.expect("what is written can be read"),
        }
    }
    for attachment in messages.attachments {
        assert!(received.is_none(), "more attachments than were announced");
        match reader.binary(attachment) {
            Err(_) if is_reserved => return None,
            read => received = read.expect("what is written can be read"),
        }
    }
    assert!(!is_reserved, "a reserved name is read");
    assert_eq!(reader.abandon(), None);
    Some(received.expect("the packet is complete"))
}

fn has_reserved_key(value: &Value) -> bool {
    let maybe = value.maybe.as_deref();
    value.table.contains_key("_placeholder") || maybe.is_some_and(has_reserved_key)
}

const MAX_ATTACHMENTS: usize = 10;

const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];
