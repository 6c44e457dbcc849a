//! The same types in msgpack.
//!
//! Must not know: connections.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::{
    super::{Arguments, Bytes, EventSource, PacketWriter, ReceiveArgument},
    Argument, Body, Upload, upload,
};
use crate::{
    codec::{EventPacket, Incoming, Parser, Values},
    error::{EmitError, PayloadError, PayloadSubject},
    schema::ArgumentDescriptor,
};

/// What is written, as it comes in on the other side.
fn round_trip(arguments: impl FnOnce(&mut PacketWriter)) -> EventPacket {
    let mut writer = PacketWriter::event(&Parser::Msgpack.prefix("/chat"), Some(7), "say");
    arguments(&mut writer);
    let packet = writer.finish("say", 0).expect("valid");
    assert!(packet.text.is_empty());
    let [message] = <[_; 1]>::try_from(packet.attachments).expect("one message");
    let incoming = Incoming::msgpack(message).expect("a packet");
    assert_eq!((incoming.namespace(), incoming.ack()), ("/chat", Some(7)));
    let event = incoming.into_event();
    assert_eq!(event.name(), "say");
    event
}

fn read<T>(
    event: &EventPacket,
    read: impl FnOnce(&mut Arguments<'_>) -> Result<T, PayloadError>,
) -> Result<T, String> {
    let source = EventSource {
        subject: PayloadSubject::Event,
        event: "say",
        declared: &[
            ArgumentDescriptor::required("first", ""),
            ArgumentDescriptor::required("second", ""),
        ],
        values: event.values(),
        attachments: event.attachments(),
    };
    let mut arguments = Arguments::new(source, false);
    let value = read(&mut arguments).map_err(|error| error.to_string())?;
    arguments.end().map_err(|error| error.to_string())?;
    Ok(value)
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Shape {
    Point,
    Circle(f64),
    Square { side: u32 },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    shapes: Vec<Shape>,
    pair: (i8, String),
    nothing: Option<u8>,
    something: Option<u8>,
    map: BTreeMap<String, u64>,
    address: std::net::IpAddr,
    letter: char,
    long: String,
}

fn everything() -> Everything {
    Everything {
        shapes: vec![Shape::Point, Shape::Circle(0.5), Shape::Square { side: 3 }],
        pair: (-100, "é".to_owned()),
        nothing: None,
        something: Some(1),
        map: BTreeMap::from([("a".to_owned(), u64::MAX), ("b".to_owned(), 0)]),
        address: [127, 0, 0, 1].into(),
        letter: '😀',
        long: "x".repeat(70_000),
    }
}

#[test]
fn what_is_written_can_be_read() {
    let event = round_trip(|writer| {
        everything().write(writer);
        "text".write(writer);
        upload(&[b"y", b""]).write(writer);
    });
    let values = read(&event, |arguments| {
        let first = Everything::required(arguments)?;
        Ok((first, String::required(arguments)?, Upload::required(arguments)?))
    });
    assert_eq!(values, Ok((everything(), "text".to_owned(), upload(&[b"y", b""]))));
}

#[test]
fn a_type_looks_as_in_json() {
    let value = everything();
    let event = round_trip(|writer| value.write(writer));
    let seen = read(&event, serde_json::Value::required);
    assert_eq!(seen, Ok(serde_json::to_value(&value).expect("it has no map keys")));
}

#[test]
fn bytes_anywhere_in_a_payload_stand_where_they_are() {
    let event = round_trip(|writer| Bytes::from_static(b"\x01\x02").write(writer));
    assert!(event.attachments().is_empty());
    assert_eq!(read(&event, Bytes::required), Ok(Bytes::from_static(b"\x01\x02")));
    let upload =
        Upload { name: "a".to_owned(), body: Body::Parts { parts: vec![Bytes::default()] } };
    let event = round_trip(|writer| upload.write(writer));
    assert_eq!(read(&event, Upload::required), Ok(upload));
}

#[test]
fn large_binary_data_is_not_copied_and_small_data_does_not_keep_the_packet() {
    let (large, small) = (Bytes::from(vec![7; 100_000]), Bytes::from(vec![7; 100]));
    let event = round_trip(|writer| {
        large.write(writer);
        vec![Some(&large)].write(writer);
        small.write(writer);
    });
    let Values::Msgpack { packet, .. } = event.values() else { panic!("msgpack") };
    let packet = packet.as_ptr_range();
    let (first, second, third) = read(&event, |arguments| {
        let first = Bytes::required(arguments)?;
        let second = Vec::<Option<Bytes>>::required(arguments)?;
        Ok((first, second, Bytes::required(arguments)?))
    })
    .expect("they fit");
    let second = second.into_iter().flatten().next().expect("one");
    assert!(first == large && second == large && third == small);
    assert!(packet.contains(&first.as_ptr()) && packet.contains(&second.as_ptr()));
    assert!(!packet.contains(&third.as_ptr()));
}

#[test]
fn missing_optional_and_further_values_are_read() {
    let event = round_trip(|_| ());
    assert_eq!(read(&event, Option::<u8>::required), Ok(None));
    assert_eq!(read(&event, <()>::required), Ok(()));
    assert_eq!(read(&event, u8::optional), Ok(None));
    assert_eq!(read(&event, u8::rest), Ok(vec![]));
    let error = "event `say` does not fit its declaration: argument `first`: it is missing";
    assert_eq!(read(&event, u8::required).expect_err("none is there"), error);
    let event = round_trip(|writer| {
        super::super::EmitArgument::optional(Some(&1_u8), writer);
        super::super::EmitArgument::optional(None::<&u8>, writer);
        super::super::EmitArgument::optional(Some(&3_u8), writer);
        super::super::EmitArgument::optional(None::<&u8>, writer);
    });
    let three = |arguments: &mut Arguments<'_>| {
        let (first, second) = (u8::optional(arguments)?, u8::optional(arguments)?);
        Ok((first, second, u8::rest(arguments)?))
    };
    assert_eq!(read(&event, three), Ok((Some(1), None, vec![3])));
    assert_eq!(read(&event, u8::required), Ok(1), "further ones are ignored");
    let many: Vec<u32> = (0..100).collect();
    let event = round_trip(|writer| many.iter().for_each(|value| value.write(writer)));
    assert_eq!(read(&event, u32::rest), Ok(many));
}

#[test]
fn a_payload_that_does_not_fit_is_told_with_argument_path_and_reason() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Room<T> {
        members: Vec<T>,
    }
    let event = round_trip(|writer| Room { members: vec!["x"] }.write(writer));
    assert_eq!(
        read(&event, Room::<u64>::required).expect_err("text"),
        r#"event `say` does not fit its declaration: argument `first` at `members[0]`: invalid type: string "x", expected u64"#
    );
    let event = round_trip(|writer| {
        1_u8.write(writer);
        "x".write(writer);
    });
    let second = read(&event, |arguments| {
        u8::required(arguments)?;
        Bytes::required(arguments)
    });
    assert_eq!(
        second.expect_err("text"),
        r#"event `say` does not fit its declaration: argument `second`: invalid type: string "x", expected bytes"#
    );
}

