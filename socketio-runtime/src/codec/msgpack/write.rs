//! The beginnings of packets, and packets without values.
//!
//! Must not know: how values are written.

/// An event or an answer up to its array of values. That comes last, so that its length can be
/// written when it is known: see [`join`].
pub(crate) fn begin(packet: &mut Vec<u8>, kind: u8, namespace: &str, ack: Option<u64>) {
    write_head(packet, kind, namespace, ack, true);
}

/// The packet of what [`begin`] wrote and the values behind it.
pub(crate) fn join(head: &[u8], count: u32, values: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(head.len() + LONGEST_LENGTH + values.len());
    packet.extend_from_slice(head);
    write_array_length(&mut packet, count);
    packet.extend_from_slice(values);
    packet
}

/// `auth` is a JSON object.
pub(crate) fn encode_connect(namespace: &str, auth: Option<&str>) -> Vec<u8> {
    let mut packet = Vec::new();
    // An authentication provider gives an object; what is none is not worth the connection.
    let auth = auth.and_then(|auth| serde_json::from_str::<serde_json::Value>(auth).ok());
    write_head(&mut packet, 0, namespace, None, auth.is_some());
    if let Some(auth) = auth {
        write(&mut packet, &auth);
    }
    packet
}

pub(crate) fn encode_disconnect(namespace: &str) -> Vec<u8> {
    let mut packet = Vec::new();
    write_head(&mut packet, 1, namespace, None, false);
    packet
}

pub(super) fn write_array_length(packet: &mut Vec<u8>, count: u32) {
    match (u8::try_from(count), u16::try_from(count)) {
        (Ok(count @ 0..=15), _) => packet.push(0x90 | count),
        (_, Ok(count)) => {
            packet.push(0xdc);
            packet.extend_from_slice(&count.to_be_bytes());
        }
        _ => {
            packet.push(0xdd);
            packet.extend_from_slice(&count.to_be_bytes());
        }
    }
}

fn write_head(packet: &mut Vec<u8>, kind: u8, namespace: &str, ack: Option<u64>, has_data: bool) {
    packet.push(0x82 + u8::from(ack.is_some()) + u8::from(has_data));
    packet.extend_from_slice(b"\xa4type");
    packet.push(kind);
    packet.extend_from_slice(b"\xa3nsp");
    write(packet, namespace);
    if let Some(ack) = ack {
        packet.extend_from_slice(b"\xa2id");
        write(packet, &ack);
    }
    if has_data {
        packet.extend_from_slice(b"\xa4data");
    }
}

fn write<T: serde::Serialize + ?Sized>(packet: &mut Vec<u8>, value: &T) {
    // Strings, numbers and JSON always serialise, and memory takes everything.
    let _ = rmp_serde::encode::write_named(packet, value);
}

/// `null`, alone.
pub(crate) const NIL: u8 = 0xc0;

/// Bytes of the longest length of an array.
const LONGEST_LENGTH: usize = 5;
