//! The bodies of long-polling, as they come and as they are written.

use std::collections::VecDeque;

use arbitrary::{Arbitrary, Unstructured};
use bytes::Bytes;
use socketio_runtime::unstable::wire::{self, Frame};

use super::split_number;
use crate::bounded::in_proportion;

/// A body is split at its separators and nowhere else, at once or a few packets at a time; what was
/// understood of it is written as it was.
pub fn polling_payload(data: &[u8]) {
    let Some((packets, data)) = split_number::<1>(data) else { return };
    let Ok(body) = std::str::from_utf8(data) else { return };
    in_proportion(data.len(), || {
        let decoded = wire::decode_payload(body);
        let expected = body.split('\x1e').map(wire::decode_frame);
        assert!(expected.eq(decoded.iter().cloned()), "each packet is read as on its own");
        assert!(in_parts(body, packets).eq(decoded.iter().cloned()));

        let frames: Result<Vec<_>, _> = decoded.into_iter().collect();
        let Ok(frames) = frames else { return };
        let (written, taken) = wire::encode_payload(&frames, None);
        assert_eq!(taken, frames.len());
        let Some(written) = written else { return };
        // An empty packet, which this client never writes, has no room in front.
        if !body.starts_with('\x1e') {
            let again: Result<Vec<_>, _> = wire::decode_payload(&written).into_iter().collect();
            assert_eq!(again, Ok(frames));
        }
    });
}

fn in_parts(
    body: &str,
    packets: usize,
) -> impl Iterator<Item = Result<Frame, socketio_runtime::error::DecodeError>> {
    let mut rest = Some(body);
    std::iter::from_fn(move || {
        let (part, behind) = wire::split_payload(rest?, packets);
        let decoded = wire::decode_payload(part);
        assert!(decoded.len() <= packets.max(1), "more packets than were asked for");
        rest = behind;
        Some(decoded)
    })
    .flatten()
}

/// Packets to send, and the server's limit for a body.
#[derive(Debug, Arbitrary)]
struct Outgoing {
    limit: Option<u16>,
    packets: Vec<Packet>,
}

#[derive(Debug, Arbitrary)]
enum Packet {
    Text(String),
    Binary(Vec<u8>),
}

/// What is written for long-polling is read as it was, in order and without loss, in bodies that
/// keep to the limit.
pub fn round_trip_payload(data: &[u8]) {
    let Ok(Outgoing { limit, packets }) = Outgoing::arbitrary_take_rest(Unstructured::new(data))
    else {
        return;
    };
    let limit = limit.map(usize::from);
    let packets = packets.into_iter().map(|packet| match packet {
        // Text packets have a type, and control characters are escaped in JSON.
        Packet::Text(text) => Frame::Text(format!("4{}", text.replace('\x1e', "")).into()),
        Packet::Binary(bytes) => Frame::Binary(Bytes::from(bytes)),
    });
    let mut waiting: VecDeque<_> = packets.collect();
    in_proportion(data.len() * (1 + waiting.len()), || {
        while !waiting.is_empty() {
            let (body, taken) = wire::encode_payload(waiting.make_contiguous(), limit);
            let body = body.expect("the first packet always fits");
            assert!(taken == 1 || limit.is_none_or(|limit| body.len() <= limit), "over the limit");
            if let Some(next) = waiting.get(taken) {
                let size = body.len() + 1 + next.clone().into_text().len();
                assert!(limit.is_some_and(|limit| size > limit), "there was room for more");
            }
            let decoded: Result<Vec<_>, _> = wire::decode_payload(&body).into_iter().collect();
            let sent: Vec<_> = waiting.drain(..taken).collect();
            assert_eq!(decoded, Ok(sent));
        }
    });
}
