//! The protocol's test vectors: valid packets of Socket.IO and Engine.IO, quirks of the JavaScript
//! decoder, msgpack. `p` is a placeholder.
//!
//! Must not know: how anything is decoded.

use super::{
    Fate::{self, Open, Refused, Taken, Unreadable},
    Seed, seed, stream,
};

pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (name, packet, fate) in VALID.iter().chain(&QUIRKS) {
        let packet = packet.replace("{p}", r#"{"_placeholder":true,"num":0}"#);
        seeds.push(seed("socket_packet", *name, packet, *fate));
    }
    for (name, text, attachments) in BINARY {
        let text = text.replace("{p0}", r#"{"_placeholder":true,"num":0}"#);
        let text = text.replace("{p1}", r#"{"_placeholder":true,"num":1}"#);
        seeds.push(seed("attachments", name, stream(10, &text, attachments), Open));
    }
    for (name, packet, fate) in ENGINE {
        seeds.push(seed("engine_packet", name, packet, fate));
    }
    for (name, body) in BODIES {
        let body = [b"\x02", body.as_bytes()].concat();
        seeds.push(seed("polling_payload", name, body, Open));
    }
    for (name, data, fate) in HANDSHAKES {
        seeds.push(seed("handshake", name, data, fate));
    }
    for (name, hex, fate) in MSGPACK {
        seeds.push(seed("msgpack_packet", name, bytes(hex), fate));
    }
    for (name, value) in VALUES {
        for choice in 0..6 {
            let input = [&[choice * 2], value.as_bytes()].concat();
            seeds.push(seed("typed_payload", format!("{name}-as-{choice}"), input, Open));
        }
    }
    let deep = format!(r#"2["a",{}{}]"#, "[".repeat(200), "]".repeat(200));
    seeds.push(seed("socket_packet", "3.3-56-200-nested-arrays", deep, Unreadable));
    let nines = "9".repeat(400);
    let huge = format!(r#"2{nines}["a"]"#);
    seeds.push(seed("socket_packet", "3.3-49-ack-of-400-nines", huge, Refused));
    let many = format!(r#"5{nines}-["a"]"#);
    seeds.push(seed("socket_packet", "3.3-71-attachments-of-400-nines", many, Refused));
    seeds.extend(regressions());
    // Where only bytes are read, anything is a value to begin with.
    for target in ["round_trip_json", "round_trip_msgpack", "round_trip_payload"] {
        seeds.push(seed(target, "nothing", [], Open));
        seeds.push(seed(target, "zeros", [0; 64], Open));
        seeds.push(seed(target, "ones", [1; 256], Open));
        let counted: Vec<u8> = (0..=255).cycle().take(1024).collect();
        seeds.push(seed(target, "all-bytes", counted, Open));
    }
    seeds
}

/// What was wrong here once.
fn regressions() -> Vec<Seed> {
    // Repeated in the error, as long as it was.
    let long = format!("\"{}\"", "x".repeat(3000));
    let handshake = format!(r#"{{"sid":"a","pingInterval":{long},"pingTimeout":20000}}"#);
    vec![
        seed("handshake", "regression-long-text-for-a-number", handshake, Refused),
        seed("typed_payload", "regression-long-text-for-a-number", format!("\x0a{long}"), Open),
        seed("typed_payload", "regression-long-key", format!("\x06{{{long}:1}}"), Open),
        // Read as an answer without values.
        seed("socket_packet", "regression-answer-with-trailing-junk", "30[]x", Unreadable),
        seed("socket_packet", "regression-answer-that-begins-with-a-comma", "30[,1]", Unreadable),
        // Read as one piece of binary data.
        seed("engine_packet", "regression-base64-in-pieces", "bAQIbAA==BA==", Refused),
    ]
}

/// Without the spaces.
fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    let byte = |pair: &[u32]| u8::try_from(pair[0] << 4 | pair[1]).expect("two digits");
    digits.chunks(2).map(byte).collect()
}

/// 3.1, those without attachments, and the texts of those with some.
const VALID: [(&str, &str, Fate); 24] = [
    ("3.1-01-connect", "0", Taken),
    ("3.1-02-connect-with-auth", r#"0{"token":"123"}"#, Taken),
    ("3.1-03-connect-to-a-namespace", "0/admin,", Taken),
    ("3.1-04-connect-reply", r#"0/admin,{"sid":"abc"}"#, Taken),
    ("3.1-05-connect-with-recovery", r#"0{"pid":"P","offset":"O","token":"t"}"#, Taken),
    ("3.1-06-disconnect", "1", Taken),
    ("3.1-06-disconnect-from-a-namespace", "1/admin,", Taken),
    ("3.1-07-event", r#"2["foo"]"#, Taken),
    ("3.1-08-event-with-arguments", r#"2["foo",1,null,{"a":[true]}]"#, Taken),
    ("3.1-09-event-with-ack-id", r#"212["foo"]"#, Taken),
    ("3.1-10-event-with-everything", r#"2/admin,0["a",1,"x",true,null]"#, Taken),
    ("3.1-11-event-with-a-numeric-name", r#"2[1,"a"]"#, Taken),
    ("3.1-12-ack-without-values", "312[]", Taken),
    ("3.1-12-ack-of-a-namespace", r#"3/admin,13["bar"]"#, Taken),
    ("3.1-13-connect-error", r#"4{"message":"Not authorized"}"#, Taken),
    ("3.1-14-connect-error-with-data", r#"4/admin,{"message":"x","data":{"code":7}}"#, Taken),
    ("3.1-15-connect-error-of-old-servers", r#"4"Unauthorized""#, Taken),
    ("3.1-16-binary-event", r#"51-["baz",{p}]"#, Taken),
    ("3.1-18-nested-binary-event", r#"51-/cool,23["a",{"b":["c",{p}]}]"#, Taken),
    ("3.1-19-binary-ack", r#"61-15["bar",{p}]"#, Taken),
    ("3.1-22-what-json-does-not-have", r#"2["a",null,null,null,0,null]"#, Taken),
    ("3.1-23-date-and-map", r#"2["a","1970-01-01T00:00:00.000Z",{"b":1},{}]"#, Taken),
    ("3.1-24-control-character", "2[\"a\",\"\\u001e\",\"\u{2028}\"]", Taken),
    ("3.1-25-large-numbers", r#"2["a",1,1e+21,123456789012345680000]"#, Taken),
];

/// 3.3: packets that no server should send.
const QUIRKS: [(&str, &str, Fate); 83] = [
    ("3.3-38-empty", "", Refused),
    ("3.3-38-space", " ", Refused),
    ("3.3-39-type-7", "7", Refused),
    ("3.3-39-type-9", "9", Refused),
    ("3.3-39-type-999", "999", Refused),
    ("3.3-39-type-a", "a", Refused),
    ("3.3-40-connect-array", "0[]", Refused),
    ("3.3-40-connect-null", "0null", Refused),
    ("3.3-40-connect-string", r#"0"x""#, Refused),
    ("3.3-40-connect-string-in-a-namespace", r#"0/admin,"invalid""#, Refused),
    ("3.3-41-connect-without-comma", "0/admin", Taken),
    ("3.3-41-connect-root-written-out", "0/,", Taken),
    ("3.3-41-connect-with-ack-id", r#"01{"sid":"a"}"#, Taken),
    ("3.3-42-disconnect-object", "1{}", Refused),
    ("3.3-42-disconnect-null", "1null", Refused),
    ("3.3-42-disconnect-false", "1false", Refused),
    ("3.3-42-disconnect-with-ack-id", "15", Taken),
    ("3.3-43-event-without-data", "2", Refused),
    ("3.3-43-event-with-ack-id-without-data", "21", Refused),
    ("3.3-43-event-in-a-namespace-without-data", "2/admin,", Refused),
    ("3.3-44-event-empty-array", "2[]", Refused),
    ("3.3-44-event-object", "2{}", Refused),
    ("3.3-44-event-string", r#"2"foo""#, Refused),
    ("3.3-44-event-name-true", "2[true,1]", Refused),
    ("3.3-44-event-name-null", "2[null,1]", Refused),
    ("3.3-44-event-name-object", r#"2[{"toString":"foo"}]"#, Refused),
    ("3.3-45-reserved-connect", r#"2["connect"]"#, Refused),
    ("3.3-45-reserved-connect_error", r#"2["connect_error"]"#, Refused),
    ("3.3-45-reserved-disconnect", r#"2["disconnect"]"#, Refused),
    ("3.3-45-reserved-disconnecting", r#"2["disconnecting"]"#, Refused),
    ("3.3-45-reserved-newListener", r#"2["newListener"]"#, Refused),
    ("3.3-45-reserved-removeListener", r#"2["removeListener"]"#, Refused),
    ("3.3-46-trailing-junk", r#"2["a"]x"#, Unreadable),
    ("3.3-46-unclosed", r#"2["a""#, Unreadable),
    ("3.3-46-negative-ack-id", r#"2-1["a"]"#, Refused),
    ("3.3-46-fractional-ack-id", r#"21.5["a"]"#, Refused),
    ("3.3-47-space-for-ack-id", r#"2 ["a"]"#, Refused),
    ("3.3-47-newline-for-ack-id", "2\n[\"a\"]", Refused),
    ("3.3-47-space-before-ack-id", r#"2 1["a"]"#, Refused),
    ("3.3-47-space-in-ack-id", r#"21 2["a"]"#, Refused),
    ("3.3-49-ack-id-past-2-53", r#"29007199254740993["a"]"#, Refused),
    ("3.3-49-ack-id-of-22-nines", r#"29999999999999999999999["a"]"#, Refused),
    ("3.3-50-namespace-without-comma", r#"2/admin["a"]"#, Refused),
    ("3.3-52-event-proto", r#"2["__proto__",1]"#, Taken),
    ("3.3-52-value-proto", r#"2["a",{"__proto__":{"x":1}}]"#, Taken),
    ("3.3-54-number-out-of-range", r#"2["a",1e400]"#, Unreadable),
    ("3.3-54-number-past-2-53", r#"2["a",12345678901234567890]"#, Taken),
    ("3.3-55-lone-surrogate", r#"2["a","\ud800"]"#, Unreadable),
    ("3.3-57-ack-without-id", "3[]", Taken),
    ("3.3-58-ack-without-data", "30", Refused),
    ("3.3-59-ack-object", "30{}", Refused),
    ("3.3-59-ack-string", r#"30"x""#, Refused),
    ("3.3-59-ack-null", "30null", Refused),
    ("3.3-60-connect-error-without-data", "4", Taken),
    ("3.3-60-connect-error-array", "4[]", Refused),
    ("3.3-60-connect-error-null", "4null", Refused),
    ("3.3-61-connect-error-string", r#"4"no""#, Taken),
    ("3.3-62-placeholder-in-a-text-event", r#"2["a",{p}]"#, Taken),
    ("3.3-63-placeholder-out-of-bounds", r#"51-["a",{"_placeholder":true,"num":1}]"#, Taken),
    ("3.3-63-placeholder-negative", r#"51-["a",{"_placeholder":true,"num":-1}]"#, Taken),
    ("3.3-63-placeholder-string", r#"51-["a",{"_placeholder":true,"num":"0"}]"#, Taken),
    ("3.3-63-placeholder-null", r#"51-["a",{"_placeholder":true,"num":null}]"#, Taken),
    ("3.3-63-placeholder-without-num", r#"51-["a",{"_placeholder":true}]"#, Taken),
    ("3.3-65-placeholder-1", r#"51-["a",{"_placeholder":1,"num":0}]"#, Taken),
    ("3.3-65-placeholder-true-as-text", r#"51-["a",{"_placeholder":"true","num":0}]"#, Taken),
    ("3.3-68-placeholder-as-name", r#"51-[{p},"x"]"#, Refused),
    ("3.3-69-no-count", "5", Refused),
    ("3.3-69-count-alone", "51", Refused),
    ("3.3-69-count-a", "5a-", Refused),
    ("3.3-69-count-fraction", "51.23-", Refused),
    ("3.3-69-count-missing", r#"5-["a"]"#, Refused),
    ("3.3-69-count-negative", "5-1-", Refused),
    ("3.3-69-count-zero", r#"50-["a"]"#, Refused),
    ("3.3-69-count-zero-of-an-ack", "60-1[]", Refused),
    ("3.3-69-count-infinity", "5Infinity-", Refused),
    ("3.3-71-ten-attachments", r#"510-["a"]"#, Taken),
    ("3.3-71-eleven-attachments", r#"511-["a"]"#, Refused),
    ("3.3-71-a-billion-attachments", r#"5999999999-["a"]"#, Refused),
    ("3.3-76-buffer-in-auth", r#"0{"key":{"type":"Buffer","data":[1]}}"#, Taken),
    ("3.3-44-event-name-array", r#"2[[],"a"]"#, Refused),
    ("3.3-46-comma-at-the-end", r#"2["a",1,]"#, Unreadable),
    ("3.3-46-no-comma", r#"2["a" 1]"#, Unreadable),
    ("3.3-59-ack-with-trailing-junk", "30[]x", Unreadable),
];

/// 3.1 and 3.3, whole streams.
const BINARY: [(&str, &str, &[&[u8]]); 14] = [
    ("3.1-16-binary-event", r#"51-["baz",{p0}]"#, &[&[1, 2, 3, 4]]),
    ("3.1-17-two-attachments", r#"52-/admin,["baz",{p0},{p1}]"#, &[&[1, 2], &[3, 4]]),
    ("3.1-18-nested", r#"51-/cool,23["a",{"b":["c",{p0}]}]"#, &[b"abc"]),
    ("3.1-19-binary-ack", r#"61-15["bar",{p0}]"#, &[&[1, 2, 3, 4]]),
    ("3.1-20-empty-attachment", r#"51-["e",{p0}]"#, &[&[]]),
    ("3.1-21-the-same-twice", r#"52-["e",{p0},{p1}]"#, &[&[1], &[1]]),
    ("3.3-63-placeholder-out-of-bounds", r#"51-["a",{p1}]"#, &[&[9]]),
    ("3.3-65-placeholder-that-is-none", r#"51-["a",{"_placeholder":1,"num":0}]"#, &[&[9]]),
    ("3.3-71-eleven-attachments", r#"511-["a"]"#, &[b"x" as &[u8]; 11]),
    ("3.3-71-ten-attachments", r#"510-["a"]"#, &[b"x" as &[u8]; 10]),
    ("3.3-73-text-instead-of-an-attachment", r#"51-["a",{p0}]"#, &[]),
    ("3.3-74-binary-with-nothing-pending", r#"2["a"]"#, &[&[1, 2]]),
    ("3.3-74-one-attachment-too-many", r#"51-["a",{p0}]"#, &[&[1], &[2]]),
    ("3.3-75-the-same-placeholder-twice", r#"51-["t",{p0},{p0}]"#, &[&[1]]),
];

/// 3.2, single packets. What is binary is none here but base64.
const ENGINE: [(&str, &str, Fate); 27] = [
    ("3.2-26-message", "4hello", Taken),
    ("3.2-26-ping", "2", Taken),
    ("3.2-27-base64", "bAQIDBA==", Taken),
    ("3.2-28-ping-probe", "2probe", Taken),
    ("3.2-28-pong-probe", "3probe", Taken),
    ("3.2-28-upgrade", "5", Taken),
    ("3.2-28-noop", "6", Taken),
    ("3.2-29-connect-error", r#"44{"message":"x"}"#, Taken),
    ("3.2-30-message-without-data", "4", Taken),
    ("3.2-31-empty-binary", "b", Taken),
    ("3.2-32-base64-without-padding", "bAQI", Taken),
    ("3.2-32-base64-with-a-space", "bAQID BA==", Refused),
    ("3.2-32-base64-for-urls", "b_-8=", Refused),
    ("3.2-33-no-base64", "b!!!!", Refused),
    ("3.2-34-empty", "", Refused),
    ("3.2-34-type-7", "7", Refused),
    ("3.2-34-type-9", "9", Refused),
    ("3.2-34-type-a", "a", Refused),
    ("3.2-34-type-B", "B01", Refused),
    ("3.2-34-space", " 4", Refused),
    ("3.2-36-separator-in-one-frame", "4a\x1eb", Taken),
    ("1.1-open", "0{}", Taken),
    ("1.1-close", "1", Taken),
    ("1.1-pong", "3", Taken),
    ("padding-alone", "b====", Refused),
    ("base64-with-bits-that-do-not-count", "bAR==", Refused),
    ("letter-of-two-bytes", "\u{e9}", Refused),
];

/// 3.2, bodies.
const BODIES: [(&str, &str); 8] = [
    ("3.2-26-three-packets", "4hello\x1e2\x1e4world"),
    ("3.2-27-text-and-binary", "4hello\x1ebAQIDBA=="),
    ("3.2-37-three-kinds", "4hello\x1e2\x1ebAQIDBA=="),
    ("empty", ""),
    ("separators-alone", "\x1e\x1e\x1e"),
    ("separator-at-the-end", "4a\x1e"),
    ("broken-base64-between", "4a\x1eb!\x1e4b"),
    ("escaped-separator", r#"42["a","\u001e"]"#),
];

const HANDSHAKES: [(&str, &str, Fate); 16] = [
    (
        "1.3-of-a-server",
        r#"{"sid":"a","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#,
        Taken,
    ),
    (
        "1.3-before-4.5",
        r#"{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#,
        Taken,
    ),
    ("1.3-bad-json", r#"{"sid":"a""#, Refused),
    ("1.3-without-interval", r#"{"sid":"a","pingTimeout":20000}"#, Refused),
    ("1.3-without-sid", r#"{"pingInterval":25000,"pingTimeout":20000}"#, Refused),
    ("interval-0", r#"{"sid":"a","pingInterval":0,"pingTimeout":20000}"#, Refused),
    ("interval-negative", r#"{"sid":"a","pingInterval":-1,"pingTimeout":20000}"#, Refused),
    ("interval-1e300", r#"{"sid":"a","pingInterval":1e300,"pingTimeout":20000}"#, Refused),
    ("interval-text", r#"{"sid":"a","pingInterval":"25000","pingTimeout":20000}"#, Refused),
    ("timeout-1e-300", r#"{"sid":"a","pingInterval":1,"pingTimeout":1e-300}"#, Refused),
    ("limit-null", r#"{"sid":"a","pingInterval":1,"pingTimeout":1,"maxPayload":null}"#, Taken),
    ("limit-1e300", r#"{"sid":"a","pingInterval":1,"pingTimeout":1,"maxPayload":1e300}"#, Taken),
    ("limit-negative", r#"{"sid":"a","pingInterval":1,"pingTimeout":1,"maxPayload":-1}"#, Refused),
    (
        "upgrades-unknown",
        r#"{"sid":"a","upgrades":["x",""],"pingInterval":1,"pingTimeout":1}"#,
        Taken,
    ),
    ("keys-twice", r#"{"sid":"a","sid":"b","pingInterval":1,"pingTimeout":1}"#, Taken),
    ("array", r#"["a",[],25000,20000,1000000]"#, Refused),
];

/// 3.4, and what the reference's encoder has besides msgpack.
const MSGPACK: [(&str, &str, Fate); 18] = [
    ("3.4-event", "83 a474797065 02 a36e7370 a12f a464617461 92 a3666f6f 01", Taken),
    ("3.4-binary", "83 a474797065 02 a36e7370 a12f a464617461 92 a3666f6f c4020102", Taken),
    ("3.4-ack", "84 a474797065 03 a36e7370 a12f a26964 0d a464617461 91 a3626172", Taken),
    ("3.4-ack-empty", "84 a474797065 03 a36e7370 a12f a26964 0d a464617461 90", Taken),
    ("3.4-connect-reply", "83 a474797065 00 a36e7370 a12f a464617461 81 a3736964 a161", Taken),
    ("3.4-disconnect", "82 a474797065 01 a36e7370 a12f", Taken),
    (
        "3.4-connect-error",
        "83 a474797065 04 a36e7370 a12f a464617461 81 a76d657373616765 a178",
        Taken,
    ),
    (
        "3.4-leaked-options",
        "84 a474797065 02 a36e7370 a12f a464617461 91 a161 a76f7074696f6e73 80",
        Taken,
    ),
    ("3.4-type-5", "83 a474797065 05 a36e7370 a12f a464617461 91 a161", Refused),
    ("3.4-nsp-number", "83 a474797065 02 a36e7370 01 a464617461 91 a161", Refused),
    ("3.4-id-text", "84 a474797065 02 a36e7370 a12f a26964 a131 a464617461 91 a161", Refused),
    ("3.4-data-map", "83 a474797065 02 a36e7370 a12f a464617461 80", Refused),
    ("3.4-event-empty", "83 a474797065 02 a36e7370 a12f a464617461 90", Refused),
    (
        "3.4-event-reserved",
        "83 a474797065 02 a36e7370 a12f a464617461 91 a7636f6e6e656374",
        Refused,
    ),
    ("3.4-undefined", "83 a474797065 02 a36e7370 a12f a464617461 92 a161 d40000", Taken),
    ("3.4-date", "83 a474797065 02 a36e7370 a12f a464617461 92 a161 d7000000000000000000", Taken),
    ("a-length-that-lies", "83 a474797065 02 a36e7370 a12f a464617461 dd ffffffff", Refused),
    ("cut-off", "83 a474797065 02 a36e7370 a12f a464617461 92 a161", Refused),
];

/// Values for the types of a schema.
const VALUES: [(&str, &str); 11] = [
    ("placeholder", r#"{"_placeholder":true,"num":2}"#),
    ("placeholder-out-of-bounds", r#"{"num":3,"_placeholder":true}"#),
    (
        "everything",
        r#"{"text":"a","number":1,"ratio":0.5,"file":{"_placeholder":true,"num":0},"files":[{"_placeholder":true,"num":1}],"table":{"k":{"name":"n","inner":{"name":"m"},"data":{"file":{"_placeholder":true,"num":2}}}},"kind":{"struct":{"id":1}}}"#,
    ),
    ("flattened", r#"{"text":"","table":{},"more":{"_placeholder":true,"num":0}}"#),
    ("number", "300"),
    ("null", "null"),
    (
        "nested",
        r#"{"name":"n","inner":{"name":"m","inner":{"name":1}}},{"_placeholder":true,"num":9}"#,
    ),
    ("placeholder-confused", r#"{"_placeholder":true,"num":{"_placeholder":true,"num":0}}"#),
    ("surrogate", r#""\ud800""#),
    ("list", r#"1,true,"x",null,[1,2]"#),
    ("cut-off", r#"{"text":"a"#),
];
