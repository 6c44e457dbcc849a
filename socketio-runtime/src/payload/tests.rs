//! What is written can be read, and what does not fit is told in words.
//!
//! Must not know: connections.

#[cfg(feature = "msgpack")]
mod msgpack;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Arguments, Bytes, EventSource, PacketWriter, ReceiveArgument};
use crate::{
    codec::{Packet, Prefix, Values},
    error::{EmitError, PayloadError, PayloadSubject},
    schema::ArgumentDescriptor,
};

fn write(prefix: &str, ack: Option<u64>, arguments: &[&dyn Argument]) -> Result<Packet, EmitError> {
    let mut writer = PacketWriter::event(&Prefix::Json(prefix.to_owned()), ack, "say");
    for argument in arguments {
        argument.write(&mut writer);
    }
    writer.finish("say", 3)
}

/// Object-safe, for lists of arguments of different types.
trait Argument {
    fn write(&self, writer: &mut PacketWriter);
}

impl<T: Serialize> Argument for T {
    fn write(&self, writer: &mut PacketWriter) {
        super::EmitArgument::required(self, writer);
    }
}

fn read<T>(
    text: &str,
    attachments: &[bytes::Bytes],
    read: impl FnOnce(&mut Arguments<'_>) -> Result<T, PayloadError>,
) -> Result<T, String> {
    read_values(Values::Json { text, is_cut: false }, attachments, read)
}

fn read_values<T>(
    values: Values<'_>,
    attachments: &[bytes::Bytes],
    read: impl FnOnce(&mut Arguments<'_>) -> Result<T, PayloadError>,
) -> Result<T, String> {
    let source = EventSource {
        subject: PayloadSubject::Event,
        event: "say",
        declared: &[
            ArgumentDescriptor::required("first", ""),
            ArgumentDescriptor::required("second", ""),
        ],
        values,
        attachments,
    };
    let mut arguments = Arguments::new(source, false);
    let value = read(&mut arguments).map_err(|error| error.to_string())?;
    arguments.end().map_err(|error| error.to_string())?;
    Ok(value)
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Upload {
    name: String,
    #[serde(flatten)]
    body: Body,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Body {
    Parts { parts: Vec<Bytes> },
    Text { text: String },
}

fn upload(parts: &[&'static [u8]]) -> Upload {
    let parts = parts.iter().map(|part| Bytes::from_static(part)).collect();
    Upload { name: "a".to_owned(), body: Body::Parts { parts } }
}

#[test]
fn an_event_is_written_as_the_reference_encoder_does() {
    let text = |prefix, ack, arguments: &[&dyn Argument]| {
        write(prefix, ack, arguments).expect("valid").text.to_string()
    };
    assert_eq!(text("", None, &[]), r#"42["say"]"#);
    assert_eq!(text("", Some(12), &[&1, &"x"]), r#"4212["say",1,"x"]"#);
    assert_eq!(text("/admin,", Some(0), &[&true]), r#"42/admin,0["say",true]"#);
}

#[test]
fn bytes_anywhere_in_a_payload_become_attachments_in_order() {
    let packet = write("/chat,", Some(7), &[&Bytes::from_static(b"x"), &upload(&[b"y", b"z"])]);
    let packet = packet.expect("valid");
    assert_eq!(
        packet.text.as_str(),
        r#"453-/chat,7["say",{"_placeholder":true,"num":0},{"name":"a","parts":[{"_placeholder":true,"num":1},{"_placeholder":true,"num":2}]}]"#
    );
    assert_eq!(packet.attachments, ["x", "y", "z"]);
}

#[test]
fn attachments_are_found_behind_types_that_buffer() {
    let values =
        r#",{"name":"a","parts":[{"_placeholder":true,"num":1},{"num":0,"_placeholder":true}]}]"#;
    let attachments = ["y".into(), "z".into()];
    assert_eq!(read(values, &attachments, Upload::required), Ok(upload(&[b"z", b"y"])));
}

#[test]
fn a_key_that_a_peer_would_take_for_an_attachment_is_refused_beside_one() {
    #[derive(Serialize)]
    struct Fake {
        _placeholder: bool,
    }
    let fake = Fake { _placeholder: true };
    let error = write("", None, &[&fake, &Bytes::from_static(b"x")]).expect_err("ambiguous");
    assert!(matches!(error, EmitError::ReservedKey { .. }));
    let text = write("", None, &[&fake]).expect("no attachment, no ambiguity").text;
    assert_eq!(text.as_str(), r#"42["say",{"_placeholder":true}]"#);
    let quoted = r#"{"_placeholder":true}"#;
    write("", None, &[&quoted, &"_placeholder", &Bytes::from_static(b"x")]).expect("only text");
}

#[test]
fn more_attachments_than_a_peer_accepts_are_refused() {
    let error = write("", None, &[&upload(&[b"1", b"2", b"3", b"4"])]).expect_err("limit is 3");
    assert!(matches!(error, EmitError::TooManyAttachments { count: 4, limit: 3, .. }));
}

#[test]
fn a_value_that_json_cannot_hold_is_refused_by_position() {
    let map = std::collections::HashMap::from([(vec![1], 2)]);
    let error = write("", None, &[&1, &map, &2]).expect_err("keys must be strings").to_string();
    assert_eq!(error, "argument 1 of event `say` cannot be written: key must be a string");
}

#[test]
fn an_emit_from_inside_a_serialize_implementation_harms_nobody() {
    struct Nested;
    impl Serialize for Nested {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let inner = write("", None, &[&Bytes::from_static(b"inner")]).expect("valid");
            serializer.serialize_str(&inner.text)
        }
    }
    let packet = write("", None, &[&Bytes::from_static(b"outer"), &Nested]).expect("valid");
    assert_eq!(packet.attachments, ["outer"]);
}

#[test]
fn trailing_options_are_left_out_and_inner_ones_are_null() {
    let mut writer = PacketWriter::event(&Prefix::Json(String::new()), None, "say");
    super::EmitArgument::optional(Some(&1), &mut writer);
    super::EmitArgument::optional(None::<&u8>, &mut writer);
    super::EmitArgument::optional(Some(&3), &mut writer);
    super::EmitArgument::optional(None::<&u8>, &mut writer);
    let text = writer.finish("say", 3).expect("valid").text;
    assert_eq!(text.as_str(), r#"42["say",1,null,3]"#);
}

#[test]
fn values_are_read_in_order_with_any_white_space() {
    let two = |arguments: &mut Arguments<'_>| {
        Ok((u64::required(arguments)?, String::required(arguments)?))
    };
    assert_eq!(read(r#",1,"x"]"#, &[], two), Ok((1, "x".to_owned())));
    assert_eq!(read(" ,\n1 , \"x\" ]", &[], two), Ok((1, "x".to_owned())));
    assert_eq!(read(r#",1,"x",{"more":[]}]"#, &[], two), Ok((1, "x".to_owned())));
}

#[test]
fn missing_optional_and_further_values_are_read() {
    assert_eq!(read("]", &[], Option::<u8>::required), Ok(None));
    assert_eq!(read("]", &[], <()>::required), Ok(()));
    assert_eq!(read("]", &[], Option::<u8>::optional), Ok(None));
    assert_eq!(read("]", &[], u8::optional), Ok(None));
    assert_eq!(read(",null]", &[], u8::optional), Ok(None));
    assert_eq!(read(",1,2,3]", &[], u8::rest), Ok(vec![1, 2, 3]));
    assert_eq!(read("]", &[], u8::rest), Ok(vec![]));
}

#[test]
fn a_payload_that_does_not_fit_is_told_with_argument_path_and_reason() {
    #[derive(Debug, Deserialize)]
    struct Room {
        #[expect(dead_code, reason = "only decoded")]
        members: Vec<u64>,
    }
    for (values, expected) in [
        ("]", "event `say` does not fit its declaration: argument `first`: it is missing"),
        (
            r#",{"members":[1,"x"]}]"#,
            r#"event `say` does not fit its declaration: argument `first` at `members[1]`: invalid type: string "x", expected u64"#,
        ),
        (
            ",7]",
            "event `say` does not fit its declaration: argument `first`: invalid type: integer `7`, expected struct Room",
        ),
    ] {
        assert_eq!(read(values, &[], Room::required).expect_err(values), expected);
    }
}

#[test]
fn an_attachment_that_is_missing_or_is_no_attachment_is_told() {
    let attachments = ["x".into()];
    for (values, reason) in [
        (r#",{"_placeholder":true,"num":1}]"#, "attachment 1 is missing"),
        (r#",{"_placeholder":false,"num":0}]"#, "invalid type: map, expected a binary attachment"),
        (r#",{"num":0}]"#, "invalid type: map, expected a binary attachment"),
        (r#",{"_placeholder":true,"num":-1}]"#, "invalid value: integer `-1`, expected usize"),
        (",[1,2]]", "invalid type: sequence, expected a binary attachment"),
        (r#","text"]"#, r#"invalid type: string "text", expected a binary attachment"#),
    ] {
        let error = read(values, &attachments, Bytes::required).expect_err(values);
        assert!(error.ends_with(reason), "{values}: {error}");
    }
}

#[test]
fn broken_json_is_an_error_of_the_event() {
    for values in [",1", ",1x]", ",", ",1]]", ",[1]", ",\"\\ud800\"]", "", "x"] {
        let result = read(values, &[], serde_json::Value::required);
        assert!(result.is_err(), "{values}: {result:?}");
    }
    let deep = format!(",{}1{}]", "[".repeat(200), "]".repeat(200));
    assert!(read(&deep, &[], serde_json::Value::required).is_err());
}

#[test]
fn a_list_of_which_the_end_was_cut_off_ends_there() {
    let cut = |text| Values::Json { text, is_cut: true };
    assert_eq!(read_values(cut(""), &[], String::optional), Ok(None));
    assert_eq!(read_values(cut(r#","x" "#), &[], String::optional), Ok(Some("x".to_owned())));
    assert_eq!(read_values(cut(",1,2"), &[], u8::rest), Ok(vec![1, 2]));
    for text in [",1]", ",1x", "]", ",1 2"] {
        let result = read_values(cut(text), &[], u8::optional);
        assert!(result.is_err(), "{text}: {result:?}");
    }
}

#[test]
fn an_answer_ends_with_its_bracket_also_where_nothing_is_read() {
    let end = |text| {
        let values = Values::Json { text, is_cut: false };
        let (subject, event) = (PayloadSubject::Answer, "say");
        let source = EventSource { subject, event, declared: &[], values, attachments: &[] };
        Arguments::new(source, true).end().map_err(|error| error.to_string())
    };
    for text in ["]", " ]\n", "1]", "[1],2]"] {
        assert_eq!(end(text), Ok(()), "{text}");
    }
    for text in ["", " ", "]x", "]]", "],1]", "] ]", ",1]", ","] {
        let error = end(text).expect_err(text);
        assert!(error.ends_with("the JSON array does not end properly"), "{text}: {error}");
    }
}

#[test]
fn what_is_told_of_a_long_value_is_short() {
    let long = "x".repeat(1_000_000);
    let value = format!(",\"{long}\"]");
    let error = read(&value, &[], u32::required).expect_err("a text is no number");
    assert!(error.contains("invalid type: string \"xxx") && error.ends_with("expected u32"));
    assert!(error.len() < 1000, "{} bytes", error.len());

    let key = format!(",{{\"{long}\":\"\"}}]");
    let error = read(&key, &[], BTreeMap::<String, u8>::required).expect_err("no number either");
    assert!(error.contains("argument `first` at `xxx") && error.ends_with("expected u8"));
    assert!(error.len() < 1500, "{} bytes", error.len());
}

#[test]
fn a_float_is_read_as_the_one_that_was_written() {
    for written in ["-9.255963134931784e61", "0.1", "5e-324", "1.7976931348623157e308", "-0.0"] {
        let read = read(&format!(",{written}]"), &[], f64::required).expect(written);
        let expected: f64 = written.parse().expect(written);
        assert_eq!(read.to_bits(), expected.to_bits(), "{written} is read as {read:e}");
    }
}
