//! Writes an event or an answer into its final form on the wire.
//!
//! Must not know: when and how it is sent.

use std::{cell::Cell, fmt};

use bytes::Bytes;
use memchr::memmem;
use serde::Serialize;

use super::attachments;
#[cfg(feature = "msgpack")]
use crate::codec::msgpack;
use crate::{
    codec::{Packet, Prefix},
    error::EmitError,
};

/// A type that can be sent as an argument of an event or as an answer: everything that
/// implements [`Serialize`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as a Socket.IO event argument",
    label = "this event argument is not serialisable",
    note = "event arguments must implement `serde::Serialize`: add `#[derive(serde::Serialize)]` to the type",
    note = "for raw bytes use `socketio_runtime::Bytes`, which is sent as a binary attachment"
)]
pub trait EmitArgument {
    #[doc(hidden)]
    fn required(&self, packet: &mut PacketWriter);

    #[doc(hidden)]
    fn optional(argument: Option<&Self>, packet: &mut PacketWriter);
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> EmitArgument for T {
    fn required(&self, packet: &mut PacketWriter) {
        packet.push(self);
    }

    fn optional(argument: Option<&Self>, packet: &mut PacketWriter) {
        match argument {
            Some(argument) => packet.push(argument),
            None => packet.skipped += 1,
        }
    }
}

/// Takes the arguments of one packet in order. Generated code drives it.
///
/// Which format it writes is asked once an argument; the argument itself is written by code made
/// for its type and that format.
pub struct PacketWriter {
    /// The packet so far: text, or msgpack.
    buffer: Vec<u8>,
    format: Format,
    attachments: Vec<Bytes>,
    /// Arguments written so far.
    pushed: usize,
    /// Omitted arguments that become `null` if another one follows.
    skipped: usize,
    error: Option<(usize, String)>,
}

enum Format {
    Json,
    #[cfg(feature = "msgpack")]
    Msgpack {
        /// Where the length of the array has to stand.
        array: usize,
        /// Values in the array that are no arguments.
        named: usize,
    },
}

impl PacketWriter {
    /// Begins an event: `4`, `2`, namespace, ack id, `["name"`.
    pub(crate) fn event(prefix: &Prefix, ack: Option<u64>, event: &str) -> Self {
        let mut writer = Self::begin(*b"42", prefix, ack);
        // A name is a string, and strings always serialise.
        let _ = match &mut writer.format {
            Format::Json if event.bytes().all(is_plain) => {
                writer.buffer.push(b'"');
                writer.buffer.extend_from_slice(event.as_bytes());
                writer.buffer.push(b'"');
                true
            }
            Format::Json => serde_json::to_writer(&mut writer.buffer, event).is_ok(),
            #[cfg(feature = "msgpack")]
            Format::Msgpack { named, .. } => {
                *named = 1;
                rmp_serde::encode::write(&mut writer.buffer, event).is_ok()
            }
        };
        writer
    }

    /// Begins an answer: `4`, `3`, namespace, ack id, `[`.
    pub(crate) fn answer(prefix: &Prefix, ack: u64) -> Self {
        Self::begin(*b"43", prefix, Some(ack))
    }

    /// `kind`: the types of the Engine.IO and of the Socket.IO packet.
    fn begin(kind: [u8; 2], prefix: &Prefix, ack: Option<u64>) -> Self {
        let mut buffer = SCRATCH.take();
        let format = match prefix {
            Prefix::Json(prefix) => {
                buffer.extend_from_slice(&kind);
                buffer.extend_from_slice(prefix.as_bytes());
                if let Some(ack) = ack {
                    // An integer always serialises; `itoa` inside serde_json writes it.
                    let _ = serde_json::to_writer(&mut buffer, &ack);
                }
                buffer.push(b'[');
                Format::Json
            }
            #[cfg(feature = "msgpack")]
            Prefix::Msgpack(namespace) => {
                msgpack::begin(&mut buffer, kind[1] - b'0', namespace, ack);
                Format::Msgpack { array: buffer.len(), named: 0 }
            }
        };
        Self { buffer, format, attachments: Vec::new(), pushed: 0, skipped: 0, error: None }
    }

    /// The finished packet, checked against what any Socket.IO peer accepts.
    pub(crate) fn finish(
        mut self,
        event: &str,
        max_attachments: usize,
    ) -> Result<Packet, EmitError> {
        if let Some((argument, reason)) = self.error.take() {
            return Err(EmitError::Serialize { event: event.into(), argument, reason });
        }
        match self.format {
            Format::Json => self.finish_json(event, max_attachments),
            #[cfg(feature = "msgpack")]
            Format::Msgpack { array, named } => self.finish_msgpack(event, array, named),
        }
    }

