//! Typed values ⇄ the JSON text and the attachments of a packet, in one pass each way.
//!
//! Must not know: connections, time, listeners.
//!
//! [`Bytes`] may stand anywhere in a payload, also behind `#[serde(flatten)]`, untagged enums
//! and other types that buffer. No serializer wrapped around `serde_json` reaches through those,
//! so the attachments of the packet being written or read travel beside serde, in a thread-local
//! slot that is filled for the time of one argument (see [`attachments`]).

mod arguments;
mod attachments;
mod bytes;
pub(crate) mod read;
#[cfg(test)]
mod tests;
mod values;
mod writer;

pub(crate) use self::arguments::EventSource;
pub use self::{
    arguments::{Arguments, ReceiveArgument},
    bytes::Bytes,
    read::ReadAll,
    values::{EmitValues, ReceiveValues},
    writer::{EmitArgument, PacketWriter},
};
