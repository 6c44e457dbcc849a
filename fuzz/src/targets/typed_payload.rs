//! Values of any form, read as the types of a schema.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use socketio_runtime::{Bytes, Parser, Untyped, error::PayloadError, unstable::Reader};

use super::{assert_short, split_number};
use crate::bounded::in_proportion;

/// What a schema may have for an argument.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is only read")]
struct Everything {
    text: String,
    number: Option<u32>,
    ratio: Option<f64>,
    file: Option<Bytes>,
    files: Option<Vec<Bytes>>,
    table: BTreeMap<String, Nested>,
    kind: Option<Kind>,
    #[serde(flatten)]
    rest: BTreeMap<String, Bytes>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it is only read")]
struct Nested {
    name: String,
    inner: Option<Box<Nested>>,
    data: Option<Either>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is only read")]
enum Either {
    File { file: Bytes },
    Number(i64),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is only read")]
enum Kind {
    Unit,
    New(u8),
    Tuple(u8, String),
    Struct { id: u64 },
}

/// What does not fit is an error of a size for people, never a panic, with both parsers.
pub fn typed_payload(data: &[u8]) {
    let Some((choice, values)) = split_number::<1>(data) else { return };
    in_proportion(data.len(), || {
        if choice % 2 == 0 {
            let Ok(values) = std::str::from_utf8(values) else { return };
            read(Parser::Json, values.as_bytes(), choice / 2);
        } else {
            read(Parser::Msgpack, values, choice / 2);
        }
    });
}

fn read(parser: Parser, values: &[u8], choice: usize) {
    let mut reader = Reader::new(parser, ATTACHMENTS.into());
    let mut received;
    if parser == Parser::Json {
        let values = String::from_utf8_lossy(values);
        received = reader.text(&format!("45{ATTACHMENTS}-[\"event\",{values}]"));
        for number in 0..ATTACHMENTS {
            if let Ok(None) = received {
                received = reader.binary(vec![number; 3].into());
            }
        }
    } else {
        // An event of one value, if it is one.
        let head = b"\x83\xa4type\x02\xa3nsp\xa1/\xa4data\x92\xa5event";
        let message = [head, values].concat();
        received = reader.binary(message.into());
    }
    let Ok(Some(received)) = received else { return };
    let Some(event) = received.into_event::<Untyped>() else { return };
    let result = match choice % 6 {
        0 => event.decode::<(Everything,)>().map(drop),
        1 => event.decode::<(Option<Nested>, Option<Bytes>)>().map(drop),
        2 => event.decode::<(Either, Option<Kind>)>().map(drop),
        3 => event.decode::<(BTreeMap<String, Everything>, String)>().map(drop),
        4 => event.decode::<Vec<Either>>().map(drop),
        _ => event.decode::<(u8, i64, bool, char, (), [u8; 2])>().map(drop),
    };
    if let Err(error) = result {
        assert_error(&error);
    }
    let json = event.json();
    assert!(json.starts_with('['), "{json}");
    if let (Parser::Json, Ok(text)) = (parser, std::str::from_utf8(values)) {
        if let Ok(value) = serde_json::from_str(text) {
            let read = event.decode().ok().map(|(bytes,)| bytes);
            assert_placeholder(text, &value, read.as_ref());
        }
    }
}

/// Binary data is the attachment that a placeholder names, and comes from nothing else.
fn assert_placeholder(text: &str, value: &Value, read: Option<&Bytes>) {
    let times = |key| text.matches(key).count();
    let is_unclear = times("_placeholder") > 1 || times("num") > 1 || text.contains('\\');
    let is_placeholder = value.get("_placeholder") == Some(&Value::Bool(true));
    let number = value.get("num").and_then(Value::as_u64).filter(|_| is_placeholder);
    let expected = number.and_then(|number| u8::try_from(number).ok());
    let expected = expected.filter(|number| *number < ATTACHMENTS).map(|number| vec![number; 3]);
    match (&read, &expected) {
        // A key that is there twice may hide what does not fit.
        (None, Some(_)) => assert!(is_unclear, "an attachment is not found"),
        _ => assert_eq!(read.map(AsRef::as_ref), expected.as_deref()),
    }
}

fn assert_error(error: &PayloadError) {
    assert_short(error);
    assert!(!error.reason.is_empty(), "an error without a reason");
    assert_eq!(error.event, "event");
}

/// Of each event: three bytes each, of the attachment's number.
const ATTACHMENTS: u8 = 3;
