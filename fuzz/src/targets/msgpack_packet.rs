//! One packet of `socket.io-msgpack-parser`.

use rmpv::Value as Msgpack;
use serde_json::Value;
use socketio_runtime::{
    Parser, Untyped,
    unstable::{Reader, Received, writer},
};

use super::assert_short;
use crate::bounded::in_proportion;

/// A packet is taken where another reader of msgpack finds one, and says the same; what was read of
/// it is written, and read again, as the same.
pub fn msgpack_packet(data: &[u8]) {
    in_proportion(data.len(), || {
        let mut reader = Reader::new(Parser::Msgpack, 0);
        let received = reader.binary(data.to_vec().into());
        let mut rest = data;
        let other = rmpv::decode::read_value_with_max_depth(&mut rest, 150)
            .ok()
            .filter(|_| rest.is_empty());
        match (received, other.as_ref().map(Parts::find)) {
            (Ok(received), Some(found)) => {
                let received = received.expect("it is one message");
                if let Found::Packet(parts) = &found {
                    assert_eq!(u64::from(received.kind()), parts.kind);
                    assert_eq!(received.namespace(), parts.namespace);
                    assert_eq!(received.ack(), parts.ack);
                }
                assert!(!matches!(found, Found::Nothing), "taken: {other:?}");
                read(received);
            }
            // The other reader stops at a depth of its own, and at text that is not UTF-8.
            (Ok(received), None) => read(received.expect("it is one message")),
            (Err(error), Some(Found::Packet(_))) => panic!("refused: {error}: {other:?}"),
            (Err(error), _) => assert_short(&error),
        }
    });
}

/// What another reader finds.
enum Found<'m> {
    Packet(Parts<'m>),
    /// Something is said twice, or in a way that is only the reference's.
    Unclear,
    Nothing,
}

struct Parts<'m> {
    kind: u64,
    namespace: &'m str,
    ack: Option<u64>,
}

impl<'m> Parts<'m> {
    fn find(message: &'m Msgpack) -> Found<'m> {
        let Msgpack::Map(entries) = message else { return Found::Nothing };
        let of = |key: &str| {
            let mut found = entries.iter().filter(|(k, _)| k.as_str() == Some(key));
            (found.next().map(|(_, value)| value), found.next().is_some())
        };
        let [kind, namespace, ack, data] = ["type", "nsp", "id", "data"].map(of);
        let is_doubled = [kind, namespace, ack, data].iter().any(|(_, is_doubled)| *is_doubled);
        if is_doubled || has_oddities(message) {
            return Found::Unclear;
        }
        let present = |value: Option<&'m Msgpack>| value.filter(|value| !value.is_nil());
        let (Some(kind), Some(namespace)) = (
            present(kind.0).and_then(Msgpack::as_u64).filter(|kind| *kind <= 4),
            present(namespace.0).and_then(Msgpack::as_str),
        ) else {
            return Found::Nothing;
        };
        let ack = match present(ack.0) {
            None => None,
            Some(id) => match id.as_u64().filter(|id| *id < 1 << 53) {
                Some(id) => Some(id),
                None => return Found::Nothing,
            },
        };
        let data = present(data.0);
        let is_named = |list: &Vec<Msgpack>| match list.first() {
            Some(Msgpack::String(name)) => name.as_str().is_some_and(|name| !is_reserved(name)),
            Some(value) => value.is_number(),
            None => false,
        };
        let is_whole = match (kind, data) {
            (2, Some(Msgpack::Array(list))) => is_named(list),
            (0 | 1 | 4, None)
            | (0 | 4, Some(Msgpack::Map(_)))
            | (3, Some(Msgpack::Array(_)))
            | (4, Some(Msgpack::String(_))) => true,
            _ => false,
        };
        if is_whole { Found::Packet(Self { kind, namespace, ack }) } else { Found::Nothing }
    }
}

/// What the reference has besides msgpack, text that is none, and nesting past what is looked into.
fn has_oddities(message: &Msgpack) -> bool {
    let mut waiting = vec![(message, 0)];
    while let Some((value, depth)) = waiting.pop() {
        match value {
            Msgpack::Ext(..) => return true,
            Msgpack::String(text) if text.as_str().is_none() => return true,
            _ if depth > 100 => return true,
            Msgpack::Array(list) => waiting.extend(list.iter().map(|value| (value, depth + 1))),
            Msgpack::Map(entries) => {
                let parts = entries.iter().flat_map(|(key, value)| [key, value]);
                waiting.extend(parts.map(|value| (value, depth + 1)));
            }
            _ => {}
        }
    }
    false
}

fn is_reserved(name: &str) -> bool {
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]
        .contains(&name)
}

/// Does with a packet all that a client does with it.
fn read(received: Received) {
    assert!(received.size() > 0);
    match received.kind() {
        0 => assert!(received.connect_reply().is_ok(), "it was read as an object"),
        2 => read_event(received),
        3 => {
            let answer = received.into_answer().expect("an answer");
            assert!(
                serde_json::from_str::<Vec<Value>>(&answer.json()).is_ok()
                    || is_deep(&answer.json())
            );
            if let Err(error) = answer.decode::<Vec<Value>>() {
                assert_short(&error);
            }
        }
        4 => drop(received.refusal()),
        _ => {}
    }
}

fn read_event(received: Received) {
    let (namespace, ack) = (received.namespace().to_owned(), received.ack());
    let event = received.into_event::<Untyped>().expect("an event");
    let json = event.json();
    assert!(serde_json::from_str::<Vec<Value>>(&json).is_ok() || is_deep(&json));
    let values = match event.decode::<Vec<Value>>() {
        Ok(values) => values,
        Err(error) => return assert_short(&error),
    };
    let name = event.name();
    let written = writer::event(Parser::Msgpack, &namespace, ack, name, &values);
    let messages = written.expect("JSON can be written");
    let [message] = &*messages.attachments else { panic!("one message") };
    let again = Reader::new(Parser::Msgpack, 0).binary(message.clone());
    if is_reserved(name) {
        return;
    }
    let again = again.expect("what is written can be read").expect("one message");
    assert_eq!((again.namespace(), again.ack()), (&*namespace, ack));
    let again = again.into_event::<Untyped>().expect("an event");
    assert_eq!(again.name(), name);
    assert_eq!(again.decode::<Vec<Value>>(), Ok(values));
}

/// Whether `serde_json` may refuse it for its nesting.
fn is_deep(json: &str) -> bool {
    json.matches(['[', '{']).count() >= 100
}
