//! What the reference parser writes is read, what is written is what it would write, and hostile
//! bytes are errors.
//!
//! Must not know: the state machine.

use bytes::Bytes;

use super::{
    List, MAX_DEPTH, MsgpackPacket, begin, encode_connect, encode_disconnect, join, json::to_json,
    split_value,
};
use crate::codec::{DecodeError, Incoming, SocketType, Values};

fn bytes(hex: &str) -> Vec<u8> {
    let hex: Vec<_> = hex.chars().filter(|digit| !digit.is_whitespace()).collect();
    let byte = |pair: &[char]| {
        u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("two hexadecimal digits")
    };
    hex.chunks(2).map(byte).collect()
}

fn packet(hex: &str) -> MsgpackPacket {
    MsgpackPacket::decode(bytes(hex).into()).unwrap_or_else(|error| panic!("{hex}: {error}"))
}

fn error(bytes: impl Into<Bytes>) -> DecodeError {
    MsgpackPacket::decode(bytes.into()).expect_err("an error")
}

/// The values as JSON, one behind the other.
fn json(list: &List) -> String {
    let Values::Msgpack { bytes, count, .. } = list.values() else { panic!("msgpack") };
    let mut rest = bytes;
    let values: Vec<_> = std::iter::from_fn(|| {
        let (value, tail) = split_value(rest)?;
        rest = tail;
        Some(to_json(value).expect("a value"))
    })
    .collect();
    assert_eq!(values.len(), count);
    values.join(" ")
}

/// `{type: 2, nsp: "/", data: …}`.
fn event(data: &str) -> Vec<u8> {
    bytes(&format!("83 a474797065 02 a36e7370 a12f a464617461 {data}"))
}

// Written by `socket.io-msgpack-parser` 3.0.2.

