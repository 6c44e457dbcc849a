//! The two forms of Socket.IO packets, and how packets without values look in each.
//!
//! Must not know: when packets are sent.

use super::{Packet, socket};

/// How Socket.IO packets are written. Client and server have to use the same one: nothing on the
/// wire says which it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Parser {
    /// JSON text, with binary data in messages of their own: `socket.io-parser`, what servers use
    /// unless they are told otherwise.
    #[default]
    Json,
    /// Msgpack, one binary message a packet: `socket.io-msgpack-parser`. Smaller than JSON where
    /// there are many numbers or much binary data.
    ///
    /// A type looks as in JSON: structs and enums are objects, times and ids that have a readable
    /// form are text, and what a JavaScript server sends as a `Date` is read as the text that it
    /// would be in JSON. The differences: a number that is infinite or none stays what it is; an
    /// `f32` is sent as one, `i128` and `u128` as 16 bytes, a unit struct as an empty array; and not
    /// only [`Bytes`](crate::Bytes) but everything that serialises as bytes is binary data, without
    /// a limit on how many there are in a packet.
    #[cfg(feature = "msgpack")]
    Msgpack,
}

/// What the packets of a namespace have in common.
#[derive(Debug, Clone)]
pub(crate) enum Prefix {
    /// What stands between a packet's type and its ack id: the namespace and a comma, or nothing
    /// for the main namespace.
    Json(String),
    /// The namespace.
    #[cfg(feature = "msgpack")]
    Msgpack(Box<str>),
}

impl Parser {
    pub(crate) fn prefix(self, namespace: &str) -> Prefix {
        match self {
            Self::Json => Prefix::Json(socket::prefix(namespace)),
            #[cfg(feature = "msgpack")]
            Self::Msgpack => Prefix::Msgpack(namespace.into()),
        }
    }

    /// A CONNECT packet; `auth` is a JSON object.
    pub(crate) fn connect(self, namespace: &str, auth: Option<&str>) -> Packet {
        match self {
            Self::Json => Packet::text(socket::encode_connect(namespace, auth)),
            #[cfg(feature = "msgpack")]
            Self::Msgpack => Packet::binary(super::msgpack::encode_connect(namespace, auth)),
        }
    }

    pub(crate) fn disconnect(self, namespace: &str) -> Packet {
        match self {
            Self::Json => Packet::text(socket::encode_disconnect(namespace)),
            #[cfg(feature = "msgpack")]
            Self::Msgpack => Packet::binary(super::msgpack::encode_disconnect(namespace)),
        }
    }
}
