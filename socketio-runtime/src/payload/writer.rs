//! Writes an event or an answer into its final wire text.
//!
//! Must not know: when and how it is sent.

use std::{cell::Cell, fmt};

use bytes::Bytes;
use memchr::memmem;
use serde::Serialize;

use super::attachments;
use crate::{codec::Packet, error::EmitError};

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
pub struct PacketWriter {
    text: Vec<u8>,
    attachments: Vec<Bytes>,
    /// Arguments written so far.
    pushed: usize,
    /// Omitted arguments that become `null` if another one follows.
    skipped: usize,
    error: Option<(usize, serde_json::Error)>,
}

impl PacketWriter {
    /// Begins an event: `4`, `2`, namespace, ack id, `["name"`.
    pub(crate) fn event(prefix: &str, ack: Option<u64>, event: &str) -> Self {
        let mut writer = Self::begin(*b"42", prefix, ack);
        // A name is a string, and strings always serialise.
        let _ = serde_json::to_writer(&mut writer.text, event);
        writer
    }

    /// Begins an answer: `4`, `3`, namespace, ack id, `[`.
    pub(crate) fn answer(prefix: &str, ack: u64) -> Self {
        Self::begin(*b"43", prefix, Some(ack))
    }

    fn begin(kind: [u8; 2], prefix: &str, ack: Option<u64>) -> Self {
        let mut text = SCRATCH.take();
        text.extend_from_slice(&kind);
        text.extend_from_slice(prefix.as_bytes());
        if let Some(ack) = ack {
            // An integer always serialises; `itoa` inside serde_json writes it.
            let _ = serde_json::to_writer(&mut text, &ack);
        }
        text.push(b'[');
        Self { text, attachments: Vec::new(), pushed: 0, skipped: 0, error: None }
    }

    /// The finished packet, checked against what any Socket.IO peer accepts.
    pub(crate) fn finish(
        mut self,
        event: &str,
        max_attachments: usize,
    ) -> Result<Packet, EmitError> {
        if let Some((argument, error)) = self.error.take() {
            let reason = error.to_string();
            return Err(EmitError::Serialize { event: event.into(), argument, reason });
        }
        self.text.push(b']');
        if !self.attachments.is_empty() {
            let count = self.attachments.len();
            if count > max_attachments {
                let limit = max_attachments;
                return Err(EmitError::TooManyAttachments { event: event.into(), count, limit });
            }
            if placeholder_keys(&self.text) != count {
                return Err(EmitError::ReservedKey { event: event.into() });
            }
            // `2` and `3` become `5N-` and `6N-`.
            let kind = self.text[1] + 3;
            let header = [&[kind], count.to_string().as_bytes(), b"-"].concat();
            self.text.splice(1..2, header);
        }
        let text = std::str::from_utf8(&self.text).expect("serde_json writes UTF-8");
        Ok(Packet { text: text.into(), attachments: std::mem::take(&mut self.attachments) })
    }

    fn push<T: Serialize + ?Sized>(&mut self, argument: &T) {
        if self.error.is_some() {
            return;
        }
        for _ in 0..std::mem::take(&mut self.skipped) {
            self.separate();
            self.text.extend_from_slice(b"null");
        }
        let index = self.separate();
        let Self { text, attachments, error, .. } = self;
        if let Err(cause) =
            attachments::collect(attachments, || serde_json::to_writer(text, argument))
        {
            *error = Some((index, cause));
        }
    }

    /// Writes the comma before the next argument; that one's position, from 0.
    fn separate(&mut self) -> usize {
        if self.text.last() != Some(&b'[') {
            self.text.push(b',');
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
        if self.text.capacity() <= SCRATCH_KEPT {
            self.text.clear();
            SCRATCH.set(std::mem::take(&mut self.text));
        }
    }
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
