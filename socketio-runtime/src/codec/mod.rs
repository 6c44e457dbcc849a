//! Bytes ⇄ packets, as pure functions: Engine.IO v4 outside, Socket.IO v5 inside its messages.
//!
//! Must not know: time, connections, payload types.
//!
//! Decoding finds its way through a packet's header and leaves the rest as text: an argument is
//! parsed once, by the one who knows its type. What cannot be understood from the header on is an
//! error of the connection, a value that does not fit is one of its event. The decoder is strict
//! where the reference (`socket.io-parser/lib/index.ts`) is lenient by accident: white space in
//! numbers, empty packets, missing payloads.
//!
//! The packets of `socket.io-msgpack-parser` are another form of the same: [`Incoming`] and
//! [`Parser`] hide which one it is, and [`Values`] gives it away to the one who reads them.

mod attachments;
mod engine;
mod error;
mod handshake;
mod incoming;
mod members;
#[cfg(feature = "msgpack")]
pub(crate) mod msgpack;
mod name;
mod packet;
mod parser;
mod payload;
mod socket;
#[cfg(test)]
mod tests;
mod transport;
mod values;

#[cfg(any(test, feature = "testing"))]
pub(crate) use self::socket::prefix;
pub(crate) use self::{
    attachments::Reassembler,
    engine::{CLOSE, EngineType, NOOP, PONG, PROBE, PROBE_ANSWER, UPGRADE, decode_engine},
    handshake::Handshake,
    incoming::{Incoming, decode_sent},
    name::EventName,
    packet::{AnswerPacket, EventPacket, Packet},
    parser::Prefix,
    payload::{Frame, PayloadWriter, base64_size, decode_payload, split_payload},
    socket::{
        ConnectReply, Header, SocketType, add_members, decode_refusal, decode_socket, is_reserved,
    },
    values::{LastString, Values},
};
pub use self::{error::DecodeError, parser::Parser, transport::Transport};
