//! Bytes ⇄ packets, as pure functions: Engine.IO v4 outside, Socket.IO v5 inside its messages.
//!
//! Must not know: time, connections, payload types.
//!
//! Decoding finds its way through a packet's header and leaves the rest as text: an argument is
//! parsed once, by the one who knows its type. What cannot be understood from the header on is an
//! error of the connection, a value that does not fit is one of its event. The decoder is strict
//! where the reference (`socket.io-parser/lib/index.ts`) is lenient by accident: white space in
//! numbers, empty packets, missing payloads.

mod attachments;
mod engine;
mod error;
mod handshake;
mod name;
mod packet;
mod payload;
mod socket;
#[cfg(test)]
mod tests;
mod transport;
mod values;

pub(crate) use self::{
    attachments::Reassembler,
    engine::{CLOSE, EngineType, PONG, PROBE, PROBE_ANSWER, UPGRADE, decode_engine},
    handshake::Handshake,
    name::EventName,
    packet::{AnswerPacket, EventPacket, Packet},
    payload::{Frame, PayloadWriter, base64_size, decode_payload},
    socket::{
        ConnectReply, Header, SocketType, add_members, decode_refusal, decode_sent, decode_socket,
        encode_connect, encode_disconnect, is_reserved, prefix,
    },
    values::{LastString, Values},
};
pub use self::{error::DecodeError, transport::Transport};