    fn finish_json(&mut self, event: &str, max_attachments: usize) -> Result<Packet, EmitError> {
        self.buffer.push(b']');
        if !self.attachments.is_empty() {
            let count = self.attachments.len();
            if count > max_attachments {
                let limit = max_attachments;
                return Err(EmitError::TooManyAttachments { event: event.into(), count, limit });
            }
            if placeholder_keys(&self.buffer) != count {
                return Err(EmitError::ReservedKey { event: event.into() });
            }
            // `2` and `3` become `5N-` and `6N-`.
            let kind = self.buffer[1] + 3;
            let header = [&[kind], count.to_string().as_bytes(), b"-"].concat();
            self.buffer.splice(1..2, header);
        }
        let text = std::str::from_utf8(&self.buffer).expect("serde_json writes UTF-8");
        Ok(Packet { text: text.into(), attachments: std::mem::take(&mut self.attachments) })
    }

    #[cfg(feature = "msgpack")]
    fn finish_msgpack(&self, event: &str, array: usize, named: usize) -> Result<Packet, EmitError> {
        let (Ok(_), Ok(count)) =
            (u32::try_from(self.buffer.len()), u32::try_from(named + self.pushed))
        else {
            // Some length in it may have been cut to 32 bits.
            let argument = self.pushed.saturating_sub(1);
            let reason = "msgpack has no room for 4 GiB".to_owned();
            return Err(EmitError::Serialize { event: event.into(), argument, reason });
        };
        let (head, values) = self.buffer.split_at(array);
        Ok(Packet::binary(msgpack::join(head, count, values)))
    }

    fn push<T: Serialize + ?Sized>(&mut self, argument: &T) {
        if self.error.is_some() {
            return;
        }
        for _ in 0..std::mem::take(&mut self.skipped) {
            self.push_null();
        }
        let index = self.separate();
        let Self { buffer, attachments, error, .. } = self;
        let cause = match self.format {
            Format::Json => {
                let write = || serde_json::to_writer(buffer, argument);
                attachments::collect(attachments, write).err().map(|cause| cause.to_string())
            }
            #[cfg(feature = "msgpack")]
            Format::Msgpack { .. } => {
                // As in JSON: structs are maps, and times and ids that can be read are text.
                let serializer = rmp_serde::Serializer::new(buffer).with_struct_map();
                let mut serializer = serializer.with_human_readable();
                let write = || argument.serialize(&mut serializer);
                attachments::in_place(&Bytes::new(), write).err().map(|cause| cause.to_string())
            }
        };
        *error = cause.map(|cause| (index, cause));
    }

    fn push_null(&mut self) {
        self.separate();
        match self.format {
            Format::Json => self.buffer.extend_from_slice(b"null"),
            #[cfg(feature = "msgpack")]
            Format::Msgpack { .. } => self.buffer.push(msgpack::NIL),
        }
    }

    /// Writes the comma before the next argument; that one's position, from 0.
    fn separate(&mut self) -> usize {
        if matches!(self.format, Format::Json) && self.buffer.last() != Some(&b'[') {
            self.buffer.push(b',');
        }
        self.pushed += 1;
        self.pushed - 1
    }
}

impl fmt::Debug for PacketWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PacketWriter").finish_non_exhaustive()
    }
}

impl Drop for PacketWriter {
    /// Hands the scratch buffer on to the next packet of this thread.
    fn drop(&mut self) {
        if self.buffer.capacity() <= SCRATCH_KEPT {
            self.buffer.clear();
            SCRATCH.set(std::mem::take(&mut self.buffer));
        }
    }
}

/// Whether it stands in a JSON string as it is.
fn is_plain(byte: u8) -> bool {
    byte >= b' ' && byte != b'"' && byte != b'\\'
}

/// How many objects of a JSON text have a key `_placeholder`. Inside a JSON string the quotes
/// around it would be escaped, so only keys and whole strings match, and only a key is followed
/// by a colon.
fn placeholder_keys(json: &[u8]) -> usize {
    const KEY: &[u8] = br#""_placeholder""#;
    memmem::find_iter(json, KEY)
        .filter(|at| json[at + KEY.len()..].trim_ascii_start().starts_with(b":"))
        .count()
}

thread_local! {
    /// Packets are written here and then copied into an allocation of their exact size: one
    /// allocation a packet, however the text grew.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A scratch buffer that one large packet made larger than this is given back.
const SCRATCH_KEPT: usize = 64 * 1024;
