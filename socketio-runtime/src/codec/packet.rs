//! Whole Socket.IO packets, their attachments included.
//!
//! Must not know: how values are read and written.

use std::borrow::Cow;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{LastString, Values, base64_size};

/// A packet as it goes out: the text of one Engine.IO message, with its type digit, and the
/// attachments that follow it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packet {
    pub(crate) text: Utf8Bytes,
    pub(crate) attachments: Vec<Bytes>,
}

impl Packet {
    pub(crate) fn text(text: impl Into<Utf8Bytes>) -> Self {
        Self { text: text.into(), attachments: Vec::new() }
    }

    /// Size in bytes of everything that goes over the wire.
    pub(crate) fn size(&self) -> usize {
        self.text.len() + self.attachments.iter().map(Bytes::len).sum::<usize>()
    }

    /// Size in bytes of the largest message; `is_base64`: where attachments travel as text.
    pub(crate) fn largest_part(&self, is_base64: bool) -> usize {
        let size = |bytes: &Bytes| if is_base64 { base64_size(bytes.len()) } else { bytes.len() };
        self.attachments.iter().map(size).fold(self.text.len(), usize::max)
    }
}

/// An event that came in. Cheap to clone: clones share the text.
#[derive(Debug, Clone)]
pub(crate) struct EventPacket {
    pub(super) text: Utf8Bytes,
    /// The name's JSON, with the quotes of a string.
    pub(super) name_start: usize,
    pub(super) name_end: usize,
    /// Where the values end for those who read them: before the offset, once that is cut off.
    pub(super) values_end: usize,
    pub(super) attachments: Vec<Bytes>,
}

impl EventPacket {
    /// The event's name. Borrowed unless its JSON has escapes, which servers that write ASCII
    /// alone use for other letters.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        let json = &self.text[self.name_start..self.name_end];
        match json.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
            Some(name) if !name.contains('\\') => Cow::Borrowed(name),
            // An escape that is none leaves a name that nobody declares.
            Some(name) => serde_json::from_str(json).map_or(Cow::Borrowed(name), Cow::Owned),
            None => Cow::Borrowed(json),
        }
    }

    /// What follows the name in the JSON array.
    pub(crate) fn values(&self) -> Values<'_> {
        let text = &self.text[self.name_end..self.values_end];
        Values::Json { text, is_cut: self.values_end < self.text.len() }
    }

    /// The last value, if it is a string.
    pub(crate) fn last_string(&self) -> Option<LastString<'_>> {
        LastString::find(&self.text[self.name_end..self.values_end])
    }

    /// Leaves the last value out, which is a string.
    pub(crate) fn cut_last_string(&mut self) {
        if let Some(last) = self.last_string() {
            self.values_end = self.name_end + last.start;
        }
    }

    pub(crate) fn attachments(&self) -> &[Bytes] {
        &self.attachments
    }

    /// Size in bytes of everything that came over the wire.
    pub(crate) fn size(&self) -> usize {
        self.text.len() + self.attachments.iter().map(Bytes::len).sum::<usize>()
    }
}

/// An answer that came in.
#[derive(Debug, Clone)]
pub(crate) struct AnswerPacket {
    pub(super) text: Utf8Bytes,
    /// Behind the opening bracket.
    pub(super) values_start: usize,
    pub(super) attachments: Vec<Bytes>,
}

impl AnswerPacket {
    /// What follows the opening bracket.
    pub(crate) fn values(&self) -> Values<'_> {
        Values::Json { text: &self.text[self.values_start..], is_cut: false }
    }

    pub(crate) fn attachments(&self) -> &[Bytes] {
        &self.attachments
    }
}
