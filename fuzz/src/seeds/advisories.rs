//! What was found in other implementations and made public: the security fixes in the change logs
//! of `socketioxide` (0.18.6 to 0.18.9) and `engineioxide` (0.17.7 to 0.17.9), and the advisories
//! on `socket.io-parser`.
//!
//! Must not know: how anything is decoded.

use super::{
    Fate::{Open, Refused, Taken, Unreadable},
    Seed, seed, stream,
};

pub(super) fn seeds() -> Vec<Seed> {
    let head = b"\x83\xa4type\x02\xa3nsp\xa1/\xa4data";
    let nested =
        |array: u8, depth: usize| [head, &b"\x92\xa1a"[..], &vec![array; depth], b"\xc0"].concat();
    let event = |data: &[u8]| [head, data].concat();
    vec![
        // socketioxide, GHSA-c6g7-r2mf-pf5g: nesting in msgpack overflowed the stack.
        seed("msgpack_packet", "GHSA-c6g7-r2mf-pf5g-arrays", nested(0x91, 20_000), Unreadable),
        seed("msgpack_packet", "GHSA-c6g7-r2mf-pf5g-map-keys", {
            let keys = vec![0x81; 500];
            event(&[b"\x92\xa1a", &keys[..], b"\xc0", &[0xc0; 500]].concat())
        }, Taken),
        // socketioxide, GHSA-7xpx-rcqc-8qjh: malformed msgpack made the decoder panic.
        seed("msgpack_packet", "GHSA-7xpx-rcqc-8qjh-no-map", b"\x93\x02\xa1/\x90", Refused),
        seed("msgpack_packet", "GHSA-7xpx-rcqc-8qjh-empty-map", b"\x80", Refused),
        seed("msgpack_packet", "GHSA-7xpx-rcqc-8qjh-long-text", event(b"\xdb\xff\xff\xff\xff"), Refused),
        seed("msgpack_packet", "GHSA-7xpx-rcqc-8qjh-long-binary", event(b"\x92\xa1a\xc6\xff\xff\xff\xff"), Refused),
        seed("msgpack_packet", "GHSA-7xpx-rcqc-8qjh-cut-number", event(b"\x92\xa1a\xcf\x00"), Refused),
        seed("msgpack_packet", "GHSA-7xpx-rcqc-8qjh-no-text", event(b"\x91\xa1\xff"), Refused),
        // socketioxide, GHSA-55mf-67qm-4wpg, and socket.io-parser, CVE-2026-33151: as many
        // attachments as the peer announced were kept.
        seed("socket_packet", "GHSA-55mf-67qm-4wpg-count", r#"54294967296-["a"]"#, Refused),
        seed("attachments", "GHSA-55mf-67qm-4wpg-stream", stream(3, r#"54-["a"]"#, &[b"x" as &[u8]; 5]), Open),
        seed("attachments", "CVE-2026-33151-one-after-the-other", {
            let one = stream(10, r#"510-["a"]"#, &[b""]);
            [&one[..], &one[1..], &one[1..], &one[1..]].concat()
        }, Open),
        // engineioxide 0.17.9: packets that begin with a letter of several bytes, or are cut off.
        seed("engine_packet", "engineioxide-794-multibyte", "\u{20ac}probe", Refused),
        seed("engine_packet", "engineioxide-794-six-bytes", "\u{e9}prob", Refused),
        seed("engine_packet", "engineioxide-794-after-the-type", "2\u{e9}rob", Taken),
        seed("engine_packet", "engineioxide-794-b-alone", "b", Taken),
        seed("socket_packet", "engineioxide-794-multibyte-type", "\u{e9}[\"a\"]", Refused),
        // engineioxide 0.17.7: messages without a limit; here only that a long one is read in time.
        seed("socket_packet", "GHSA-55mf-67qm-4wpg-long", {
            format!(r#"2["a","{}"]"#, "x".repeat(20_000))
        }, Taken),
        // socket.io-parser, CVE-2020-36049: each character of a long packet was appended to a text.
        seed("socket_packet", "CVE-2020-36049-long-count", format!("5{}-", "1".repeat(20_000)), Refused),
        // socket.io-parser, CVE-2022-2421: placeholders named what was no attachment.
        seed("socket_packet", "CVE-2022-2421-splice", r#"51-["a",{"_placeholder":true,"num":"splice"}]"#, Taken),
        seed("typed_payload", "CVE-2022-2421-as-type", b"\x00{\"text\":\"a\",\"table\":{},\"file\":{\"_placeholder\":true,\"num\":\"length\"}}", Open),
        // socket.io-parser, CVE-2023-32695: an event's name that is an object with a `toString`.
        seed("socket_packet", "CVE-2023-32695-name", r#"2[{"toString":"foo"}]"#, Refused),
        // socket.io-parser, CVE-2026-69185: no attachments announced left the decoder waiting.
        seed("attachments", "CVE-2026-69185-zero", stream(10, r#"50-["a"]"#, &[b"x"]), Open),
        seed("socket_packet", "deep-objects", {
            format!(r#"2["a",{}1{}]"#, r#"{"a":"#.repeat(5000), "}".repeat(5000))
        }, Unreadable),
    ]
}