#[test]
fn what_only_json_understands_is_read_as_json() {
    let event = round_trip(|writer| {
        BTreeMap::from([("1", "a"), ("-2", "b")]).write(writer);
        BTreeMap::from([(3_u8, Shape::Point)]).write(writer);
        Bytes::from_static(&[1, 2]).write(writer);
    });
    let values = read(&event, |arguments| {
        let first = BTreeMap::<i64, String>::required(arguments)?;
        let second = BTreeMap::<u8, Shape>::required(arguments)?;
        Ok((first, second, serde_json::Value::required(arguments)?))
    });
    let first = BTreeMap::from([(1, "a".to_owned()), (-2, "b".to_owned())]);
    let second = BTreeMap::from([(3, Shape::Point)]);
    assert_eq!(values, Ok((first, second, serde_json::json!([1, 2]))));
}

#[test]
fn nesting_without_end_is_an_error_of_the_event() {
    let mut packet = b"\x83\xa4type\x02\xa3nsp\xa1/\xa4data\x92\xa1a".to_vec();
    packet.extend(std::iter::repeat_n(0x91, 100_000));
    packet.push(0xc0);
    let event = Incoming::msgpack(packet.into()).expect("well formed").into_event();
    let error = read(&event, IgnoredAny::required).map(drop).expect_err("too deep");
    assert!(error.ends_with("depth limit exceeded"), "{error}");
    assert!(read(&event, serde_json::Value::required).is_err());
}

#[test]
fn a_value_that_cannot_be_written_is_refused_by_position() {
    struct Stubborn;
    impl Serialize for Stubborn {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }
    let mut writer = PacketWriter::event(&Parser::Msgpack.prefix("/"), None, "say");
    1.write(&mut writer);
    Stubborn.write(&mut writer);
    let error = writer.finish("say", 0).expect_err("it says no");
    assert!(matches!(&error, EmitError::Serialize { argument: 1, reason, .. } if reason == "no"));
}

#[test]
fn a_packet_of_one_form_written_inside_another_harms_neither() {
    struct Nested;
    impl Serialize for Nested {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let inner = round_trip(|writer| Bytes::from_static(b"inner").write(writer));
            let inner = read(&inner, Bytes::required).map_err(serde::ser::Error::custom)?;
            inner.serialize(serializer)
        }
    }
    let packet = super::write("", None, &[&Bytes::from_static(b"outer"), &Nested]).expect("valid");
    assert_eq!(packet.attachments, ["outer", "inner"]);
}