#[test]
fn events_of_the_reference_are_read() {
    // (packet, namespace, ack id, name, values)
    let table = [
        ("83a47479706502a36e7370a12fa46461746192a3666f6f01", "/", None, "foo", "1"),
        (
            "83a47479706502a46461746198a3666f6fa178ffcb3ff8000000000000c0c39201a16181a16181a16290\
             a36e7370a52f63686174",
            "/chat",
            None,
            "foo",
            r#""x" -1 1.5 null true [1,"a"] {"a":{"b":[]}}"#,
        ),
        (
            "85a47479706502a46461746192a361736bcd012ca76f7074696f6e7381a8636f6d7072657373c3a26964\
             0ca36e7370a62f61646d696e",
            "/admin",
            Some(12),
            "ask",
            "300",
        ),
        ("84a47479706502a46461746191a3666f6fa26964d40000a36e7370a12f", "/", None, "foo", ""),
        ("83a47479706502a4646174619201a161a36e7370a12f", "/", None, "1", r#""a""#),
        (
            "83a47479706502a46461746193a362617ac402010281a16191c400a36e7370a12f",
            "/",
            None,
            "baz",
            r#"[1,2] {"a":[[]]}"#,
        ),
        (
            "83a47479706502a464617461dc0015a177000102030405060708090a0b0c0d0e0f10111213a36e7370a12f",
            "/",
            None,
            "w",
            "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19",
        ),
        (
            "83a47479706502a464617461dc0017a16e7fcc80ccffcd0100cdffffce00010000ceffffffffcf000000\
             0100000000cf001fffffffffffffe0d0dfd080d1ff7fd18000d2ffff7fffd280000000d3ffffffff7fff\
             ffffd3ffe0000000000001cb3fb999999999999acf0000000000000000cb7ff8000000000000cb7ff000\
             0000000000a36e7370a12f",
            "/",
            None,
            "n",
            "127 128 255 256 65535 65536 4294967295 4294967296 9007199254740991 -32 -33 -128 -129 \
             -32768 -32769 -2147483648 -2147483649 -9007199254740991 0.1 0 null null",
        ),
    ];
    for (hex, namespace, ack, name, values) in table {
        let packet = packet(hex);
        assert_eq!((packet.kind, packet.ack), (SocketType::Event, ack), "{hex}");
        assert_eq!(packet.namespace(), namespace, "{hex}");
        let list = packet.into_list();
        assert_eq!((&*list.name(), &*json(&list)), (name, values), "{hex}");
    }
}

#[test]
fn what_json_does_not_know_is_read_as_json_has_it() {
    let table = [
        // `Uint8Array`, `ArrayBuffer` of eight bytes and of one.
        (
            "83a47479706502a46461746194a362617ac70200010281a161c708000000000000000000c7010000a36e73\
             70a12f",
            r#"[1,2] {"a":[0,0,0,0,0,0,0,0]} [0]"#,
        ),
        // `Date`s, as `toJSON` gives them; leap days and years before and after four digits.
        (
            "83a47479706502a46461746197a47768656ed700000000000000000081a26174d7000000018bcfe5687bd7\
             00ffffffffffffffffd700000000dd9aa6e000d7000000e677d21fdc00d700ffffc76e394a7400a36e73\
             70a12f",
            r#""1970-01-01T00:00:00.000Z" {"at":"2023-11-14T22:13:20.123Z"} "1969-12-31T23:59:59.999Z" "2000-02-29T00:00:00.000Z" "+010000-01-01T00:00:00.000Z" "-000001-01-01T00:00:00.000Z""#,
        ),
        // `undefined` as a value, in an object, in an array.
        (
            "83a47479706502a46461746194a175d4000082a161d40000a1620191d40000a36e7370a12f",
            r#"null {"b":1} [null]"#,
        ),
    ];
    for (hex, values) in table {
        assert_eq!(json(&packet(hex).into_list()), values, "{hex}");
    }
    let last = event("92 a161 d700 001eb208c2dc0000");
    let beyond = event("92 a161 d700 001eb208c2dc0001");
    let date = |packet: Vec<u8>| {
        json(&MsgpackPacket::decode(packet.into()).expect("an event").into_list())
    };
    assert_eq!(date(last), r#""+275760-09-13T00:00:00.000Z""#);
    assert_eq!(date(beyond), "null");
}

#[test]
fn answers_and_the_servers_words_on_a_connect_are_read() {
    let answer = packet("84a47479706503a46461746191a3626172a269640da36e7370a62f61646d696e");
    assert_eq!((answer.kind, answer.ack), (SocketType::Ack, Some(13)));
    assert_eq!(json(&answer.into_list()), r#""bar""#);
    let empty = packet("84a47479706503a46461746190a26964ce00011170a36e7370a12f");
    assert_eq!(empty.ack, Some(70_000));
    assert_eq!(json(&empty.into_list()), "");

    let reply = |hex| Incoming::msgpack(bytes(hex).into()).expect(hex);
    let accepted =
        reply("83a47479706500a46461746182a3736964a3616263a3706964d40000a36e7370a62f61646d696e");
    assert_eq!((accepted.kind(), accepted.namespace()), (SocketType::Connect, "/admin"));
    let accepted = accepted.connect_reply().expect("an object");
    assert_eq!((accepted.sid.as_deref(), accepted.pid), (Some("abc"), None));
    let recoverable = reply("83a47479706500a46461746182a3736964a3616263a3706964a150a36e7370a12f");
    assert_eq!(recoverable.connect_reply().expect("an object").pid.as_deref(), Some("P"));
    let without = reply("83a47479706500a464617461d40000a36e7370a62f61646d696e");
    assert_eq!(without.connect_reply().expect("nothing").sid, None);

    let goodbye = packet("82a47479706501a36e7370a12f");
    assert_eq!((goodbye.kind, goodbye.namespace()), (SocketType::Disconnect, "/"));
    let refusal = reply(
        "83a47479706504a46461746182a76d657373616765a178a46461746181a4636f646507a36e7370a62f61646d696e",
    );
    let (message, data) = refusal.refusal();
    assert_eq!((&*message, data.expect("data").get()), ("x", r#"{"code":7}"#));
    let old = reply("83a47479706504a464617461ac556e617574686f72697a6564a36e7370a12f");
    assert_eq!(old.refusal().0, "Unauthorized");
}

#[test]
fn packets_are_written_as_the_reference_reads_them() {
    let mut head = Vec::new();
    begin(&mut head, 2, "/", None);
    let foo = [b"\xa3foo".as_slice(), &[1]].concat();
    let vector = "83 a474797065 02 a36e7370 a12f a464617461 92 a3666f6f 01";
    assert_eq!(join(&head, 2, &foo), bytes(vector), "the protocol's own example");
    head.clear();
    begin(&mut head, 3, "/admin", Some(300));
    let answer = "84 a474797065 03 a36e7370 a62f61646d696e a26964 cd012c a464617461 90";
    assert_eq!(join(&head, 0, &[]), bytes(answer));
    assert_eq!(&join(&head, 16, &[])[head.len()..], [0xdc, 0, 16]);
    assert_eq!(&join(&head, 65_536, &[])[head.len()..], [0xdd, 0, 1, 0, 0]);

    assert_eq!(encode_connect("/", None), bytes("82 a474797065 00 a36e7370 a12f"));
    let auth = r#"{"token":"t","n":[1,-1,0.5,null]}"#;
    let expected = "83 a474797065 00 a36e7370 a22f61 a464617461 82 a16e 94 01 ff cb3fe0000000000000 \
                    c0 a5746f6b656e a174";
    assert_eq!(encode_connect("/a", Some(auth)), bytes(expected));
    assert_eq!(encode_disconnect("/a"), bytes("82 a474797065 01 a36e7370 a22f61"));
}

#[test]
fn a_list_as_json_has_placeholders_for_its_binary_data() {
    let list =
        packet("83a47479706502a46461746193a362617ac402010281a16191c400a36e7370a12f").into_list();
    let placeholder = |number| format!(r#"{{"_placeholder":true,"num":{number}}}"#);
    let expected = format!(r#"[{},{{"a":[{}]}}]"#, placeholder(0), placeholder(1));
    assert_eq!(list.values().to_json(), expected);
    assert_eq!(list.binaries(), [&b"\x01\x02"[..], b""]);
    // A key that is no string, an extension of somebody's own, and nothing at all.
    let list = |data| MsgpackPacket::decode(event(data).into()).expect(data).into_list();
    assert_eq!(
        list("92 a161 82 01 a162 9102 c3").values().to_json(),
        r#"[{"1":"b","[object Object]":true}]"#
    );
    assert_eq!(list("93 a161 d50501ff 01").values().to_json(), "[null,1]");
    assert_eq!(list("91 a161").values().to_json(), "[]");
}

#[test]
fn the_last_string_is_found_and_cut_off() {
    let mut list =
        packet("83a47479706502a46461746193a16e01a751383763536449a36e7370a12f").into_list();
    let found = list.last_string().expect("a string");
    assert_eq!((found.text, found.position(usize::MAX)), ("Q87cSdI", Some(2)));
    list.cut_last_string();
    assert_eq!(json(&list), "1");
    assert_eq!(list.last_string(), None, "one is cut off");
    for data in ["91 a161", "92 a161 01", "92 a161 91a162", "92 a161 c40162", "92 a161 a1ff"] {
        let list = MsgpackPacket::decode(event(data).into()).expect(data).into_list();
        assert_eq!(list.last_string(), None, "{data}");
    }
}

#[test]
fn packets_that_break_the_protocol_are_refused() {
    let head = "a36e7370 a12f";
    for (hex, expected) in [
        ("", "more bytes"),
        ("c0", "a map"),
        ("93 02 a12f 90", "a map"),
        ("c1", "a type in use"),
        ("80", "`type`"),
        ("81 a474797065 02", "`nsp`"),
        ("82 a474797065 05 a36e7370 a12f", "a packet type"),
        ("82 a474797065 ff a36e7370 a12f", "a packet type"),
        ("82 a474797065 a132 a36e7370 a12f", "a packet type"),
        ("82 a474797065 cb4000000000000000 a36e7370 a12f", "a packet type"),
        ("82 a474797065 01 a36e7370 01", "a namespace"),
        ("82 a474797065 01 a36e7370 a1ff", "UTF-8"),
        ("82 a474797065 02 a36e7370 a12f", "`data`"),
        ("82 a474797065 03 a36e7370 a12f", "`data`"),
        ("83 a474797065 01 a36e7370 a12f a464617461 80", "nothing"),
        ("83 a474797065 00 a36e7370 a12f a464617461 90", "an object"),
        ("83 a474797065 04 a36e7370 a12f a464617461 01", "an object"),
        ("83 a474797065 02 a36e7370 a12f a464617461 80", "an array of values"),
        ("83 a474797065 02 a36e7370 a12f a464617461 90", "the event's name"),
        ("83 a474797065 02 a36e7370 a12f a464617461 91c3", "the event's name"),
        ("83 a474797065 02 a36e7370 a12f a464617461 91a1ff", "UTF-8"),
        (
            "83 a474797065 02 a36e7370 a12f a464617461 91a7636f6e6e656374",
            "a name that is not reserved",
        ),
        ("83 a474797065 01 a36e7370 a12f a26964 a131", "an ack id"),
        ("82 a474797065 01 a36e7370 a12f 00", "the end of the packet"),
        // Cut off.
        ("83 a474797065 02 a36e7370 a12f a464617461 92 a3666f6f", "as much as it says"),
        ("83 a474797065 02 a36e7370 a12f a464617461 92 a3666f", "more bytes"),
        // Lengths that lie.
        ("dfffffffff", "more bytes"),
        ("83 a474797065 02 a36e7370 a12f a464617461 ddffffffff", "as much as it says"),
        ("83 a474797065 02 a36e7370 a12f a464617461 dfffffffff", "as much as it says"),
        ("83 a474797065 02 a36e7370 a12f a464617461 dbffffffff", "more bytes"),
        ("83 a474797065 02 a36e7370 a12f a464617461 c6ffffffff 00", "more bytes"),
        ("83 a474797065 02 a36e7370 a12f a464617461 c9ffffffff 00", "more bytes"),
    ] {
        let found = error(bytes(hex));
        let DecodeError::InvalidMsgpack { expected: what, .. } = found else { panic!("{found}") };
        assert_eq!(what, expected, "{hex}");
    }
    for id in ["cf0020000000000000", "ff"] {
        let found = error(bytes(&format!("83 a474797065 01 {head} a26964 {id}")));
        assert!(matches!(found, DecodeError::AckIdOutOfRange { .. }), "{id}: {found}");
    }
}

#[test]
fn keys_that_nobody_knows_are_passed_over() {
    let packet = packet("86 a474797065 02 01 a178 c0 c0 a178 90 a36e7370 a12f a464617461 91a161");
    assert_eq!(packet.into_list().name(), "a");
}

#[test]
fn nesting_without_end_costs_no_stack() {
    let deep = |count: usize| {
        let mut packet = event("92 a161");
        packet.extend(std::iter::repeat_n(0x91, count));
        packet.push(0xc0);
        packet
    };
    // Whoever reads it gets the error; the connection does not.
    let list = MsgpackPacket::decode(deep(1_000_000).into()).expect("well formed").into_list();
    let Values::Msgpack { bytes, .. } = list.values() else { panic!("msgpack") };
    assert!(to_json(bytes).is_err());
    let list = MsgpackPacket::decode(deep(MAX_DEPTH - 1).into()).expect("well formed").into_list();
    assert_eq!(json(&list), format!("{0}null{1}", "[".repeat(127), "]".repeat(127)));
    // The same with an extension at the end, which has to be replaced.
    let mut packet = event("92 a161");
    packet.extend(std::iter::repeat_n(0x91, 1_000_000));
    packet.extend([0xd4, 0, 0]);
    MsgpackPacket::decode(packet.into()).expect("well formed");
}

#[test]
fn keys_within_keys_do_not_multiply() {
    let mut packet = event("92 a161");
    packet.extend(std::iter::repeat_n(0x81, 100));
    packet.extend([0xa1, b'"']);
    packet.extend(std::iter::repeat_n(0xc0, 100));
    let list = MsgpackPacket::decode(packet.into()).expect("well formed").into_list();
    assert_eq!(list.values().to_json(), r#"[{"[object Object]":null}]"#);
}

/// Packets that mutations start from.
const SEEDS: [&str; 8] = [
    "83a47479706502a46461746198a3666f6fa178ffcb3ff8000000000000c0c39201a16181a16181a16290a36e7370a52f63686174",
    "85a47479706502a46461746192a361736bcd012ca76f7074696f6e7381a8636f6d7072657373c3a269640ca36e7370a62f61646d696e",
    "83a47479706502a46461746194a362617ac70200010281a161c708000000000000000000c7010000a36e7370a12f",
    "83a47479706502a46461746194a175d4000082a161d40000a1620191d40000a36e7370a12f",
    "84a47479706503a46461746191a3626172a269640da36e7370a62f61646d696e",
    "83a47479706500a46461746182a3736964a3616263a3706964a150a36e7370a12f",
    "83a47479706504a46461746182a76d657373616765a178a46461746181a4636f646507a36e7370a62f61646d696e",
    "82a47479706501a36e7370a12f",
];

#[test]
fn no_random_bytes_make_the_decoder_panic() {
    let mut random = 0x5eed_u64;
    // Knuth's MMIX.
    let mut pick = |bound: usize| {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).expect("31 bits") % bound
    };
    let mut understood = 0;
    for round in 0..100_000_u32 {
        let mut packet = if round % 4 == 0 {
            (0..pick(40)).map(|_| u8::try_from(pick(256)).expect("a byte")).collect()
        } else {
            bytes(SEEDS[pick(SEEDS.len())])
        };
        for _ in 0..=pick(3) {
            let at = pick(packet.len() + 1);
            let byte = u8::try_from(pick(256)).expect("a byte");
            match pick(4) {
                0 => packet.truncate(at),
                1 if at < packet.len() => drop(packet.remove(at)),
                2 if at < packet.len() => packet[at] = byte,
                _ => packet.insert(at, byte),
            }
        }
        let outcome = std::panic::catch_unwind(|| read_everything(packet.clone()));
        understood += usize::from(outcome.unwrap_or_else(|_| panic!("round {round}: {packet:x?}")));
    }
    assert!(understood > 1_000, "{understood} are far too few to tell");
}

/// Does with a packet all that a client does with it; whether it is one.
fn read_everything(packet: Vec<u8>) -> bool {
    let Ok(packet) = Incoming::msgpack(packet.into()) else { return false };
    match packet.kind() {
        SocketType::Connect => drop(packet.connect_reply()),
        SocketType::ConnectError => drop(packet.refusal()),
        SocketType::Disconnect => {}
        SocketType::Event => {
            let mut event = packet.into_event();
            let _ = event.name().len() + event.size();
            event.cut_last_string();
            let Values::Msgpack { bytes, count, .. } = event.values() else { return true };
            assert!(count <= bytes.len());
        }
        SocketType::Ack => drop(packet.into_answer()),
    }
    true
}
