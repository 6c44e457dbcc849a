//! Packets as this side writes them, with either parser.
//!
//! Must not know: schemas, connections.

use super::Messages;
use crate::{
    codec::{Packet, Parser},
    error::EmitError,
    limits::DEFAULT_MAX_ATTACHMENTS,
    payload::{EmitValues, PacketWriter},
};

/// An event, with the id of its ack if one is expected.
///
/// # Errors
/// When a value does not serialise, or the packet would be one that peers refuse.
pub fn event(
    parser: Parser,
    namespace: &str,
    ack: Option<u64>,
    name: &str,
    values: &impl EmitValues,
) -> Result<Messages, EmitError> {
    let mut writer = PacketWriter::event(&parser.prefix(namespace), ack, name);
    values.write(&mut writer);
    writer.finish(name, DEFAULT_MAX_ATTACHMENTS).map(Into::into)
}

/// An answer.
///
/// # Errors
/// As [`event`].
pub fn answer(
    parser: Parser,
    namespace: &str,
    ack: u64,
    values: &impl EmitValues,
) -> Result<Messages, EmitError> {
    let mut writer = PacketWriter::answer(&parser.prefix(namespace), ack);
    values.write(&mut writer);
    writer.finish("(answer)", DEFAULT_MAX_ATTACHMENTS).map(Into::into)
}

/// A CONNECT; `auth` is a JSON object.
#[must_use]
pub fn connect(parser: Parser, namespace: &str, auth: Option<&str>) -> Messages {
    parser.connect(namespace, auth).into()
}

/// A DISCONNECT.
#[must_use]
pub fn disconnect(parser: Parser, namespace: &str) -> Messages {
    parser.disconnect(namespace).into()
}

impl From<Packet> for Messages {
    fn from(packet: Packet) -> Self {
        Self { text: packet.text, attachments: packet.attachments }
    }
}
