//! Packets of `socket.io-msgpack-parser`: one binary message each, a msgpack map of `type`, `nsp`,
//! `data` and `id`.
//!
//! Must not know: time, connections, payload types.
//!
//! A packet is walked through once, from length to length, which finds its parts and proves that
//! no length lies; nothing is allocated by a length that was announced. Values stay as they are
//! until somebody reads them who knows their types, as with JSON.
//!
//! The encoder of the reference (`notepack.io`) has extension types of its own, for what JSON does
//! not know either: they are replaced, so that a type reads the same with both parsers. A `Date`
//! is the text that `toJSON` gives, an `ArrayBuffer` is binary data, and `undefined` is left out
//! of objects and is nothing elsewhere.

mod json;
mod packet;
mod plain;
mod reader;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use self::{
    json::{list_to_json, to_json},
    reader::split_value,
    write::{NIL, begin, join},
};
pub(super) use self::{
    packet::{List, MsgpackPacket},
    write::{encode_connect, encode_disconnect},
};

/// How deep values may be nested where they are looked into, as in `serde_json`.
pub(crate) const MAX_DEPTH: usize = 128;
