//! The targets, one file each, and what they share.
//!
//! Must not know: the fuzzer.

mod attachments;
mod client_core;
mod engine_packet;
mod handshake;
mod msgpack_packet;
mod polling_payload;
mod round_trip;
mod socket_packet;
mod typed_payload;

pub use self::{
    attachments::attachments,
    client_core::client_core,
    engine_packet::engine_packet,
    handshake::handshake,
    msgpack_packet::msgpack_packet,
    polling_payload::{polling_payload, round_trip_payload},
    round_trip::{round_trip_json, round_trip_msgpack},
    socket_packet::socket_packet,
    typed_payload::typed_payload,
};

/// The first bytes as a number, and what follows.
fn split_number<const N: usize>(data: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = data.split_first_chunk::<N>()?;
    Some((number.iter().fold(0, |number, byte| (number << 8) | usize::from(*byte)), rest))
}

/// What is told of an error is for people, and kept for a while.
const LONGEST_ERROR: usize = 2048;

fn assert_short(error: &impl ToString) {
    let text = error.to_string();
    assert!(text.len() <= LONGEST_ERROR, "an error of {} bytes: {}…", text.len(), &text[..100]);
}
