//! What the decoders accept and refuse: tables over the two protocol documents, quirks of the
//! JavaScript decoder, and hostile bytes.
//!
//! Must not know: the state machine.

use std::time::Duration;

use bytes::Bytes;
use serde_json::value::RawValue;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    ConnectReply, DecodeError, EngineType, EventPacket, Handshake, Header, Packet, Reassembler,
    SocketType, add_members, decode_engine, decode_refusal, decode_socket,
    socket::{encode_connect, encode_disconnect},
};

const MAX_ATTACHMENTS: usize = 10;

/// Decodes a Socket.IO packet as the tables write it, without Engine.IO's digit.
fn decode(packet: &str) -> Result<Header, DecodeError> {
    decode_socket(&format!("4{packet}"), MAX_ATTACHMENTS)
}

fn event(packet: &str) -> EventPacket {
    let text = format!("4{packet}");
    let header = decode_socket(&text, MAX_ATTACHMENTS).expect("an event");
    assert_eq!(header.kind, SocketType::Event, "{packet}");
    header.into_event(text.into(), Vec::new())
}

// --- Engine.IO ---

#[test]
fn engine_packets_are_a_digit_and_data() {
    let table = [
        ("0{}", EngineType::Open, "{}"),
        ("1", EngineType::Close, ""),
        ("2", EngineType::Ping, ""),
        ("2probe", EngineType::Ping, "probe"),
        ("3probe", EngineType::Pong, "probe"),
        ("4hello", EngineType::Message, "hello"),
        ("4", EngineType::Message, ""),
        ("44{\"message\":\"x\"}", EngineType::Message, "4{\"message\":\"x\"}"),
        ("5", EngineType::Upgrade, ""),
        ("6", EngineType::Noop, ""),
        // The separator of long-polling has no meaning on a WebSocket.
        ("4a\u{1e}b", EngineType::Message, "a\u{1e}b"),
        ("4é", EngineType::Message, "é"),
    ];
    for (packet, kind, data) in table {
        assert_eq!(decode_engine(packet), Ok((kind, data)), "{packet}");
    }
}

#[test]
fn engine_packets_of_no_type_are_refused() {
    assert_eq!(decode_engine(""), Err(DecodeError::Empty));
    // Base64 belongs to long-polling; the JavaScript client takes it here as well.
    for packet in ["7", "9", "a", "B01", " 4", "b", "bAQI=", "é", "\u{0}"] {
        let first = packet.chars().next().expect("a character");
        assert_eq!(decode_engine(packet), Err(DecodeError::UnknownEngineType(first)), "{packet}");
    }
}

// --- Socket.IO: headers ---

