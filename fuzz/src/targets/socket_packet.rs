//! One Socket.IO packet as text: its header, and all that is asked of what follows.

use serde_json::Value;
use socketio_runtime::{
    Parser, Untyped,
    unstable::{Reader, Received},
};

use super::assert_short;
use crate::{bounded::in_proportion, oracle};

/// A packet is taken where the plain rules take it, and says what they say; its values are what
/// another JSON parser finds.
pub fn socket_packet(data: &[u8]) {
    let Ok(packet) = std::str::from_utf8(data) else { return };
    // Between values, a form feed is taken for white space, which it is not in JSON.
    if packet.contains('\x0c') {
        return;
    }
    in_proportion(data.len(), || {
        let parts = oracle::split(packet, MAX_ATTACHMENTS);
        let parts = parts.filter(|parts| oracle::begins_well(parts.kind, parts.json));
        let mut reader = Reader::new(Parser::Json, MAX_ATTACHMENTS);
        match (reader.text(&format!("4{packet}")), parts) {
            (Ok(received), Some(parts)) => {
                assert_eq!(received.is_none(), parts.attachments > 0);
                let received = received.unwrap_or_else(|| complete(&mut reader, parts.attachments));
                assert_eq!(received.kind(), parts.kind);
                assert_eq!(received.namespace(), parts.namespace);
                assert_eq!(received.ack(), parts.ack);
                read(packet, received, &parts);
            }
            (Ok(_), None) => panic!("taken, against the rules"),
            (Err(error), None) => assert_short(&error),
            (Err(error), Some(_)) => panic!("refused, against the rules: {error}"),
        }
        // And by the rules of the reference, as far as another parser can tell.
        if let Some(parts) = oracle::split(packet, MAX_ATTACHMENTS) {
            let has_array = !(matches!(parts.kind, 2 | 3) && parts.json.is_empty());
            if has_array && oracle::js_accepts(parts.kind, parts.json) == Some(true) {
                // It looks for white space before JSON, where this side has no reason to.
                let is_tight = !parts.json.starts_with([' ', '\t', '\n', '\r']);
                assert!(!is_tight || oracle::begins_well(parts.kind, parts.json));
            }
        }
    });
}

/// All its attachments come, each empty.
fn complete(reader: &mut Reader, attachments: usize) -> Received {
    for left in (0..attachments).rev() {
        let received = reader.binary(bytes::Bytes::new()).expect("it was announced");
        assert_eq!(received.is_some(), left == 0);
        if let Some(received) = received {
            assert_eq!(reader.abandon(), None);
            return received;
        }
    }
    panic!("a packet without an end");
}

fn read(packet: &str, received: Received, parts: &oracle::Parts<'_>) {
    let json = serde_json::from_str::<Value>(parts.json).ok();
    match parts.kind {
        0 => read_reply(&received, parts.json, json.as_ref()),
        2 => read_event(packet, received, json.as_ref()),
        3 => read_answer(received, json.as_ref()),
        4 => read_refusal(&received, json.as_ref()),
        _ => {}
    }
}

fn read_reply(received: &Received, text: &str, json: Option<&Value>) {
    let reply = received.connect_reply();
    assert_eq!(reply.is_ok(), text.is_empty() || json.is_some());
    let Ok((sid, pid)) = reply else { return };
    let member = |key| json?.get(key)?.as_str().filter(|text| !text.is_empty());
    assert_eq!((sid.as_deref(), pid.as_deref()), (member("sid"), member("pid")));
}

fn read_refusal(received: &Received, json: Option<&Value>) {
    let (message, data) = received.refusal();
    let expected = match json {
        Some(Value::String(message)) => Some(message.as_str()),
        Some(object) => object.get("message").and_then(Value::as_str),
        None => None,
    };
    assert_eq!(message, expected.unwrap_or("no reason given"));
    let data = data.map(|data| serde_json::from_str::<Value>(&data).expect("JSON"));
    assert_eq!(data.as_ref(), json.and_then(|json| json.get("data")));
}

fn read_event(packet: &str, received: Received, json: Option<&Value>) {
    let event = received.into_event::<Untyped>().expect("an event");
    let values: Result<Vec<Value>, _> = event.decode();
    if let Err(error) = &values {
        assert_short(error);
    }
    let text = serde_json::from_str::<Vec<Value>>(&event.json());
    assert!(values.is_err() || text.is_ok(), "read from what is no JSON: {}", event.json());
    let Some(list) = json.and_then(Value::as_array) else {
        // A name that is none is nobody's; behind it everything may be well.
        return;
    };
    match &list[0] {
        Value::String(name) => assert_eq!(event.name(), name),
        number => {
            assert_eq!(serde_json::from_str::<Value>(event.name()).as_ref().ok(), Some(number));
        }
    }
    assert_eq!(values.as_deref(), Ok(&list[1..]));
    assert_eq!(text.as_deref().ok(), Some(&list[1..]));
    read_offset(packet, &list[1..]);
}

/// The string at the end is found, and cut off.
fn read_offset(packet: &str, values: &[Value]) {
    let mut reader = Reader::new(Parser::Json, MAX_ATTACHMENTS);
    let Ok(Some(received)) = reader.text(&format!("4{packet}")) else { return };
    let Some(offset) = received.into_offset() else {
        assert!(!matches!(values.last(), Some(Value::String(_))), "a string is not found");
        return;
    };
    let Some((Value::String(last), before)) = values.split_last() else {
        panic!("what is no string is found: {offset:?}");
    };
    let text = serde_json::from_str::<String>(&format!("\"{}\"", offset.text));
    assert_eq!(text.as_ref().ok(), Some(last));
    assert_eq!(offset.position, Some(values.len()));
    let rest = serde_json::from_str::<Vec<Value>>(&offset.before);
    assert_eq!(rest.as_deref().ok(), Some(before));
}

fn read_answer(received: Received, json: Option<&Value>) {
    let answer = received.into_answer().expect("an answer");
    let values: Result<Vec<Value>, _> = answer.decode();
    match (&values, json) {
        (Ok(values), Some(Value::Array(list))) => {
            assert_eq!(values, list);
            let text = serde_json::from_str::<Vec<Value>>(&answer.json());
            assert_eq!(text.as_ref().ok(), Some(list));
        }
        (Err(error), None) => assert_short(error),
        (values, json) => panic!("read as {values:?}, and is {json:?}"),
    }
}

const MAX_ATTACHMENTS: usize = 10;