#[test]
fn valid_packets_are_read_up_to_their_payload() {
    use SocketType::{Ack, Connect, ConnectError, Disconnect, Event};

    let table = [
        ("0", Connect, "/", None, 0),
        (r#"0{"token":"123"}"#, Connect, "/", None, 0),
        ("0/admin,", Connect, "/admin", None, 0),
        (r#"0/admin,{"sid":"abc"}"#, Connect, "/admin", None, 0),
        (r#"0{"pid":"P","offset":"O","token":"t"}"#, Connect, "/", None, 0),
        ("1", Disconnect, "/", None, 0),
        ("1/admin,", Disconnect, "/admin", None, 0),
        (r#"2["foo"]"#, Event, "/", None, 0),
        (r#"2["foo",1,null,{"a":[true]}]"#, Event, "/", None, 0),
        (r#"212["foo"]"#, Event, "/", Some(12), 0),
        (r#"2/admin,0["a",1,"x",true,null]"#, Event, "/admin", Some(0), 0),
        (r#"2[1,"a"]"#, Event, "/", None, 0),
        ("312[]", Ack, "/", Some(12), 0),
        (r#"3/admin,13["bar"]"#, Ack, "/admin", Some(13), 0),
        (r#"4{"message":"Not authorized"}"#, ConnectError, "/", None, 0),
        (r#"4/admin,{"message":"x","data":{"code":7}}"#, ConnectError, "/admin", None, 0),
        (r#"4"Unauthorized""#, ConnectError, "/", None, 0),
        (r#"51-["baz",{"_placeholder":true,"num":0}]"#, Event, "/", None, 1),
        (r#"52-/admin,["baz",{"_placeholder":true,"num":0}]"#, Event, "/admin", None, 2),
        (
            r#"51-/cool,23["a",{"b":["c",{"_placeholder":true,"num":0}]}]"#,
            Event,
            "/cool",
            Some(23),
            1,
        ),
        (r#"61-15["bar",{"_placeholder":true,"num":0}]"#, Ack, "/", Some(15), 1),
        (r#"510-["a"]"#, Event, "/", None, 10),
    ];
    for (packet, kind, namespace, ack, attachments) in table {
        let header = decode(packet).unwrap_or_else(|error| panic!("{packet}: {error}"));
        assert_eq!(header.kind, kind, "{packet}");
        assert_eq!(header.namespace(&format!("4{packet}")), namespace, "{packet}");
        assert_eq!(header.ack, ack, "{packet}");
        assert_eq!(header.attachments, attachments, "{packet}");
    }
}

#[test]
fn payloads_of_connect_and_connect_error_are_left_as_text() {
    let table = [
        ("0", ""),
        (r#"0/admin,{"sid":"abc"}"#, r#"{"sid":"abc"}"#),
        ("4", ""),
        (r#"4/admin,{"message":"x"}"#, r#"{"message":"x"}"#),
        (r#"4"no""#, r#""no""#),
    ];
    for (packet, payload) in table {
        let header = decode(packet).expect(packet);
        assert_eq!(header.payload(&format!("4{packet}")), payload, "{packet}");
    }
}

#[test]
fn oddities_that_the_reference_accepts_are_accepted() {
    // (packet, namespace, ack)
    let table = [
        ("0/admin", "/admin", None),
        ("0/,", "/", None),
        (r#"01{"sid":"a"}"#, "/", Some(1)),
        ("15", "/", Some(5)),
        ("4", "/", None),
        (r#"2["__proto__",1]"#, "/", None),
        (r#"2["a",{"__proto__":{"x":1}}]"#, "/", None),
        (r#"2["a",{"_placeholder":true,"num":0}]"#, "/", None),
        (r#"29007199254740991["a"]"#, "/", Some(9_007_199_254_740_991)),
        (r#"2007["a"]"#, "/", Some(7)),
        (r#"2[ "a"]"#, "/", None),
    ];
    for (packet, namespace, ack) in table {
        let header = decode(packet).unwrap_or_else(|error| panic!("{packet}: {error}"));
        assert_eq!(header.namespace(&format!("4{packet}")), namespace, "{packet}");
        assert_eq!(header.ack, ack, "{packet}");
    }
}

#[test]
fn packets_of_no_type_are_refused() {
    assert_eq!(decode(""), Err(DecodeError::Empty));
    for packet in [" ", "7", "9", "999", "a", "é", "-1"] {
        let first = packet.chars().next().expect("a character");
        assert_eq!(decode(packet), Err(DecodeError::UnknownSocketType(first)), "{packet:?}");
    }
}

#[test]
fn payloads_of_the_wrong_form_are_refused_with_their_place() {
    // (packet, byte in the Engine.IO packet)
    let table = [
        // CONNECT: an object or nothing.
        ("0[]", 2),
        ("0null", 2),
        (r#"0"x""#, 2),
        (r#"0/admin,"invalid""#, 9),
        // DISCONNECT: nothing.
        ("1{}", 2),
        ("1null", 2),
        ("1false", 2),
        // EVENT: an array that begins with a name.
        ("2", 2),
        ("21", 3),
        ("2/admin,", 9),
        (r#"2/admin["a"]"#, 13),
        ("2[]", 3),
        ("2{}", 2),
        (r#"2"foo""#, 2),
        ("2[true,1]", 3),
        ("2[null,1]", 3),
        (r#"2[{"toString":"foo"}]"#, 3),
        (r#"51-[{"_placeholder":true,"num":0},"x"]"#, 5),
        (r#"2["a"#, 3),
        (r#"2["a\"#, 3),
        (r#"2["a\""#, 3),
        ("2[", 3),
        // Only digits are an ack id; the reference takes white space for digits as well.
        (r#"2-1["a"]"#, 2),
        (r#"21.5["a"]"#, 3),
        (r#"2 ["a"]"#, 2),
        ("2\n[\"a\"]", 2),
        (r#"2 1["a"]"#, 2),
        (r#"21 2["a"]"#, 3),
        // ACK: an id and an array. The reference crashes on, or ignores, what lacks them.
        ("30", 3),
        ("30{}", 3),
        (r#"30"x""#, 3),
        ("30null", 3),
        // CONNECT_ERROR: an object, a string or nothing.
        ("4[]", 2),
        ("4null", 2),
    ];
    for (packet, byte) in table {
        match decode(packet) {
            Err(DecodeError::InvalidPayload { at, .. }) => assert_eq!(at, byte, "{packet}"),
            other => panic!("{packet}: {other:?}"),
        }
    }
}

#[test]
fn reserved_event_names_are_refused() {
    for name in
        ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]
    {
        for packet in [format!("2[\"{name}\"]"), format!("51-[\"{name}\",1]")] {
            assert!(matches!(decode(&packet), Err(DecodeError::InvalidPayload { .. })), "{packet}");
        }
    }
    for name in ["error", "message", "ping", "Connect", "connect ", "connected"] {
        assert!(decode(&format!("2[\"{name}\"]")).is_ok(), "{name}");
    }
}

#[test]
fn attachment_counts_that_are_none_are_refused() {
    for packet in [
        "5",
        "51",
        "5a-",
        "51.23-",
        r#"5-["a"]"#,
        "5-1-",
        r#"50-["a"]"#,
        "60-1[]",
        "5Infinity-",
        "5 1-[\"a\"]",
        "51 -[\"a\"]",
    ] {
        assert_eq!(decode(packet), Err(DecodeError::IllegalAttachments), "{packet}");
    }
}

#[test]
fn more_attachments_than_the_limit_are_refused() {
    let huge = "9".repeat(400);
    let table = [
        (r#"511-["a"]"#.to_owned(), 11),
        (r#"5999999999-["a"]"#.to_owned(), 999_999_999),
        (format!("5{huge}-[\"a\"]"), usize::MAX),
    ];
    for (packet, count) in table {
        let limit = MAX_ATTACHMENTS;
        let expected = Err(DecodeError::TooManyAttachments { count, limit });
        assert_eq!(decode(&packet), expected, "{packet}");
    }
}

#[test]
fn ack_ids_beyond_javascripts_numbers_are_refused() {
    for id in ["9007199254740992", "9007199254740993", "18446744073709551616", &"9".repeat(400)] {
        for packet in [format!("2{id}[\"a\"]"), format!("3{id}[]")] {
            assert_eq!(decode(&packet), Err(DecodeError::AckIdOutOfRange { at: 2 }), "{packet}");
        }
    }
    assert_eq!(
        decode(r#"2/admin,9007199254740992["a"]"#),
        Err(DecodeError::AckIdOutOfRange { at: 9 })
    );
}

// --- Socket.IO: events and answers ---

#[test]
fn an_event_gives_its_name_and_leaves_its_values_as_text() {
    let table = [
        (r#"2["foo"]"#, "foo", "]"),
        (r#"2["foo",1,null]"#, "foo", ",1,null]"),
        (r#"2[ "foo" ,1]"#, "foo", " ,1]"),
        ("2[\t\n\r\"foo\"]", "foo", "]"),
        (r#"2[1,"a"]"#, "1", r#","a"]"#),
        ("2[-1.5e+3]", "-1.5e+3", "]"),
        (r#"2["",1]"#, "", ",1]"),
        (r#"2["né",1]"#, "né", ",1]"),
        (r#"2["a,]",1]"#, "a,]", ",1]"),
    ];
    for (packet, name, values) in table {
        let event = event(packet);
        assert_eq!(event.name(), name, "{packet}");
        assert_eq!(event.values().as_json(), values, "{packet}");
    }
}

#[test]
fn names_with_escapes_are_the_names_that_they_spell() {
    let table = [
        (r#"2["a\"b",1]"#, "a\"b"),
        (r#"2["a\\",1]"#, "a\\"),
        (r#"2["\u00e9\u4f60",1]"#, "é你"),
        (r#"2["\ud83d\ude00",1]"#, "😀"),
        (r#"2["a\/b\n",1]"#, "a/b\n"),
        // No escapes: names that nobody declares, and nothing worse.
        (r#"2["\é",1]"#, r"\é"),
        (r#"2["\ud800",1]"#, r"\ud800"),
        (r#"2["\u00",1]"#, r"\u00"),
    ];
    for (packet, name) in table {
        let event = event(packet);
        assert_eq!(event.name(), name, "{packet}");
        assert_eq!(event.values().as_json(), ",1]", "{packet}");
    }
}

#[test]
fn values_that_do_not_fit_or_are_broken_are_not_the_connections_business() {
    let deep = format!(r#"2["a",{}{}]"#, "[".repeat(20_000), "]".repeat(20_000));
    for packet in [
        r#"2["a"]x"#,
        r#"2["a""#,
        r#"2["a",1e400]"#,
        r#"2["a",12345678901234567890]"#,
        r#"2["a","\ud800"]"#,
        r#"2["a",}"#,
        r#"51-["a",{"_placeholder":true,"num":1}]"#,
        r#"51-["a",{"_placeholder":"true","num":"0"}]"#,
        &deep,
    ] {
        assert_eq!(decode(packet).map(|header| header.kind), Ok(SocketType::Event), "{packet}");
    }
}

#[test]
fn an_answer_leaves_its_values_as_text() {
    for (packet, values) in [("312[]", "]"), (r#"3/admin,13["bar",1]"#, r#""bar",1]"#)] {
        let text = format!("4{packet}");
        let header = decode_socket(&text, MAX_ATTACHMENTS).expect(packet);
        assert_eq!(
            header.into_answer(text.into(), Vec::new()).values().as_json(),
            values,
            "{packet}"
        );
    }
}

// --- the string at the end, which may be an offset ---

#[test]
fn the_last_string_of_an_event_is_found_from_the_end() {
    // (values, the string, its position, what is left)
    let table = [
        (r#","off"]"#, "off", 1, ""),
        (r#",1,"x","off"]"#, "off", 3, r#",1,"x""#),
        (" ,\n\"x\" , \"off\"\t] ", "off", 2, " ,\n\"x\" "),
        (
            r#",[1,"a",[2,"b"]],{"k":"v","w":[3,4]},"off"]"#,
            "off",
            3,
            r#",[1,"a",[2,"b"]],{"k":"v","w":[3,4]}"#,
        ),
        (r#",""]"#, "", 1, ""),
        (r#",1,""]"#, "", 2, ",1"),
        (r#","né","héé"]"#, "héé", 2, r#","né""#),
        (r#",1,"a\"b"]"#, r#"a\"b"#, 2, ",1"),
        (r#",1,"\"ab"]"#, r#"\"ab"#, 2, ",1"),
        (r#",1,"ab\\"]"#, r"ab\\", 2, ",1"),
        (r#",1,"\\\"ab"]"#, r#"\\\"ab"#, 2, ",1"),
        (r#","\\","off"]"#, "off", 2, r#","\\""#),
        (r#","a,b","c]d","[","off"]"#, "off", 4, r#","a,b","c]d","[""#),
        (r#","\",","off"]"#, "off", 2, r#","\",""#),
    ];
    for (values, text, position, rest) in table {
        let mut event = event(&format!(r#"2["name"{values}"#));
        let last = event.last_string().expect(values);
        assert_eq!((last.text, last.position(usize::MAX)), (text, Some(position)), "{values}");
        assert_eq!(last.position(1), Some(1), "{values}: no count past the limit");
        event.cut_last_string();
        assert_eq!(event.values().as_json(), rest, "{values}");
        assert!(event.last_string().is_none(), "{values}: one is cut off");
    }
}

#[test]
fn what_is_no_string_at_the_end_of_the_list_is_not_found() {
    for packet in [
        r#"2["name"]"#,
        r#"2["name",1]"#,
        r#"2["name",["off"]]"#,
        r#"2["name",{"k":"off"}]"#,
        r#"2["name",null]"#,
        r#"2["name","off",1]"#,
        // Broken ones.
        r#"2["name","off""#,
        r#"2["name" "off"]"#,
        r#"2["name","a" "off"]"#,
        r#"2["name":"off"]"#,
        r#"2["name",off"]"#,
        r#"2["name"]]"#,
        r#"2["name","#,
    ] {
        assert_eq!(event(packet).last_string(), None, "{packet}");
    }
}

#[test]
fn a_list_that_is_broken_before_its_last_string_gives_it_no_position() {
    for values in [r#",["a","off"]"#, r#",]","off"]"#, r#",{"a":[1],"off"]"#, r#",1","off"]"#] {
        let event = event(&format!(r#"2["name"{values}"#));
        let last = event.last_string().expect(values);
        assert_eq!((last.text, last.position(usize::MAX)), ("off", None), "{values}");
    }
}

#[test]
fn members_are_added_in_front_of_those_of_an_object() {
    let added = [("pid", "p\"\\é"), ("offset", "o")];
    let ours = r#""pid":"p\"\\é","offset":"o""#;
    let table = [
        ("{}", format!("{{{ours}}}")),
        (" { } ", format!("{{{ours} }} ")),
        (r#"{"token":"t"}"#, format!(r#"{{{ours},"token":"t"}}"#)),
        (r#"{"p\u0069d":1,"a":{}}"#, r#"{"offset":"o","p\u0069d":1,"a":{}}"#.to_owned()),
        (r#"{"offset":null,"pid":2}"#, r#"{"offset":null,"pid":2}"#.to_owned()),
        // Not what an authentication provider gives.
        ("[]", "[]".to_owned()),
        ("", String::new()),
    ];
    for (object, expected) in table {
        assert_eq!(add_members(object, added), expected, "{object}");
    }
}

// --- Socket.IO: CONNECT and its replies ---

#[test]
fn a_connect_reply_gives_the_socket_id_if_there_is_one() {
    let table = [
        (r#"{"sid":"abc"}"#, Some("abc")),
        (r#"{"sid":"abc","pid":"p","other":[1]}"#, Some("abc")),
        (r#"{"sid":"\u0061"}"#, Some("a")),
        ("", None),
        ("{}", None),
        (r#"{"sid":""}"#, None),
        (r#"{"sid":1}"#, None),
    ];
    for (payload, sid) in table {
        let reply = connect_reply(&format!("0/a,{payload}")).expect(payload);
        assert_eq!(reply.sid.as_deref(), sid, "{payload}");
        let pid = payload.contains("pid").then_some("p");
        assert_eq!(reply.pid.as_deref(), pid, "{payload}");
    }
    for broken in [r#"{"sid":"abc""#, r#"{"sid":"abc"}x"#, "{sid}", "{"] {
        let expected = DecodeError::InvalidPayload { at: 5, expected: "an object" };
        assert_eq!(connect_reply(&format!("0/a,{broken}")).err(), Some(expected), "{broken}");
    }
}

fn connect_reply(packet: &str) -> Result<ConnectReply, DecodeError> {
    ConnectReply::decode(&decode(packet)?, &format!("4{packet}"))
}

#[test]
fn a_refusal_gives_its_message_and_data() {
    let table = [
        (r#"{"message":"x","data":{"code": 7}}"#, "x", Some(r#"{"code": 7}"#)),
        (r#"{"message":"Not authorized"}"#, "Not authorized", None),
        (r#"{"message":"x","data":null}"#, "x", Some("null")),
        (r#""Unauthorized""#, "Unauthorized", None),
        ("", "no reason given", None),
        (r#"{"message":1,"data":2}"#, "no reason given", Some("2")),
        (r#"{"message""#, "no reason given", None),
    ];
    for (payload, message, data) in table {
        let (found, found_data) = decode_refusal(payload);
        assert_eq!(found, message, "{payload}");
        assert_eq!(found_data.as_deref().map(RawValue::get), data, "{payload}");
    }
}

#[test]
fn the_root_namespace_is_not_written() {
    assert_eq!(encode_connect("/", None), "40");
    assert_eq!(encode_connect("/", Some(r#"{"a":1}"#)), r#"40{"a":1}"#);
    assert_eq!(encode_connect("/admin", None), "40/admin,");
    assert_eq!(encode_connect("/admin", Some("{}")), "40/admin,{}");
    assert_eq!(encode_disconnect("/"), "41");
    assert_eq!(encode_disconnect("/admin"), "41/admin,");
}

#[test]
fn what_is_written_can_be_read() {
    for path in ["/", "/admin", "/a/b", "/é"] {
        for auth in [None, Some(r#"{"token":"t"}"#)] {
            let text = encode_connect(path, auth);
            let header = decode_socket(&text, MAX_ATTACHMENTS).expect("a CONNECT");
            assert_eq!(header.kind, SocketType::Connect);
            assert_eq!(header.namespace(&text), path);
            assert_eq!(header.payload(&text), auth.unwrap_or_default());
        }
        let text = encode_disconnect(path);
        let header = decode_socket(&text, MAX_ATTACHMENTS).expect("a DISCONNECT");
        assert_eq!((header.kind, header.namespace(&text)), (SocketType::Disconnect, path));
    }
}

#[test]
fn a_packets_size_counts_each_byte_once() {
    let attachments = vec![Bytes::from_static(b"0123456789"), Bytes::new()];
    let packet = Packet { text: "42[]".into(), attachments };
    assert_eq!(packet.size(), 14);
    assert_eq!(packet.largest_part(false), 10);
    assert_eq!(packet.largest_part(true), 17);
    assert_eq!(Packet::text("42[]").largest_part(false), 4);
}

// --- the handshake ---

#[test]
fn handshakes_of_real_servers_are_accepted() {
    let default = Duration::from_secs(25);
    let table = [
        (
            r#"{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#,
            default,
            Some(1_000_000),
        ),
        // Before Socket.IO 4.5.
        (
            r#"{"sid":"a","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}"#,
            default,
            None,
        ),
        // What a later version may add.
        (
            r#"{"new":{"a":[1]},"sid":"a","pingInterval":25000,"pingTimeout":20000,"extra":null}"#,
            default,
            None,
        ),
        (
            r#" {"sid":"a","pingInterval":25000.5,"pingTimeout":2e4} "#,
            Duration::from_micros(25_000_500),
            None,
        ),
        (r#"{"sid":"a","pingInterval":1,"pingTimeout":20000}"#, Duration::from_millis(1), None),
    ];
    for (data, ping_interval, max_payload) in table {
        let handshake = Handshake::decode(data).unwrap_or_else(|error| panic!("{data}: {error}"));
        assert_eq!(handshake.sid, "a");
        assert_eq!(handshake.ping_interval, ping_interval, "{data}");
        assert_eq!(handshake.ping_timeout, Duration::from_secs(20), "{data}");
        assert_eq!(handshake.max_payload, max_payload, "{data}");
    }
}

#[test]
fn handshakes_that_cannot_keep_a_heartbeat_are_refused() {
    // (data, what the error names)
    let table = [
        ("", "EOF"),
        ("{", "EOF"),
        ("[]", "an Engine.IO handshake object"),
        ("null", "an Engine.IO handshake object"),
        (r#""sid""#, "an Engine.IO handshake object"),
        (r#"{"sid":"a","pingInterval":1,"pingTimeout":1}x"#, "trailing"),
        (r#"{"pingInterval":25000,"pingTimeout":20000}"#, "`sid`"),
        (r#"{"sid":"","pingInterval":25000,"pingTimeout":20000}"#, "`sid`"),
        (r#"{"sid":7,"pingInterval":25000,"pingTimeout":20000}"#, "a string"),
        (r#"{"sid":"a","pingTimeout":20000}"#, "`pingInterval`"),
        (r#"{"sid":"a","pingInterval":25000}"#, "`pingTimeout`"),
        (r#"{"sid":"a","pingInterval":0,"pingTimeout":20000}"#, "sensible"),
        (r#"{"sid":"a","pingInterval":25000,"pingTimeout":0}"#, "sensible"),
        (r#"{"sid":"a","pingInterval":-25000,"pingTimeout":20000}"#, "sensible"),
        (r#"{"sid":"a","pingInterval":0.5,"pingTimeout":20000}"#, "sensible"),
        (r#"{"sid":"a","pingInterval":1e15,"pingTimeout":20000}"#, "sensible"),
        (r#"{"sid":"a","pingInterval":1e400,"pingTimeout":20000}"#, "out of range"),
        (r#"{"sid":"a","pingInterval":25000,"pingTimeout":18446744073709551615}"#, "sensible"),
        (r#"{"sid":"a","pingInterval":"25000","pingTimeout":20000}"#, "f64"),
        (r#"{"sid":"a","pingInterval":null,"pingTimeout":20000}"#, "f64"),
        (r#"{"sid":"a","pingInterval":NaN,"pingTimeout":20000}"#, "expected value"),
    ];
    for (data, names) in table {
        let error = Handshake::decode(data).expect_err(data);
        assert!(error.contains(names), "{data}: {error}");
    }
}

#[test]
fn what_is_told_of_a_long_handshake_is_short() {
    let data = format!(r#"{{"sid":"a","pingInterval":"{}"}}"#, "x".repeat(1_000_000));
    let error = Handshake::decode(&data).expect_err("no number");
    assert!(error.starts_with("invalid type: string") && error.len() < 600, "{error}");
}

#[test]
fn a_servers_word_that_it_has_no_limit_is_understood() {
    // `Infinity`, as JSON writes it; and 0, which the reference client takes for no limit.
    for max_payload in ["null", "0"] {
        let handshake = handshake_with_max_payload(max_payload).expect(max_payload);
        assert_eq!(handshake.max_payload, None, "{max_payload}");
    }
    let table = [("1", 1), ("1e6", 1_000_000), ("60.5", 60), ("1e+21", usize::MAX)];
    for (max_payload, limit) in table {
        let handshake = handshake_with_max_payload(max_payload).expect(max_payload);
        assert_eq!(handshake.max_payload, Some(limit), "{max_payload}");
    }
    for max_payload in ["-1", "\"1000\"", "{}"] {
        assert!(handshake_with_max_payload(max_payload).is_err(), "{max_payload}");
    }
}

fn handshake_with_max_payload(max_payload: &str) -> Result<Handshake, String> {
    Handshake::decode(&format!(
        r#"{{"sid":"a","pingInterval":25000,"pingTimeout":20000,"maxPayload":{max_payload}}}"#
    ))
}

#[test]
fn a_handshake_keeps_its_secret_from_the_log() {
    let data = r#"{"sid":"secret","pingInterval":25000,"pingTimeout":20000}"#;
    let handshake = Handshake::decode(data).expect("a handshake");
    assert!(!format!("{handshake:?}").contains("secret"));
}

// --- attachments ---

fn begin(reassembler: &mut Reassembler, packet: &str) {
    let text = Utf8Bytes::from(format!("4{packet}"));
    let header = decode_socket(&text, MAX_ATTACHMENTS).expect(packet);
    reassembler.begin(header, text);
}

#[test]
fn a_packet_is_complete_with_its_last_attachment() {
    let mut reassembler = Reassembler::default();
    begin(&mut reassembler, r#"52-/admin,7["baz",1]"#);
    assert!(matches!(reassembler.add(Bytes::from_static(&[1, 2])), Ok(None)));
    let (header, text, attachments) =
        reassembler.add(Bytes::new()).expect("expected").expect("complete");
    assert_eq!((header.namespace(&text), header.ack), ("/admin", Some(7)));
    let event = header.into_event(text, attachments);
    assert_eq!(event.name(), "baz");
    assert_eq!(event.attachments(), [Bytes::from_static(&[1, 2]), Bytes::new()]);
    assert_eq!(reassembler.abandon(), None);
}

#[test]
fn binary_data_that_nothing_announced_is_refused() {
    let mut reassembler = Reassembler::default();
    let data = Bytes::from_static(&[1]);
    assert_eq!(reassembler.add(data.clone()).err(), Some(DecodeError::UnexpectedBinary));
    begin(&mut reassembler, r#"51-["a"]"#);
    assert!(matches!(reassembler.add(data.clone()), Ok(Some(_))));
    assert_eq!(reassembler.add(data).err(), Some(DecodeError::UnexpectedBinary));
}

#[test]
fn a_packet_that_lacks_attachments_is_told_apart() {
    let mut reassembler = Reassembler::default();
    begin(&mut reassembler, r#"53-["a"]"#);
    assert!(matches!(reassembler.add(Bytes::new()), Ok(None)));
    let missing = DecodeError::MissingAttachments { missing: 2, expected: 3 };
    assert_eq!(reassembler.abandon(), Some(missing));
    assert_eq!(reassembler.abandon(), None);
    assert_eq!(reassembler.add(Bytes::new()).err(), Some(DecodeError::UnexpectedBinary));
}

#[test]
fn a_count_alone_takes_no_memory() {
    let text = Utf8Bytes::from(format!("45{}-[\"a\"]", usize::MAX));
    let header = decode_socket(&text, usize::MAX).expect("within the limit");
    let mut reassembler = Reassembler::default();
    reassembler.begin(header, text);
    assert!(matches!(reassembler.add(Bytes::new()), Ok(None)));
}

// --- hostile bytes ---

/// Whole Engine.IO packets that mutations start from.
const SEEDS: [&str; 12] = [
    r#"0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#,
    r#"40{"sid":"abc","pid":"p"}"#,
    "40/admin,",
    "41/admin,",
    r#"42["foo",1,null,{"a":[true]}]"#,
    r#"42/admin,12["f\"o\\o\u00e9",{"_placeholder":true,"num":0}]"#,
    r#"42["né你😀","né你😀"]"#,
    r#"43/admin,13["bar"]"#,
    r#"44/admin,{"message":"x","data":{"code":7}}"#,
    r#"44"Unauthorized""#,
    r#"452-/cool,23["a",{"b":["c",{"_placeholder":true,"num":0}]}]"#,
    r#"4610-15["bar",{"_placeholder":true,"num":0}]"#,
];

/// What a mutation puts in.
const SPLINTERS: [&str; 20] = [
    "\"",
    "\\",
    "[",
    "]",
    "{",
    "}",
    ",",
    "/",
    "-",
    ".",
    "0",
    "9",
    " ",
    "\n",
    "é",
    "😀",
    "\u{0}",
    "99999999999999999999",
    "\\u",
    "connect",
];

#[test]
fn no_mutated_packet_makes_a_decoder_panic() {
    let mut random = 0x5eed;
    for round in 0..300_000_u32 {
        let mut packet: Vec<char> = SEEDS[pick(&mut random, SEEDS.len())].chars().collect();
        for _ in 0..=pick(&mut random, 4) {
            let at = pick(&mut random, packet.len() + 1);
            match pick(&mut random, 4) {
                0 => packet.truncate(at),
                1 if at < packet.len() => drop(packet.remove(at)),
                2 if at < packet.len() => {
                    let other = pick(&mut random, packet.len());
                    packet.swap(at, other);
                }
                _ => {
                    let splinter = SPLINTERS[pick(&mut random, SPLINTERS.len())];
                    packet.splice(at..at, splinter.chars());
                }
            }
        }
        let packet: String = packet.into_iter().collect();
        let outcome = std::panic::catch_unwind(|| read_everything(&packet));
        assert!(outcome.is_ok(), "round {round}: {packet:?}");
    }
}

/// Does with a packet all that a client does with it.
fn read_everything(packet: &str) {
    let Ok((kind, data)) = decode_engine(packet) else { return };
    if kind == EngineType::Open {
        // Whether it is one is not the question here.
        let _ = Handshake::decode(data);
    }
    if kind != EngineType::Message {
        return;
    }
    let Ok(header) = decode_socket(packet, MAX_ATTACHMENTS) else { return };
    assert!(header.namespace(packet).starts_with('/'));
    assert!(header.attachments <= MAX_ATTACHMENTS);
    match header.kind {
        SocketType::Connect => drop(ConnectReply::decode(&header, packet)),
        SocketType::ConnectError => drop(decode_refusal(header.payload(packet))),
        SocketType::Disconnect => {}
        SocketType::Event => {
            let event = header.into_event(packet.into(), Vec::new());
            assert!(event.name().len() + event.values().as_json().len() < packet.len());
            let mut event = event;
            if let Some(last) = event.last_string() {
                assert!(last.position(usize::MAX).is_none_or(|position| position > 0));
            }
            event.cut_last_string();
        }
        SocketType::Ack => {
            assert!(
                header.into_answer(packet.into(), Vec::new()).values().as_json().len()
                    < packet.len()
            );
        }
    }
}

/// Below `bound`; the state is a linear congruential generator's (Knuth's MMIX).
fn pick(random: &mut u64, bound: usize) -> usize {
    *random =
        random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*random >> 33).expect("31 bits") % bound
}
