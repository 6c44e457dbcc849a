//! Whole Socket.IO packets, their attachments included.
//!
//! Must not know: how values are read and written.

use std::borrow::Cow;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

#[cfg(feature = "msgpack")]
use super::msgpack::List;
use super::{LastString, Values, base64_size};

/// A packet as it goes out: the text of one Engine.IO message, with its type digit, and the
/// attachments that follow it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Packet {
    /// Empty if the packet is binary as a whole: then it is the one attachment.
    pub(crate) text: Utf8Bytes,
    pub(crate) attachments: Vec<Bytes>,
}

impl Packet {
    pub(crate) fn text(text: impl Into<Utf8Bytes>) -> Self {
        Self { text: text.into(), attachments: Vec::new() }
    }

    #[cfg(feature = "msgpack")]
    pub(crate) fn binary(message: impl Into<Bytes>) -> Self {
        Self { text: Utf8Bytes::default(), attachments: vec![message.into()] }
    }

    /// Size in bytes of everything that goes over the wire.
    pub(crate) fn size(&self) -> usize {
        size(&self.text, &self.attachments)
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
    body: EventBody,
}

#[derive(Debug, Clone)]
enum EventBody {
    Json(JsonEvent),
    #[cfg(feature = "msgpack")]
    Msgpack(List),
}

#[derive(Debug, Clone)]
pub(super) struct JsonEvent {
    pub(super) text: Utf8Bytes,
    /// The name's JSON, with the quotes of a string.
    pub(super) name_start: usize,
    pub(super) name_end: usize,
    /// Whether the name is a string without escapes.
    pub(super) is_name_plain: bool,
    /// Where the values end for those who read them: before the offset, once that is cut off.
    pub(super) values_end: usize,
    pub(super) attachments: Vec<Bytes>,
}

impl EventPacket {
    pub(super) fn json(event: JsonEvent) -> Self {
        Self { body: EventBody::Json(event) }
    }

    #[cfg(feature = "msgpack")]
    pub(super) fn msgpack(list: List) -> Self {
        Self { body: EventBody::Msgpack(list) }
    }

    /// The event's name. Borrowed unless its JSON has escapes, which servers that write ASCII
    /// alone use for other letters.
    #[inline]
    pub(crate) fn name(&self) -> Cow<'_, str> {
        match &self.body {
            EventBody::Json(event) => event.name(),
            #[cfg(feature = "msgpack")]
            EventBody::Msgpack(list) => list.name(),
        }
    }

    /// What follows the name.
    #[inline]
    pub(crate) fn values(&self) -> Values<'_> {
        match &self.body {
            EventBody::Json(event) => {
                let is_cut = event.values_end < event.text.len();
                Values::Json { text: event.values(), is_cut }
            }
            #[cfg(feature = "msgpack")]
            EventBody::Msgpack(list) => list.values(),
        }
    }

    /// The last value, if it is a string.
    pub(crate) fn last_string(&self) -> Option<LastString<'_>> {
        match &self.body {
            EventBody::Json(event) => LastString::find(event.values()),
            #[cfg(feature = "msgpack")]
            EventBody::Msgpack(list) => list.last_string(),
        }
    }

    /// The same, for one who keeps it: its text is a copy, and not a part of something larger.
    pub(crate) fn into_own_room(mut self) -> Self {
        match &mut self.body {
            EventBody::Json(event) => event.text = event.text.as_str().into(),
            // Small messages are their own room.
            #[cfg(feature = "msgpack")]
            EventBody::Msgpack(_) => {}
        }
        self
    }

    /// Leaves the last value out, if it is a string.
    pub(crate) fn cut_last_string(&mut self) {
        match &mut self.body {
            EventBody::Json(event) => {
                if let Some(start) = LastString::find(event.values()).map(|last| last.start()) {
                    event.values_end = event.name_end + start;
                }
            }
            #[cfg(feature = "msgpack")]
            EventBody::Msgpack(list) => list.cut_last_string(),
        }
    }

    pub(crate) fn attachments(&self) -> &[Bytes] {
        match &self.body {
            EventBody::Json(event) => &event.attachments,
            #[cfg(feature = "msgpack")]
            EventBody::Msgpack(_) => &[],
        }
    }

    /// The binary data of the values, wherever it stands in the packet.
    pub(crate) fn binaries(&self) -> Vec<Bytes> {
        match &self.body {
            EventBody::Json(event) => event.attachments.clone(),
            #[cfg(feature = "msgpack")]
            EventBody::Msgpack(list) => list.binaries(),
        }
    }

    /// Size in bytes of everything that came over the wire.
    pub(crate) fn size(&self) -> usize {
        match &self.body {
            EventBody::Json(event) => size(&event.text, &event.attachments),
            #[cfg(feature = "msgpack")]
            EventBody::Msgpack(list) => list.size(),
        }
    }
}

impl JsonEvent {
    fn name(&self) -> Cow<'_, str> {
        if self.is_name_plain {
            return Cow::Borrowed(&self.text[self.name_start + 1..self.name_end - 1]);
        }
        let json = &self.text[self.name_start..self.name_end];
        match json.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
            // An escape that is none leaves a name that nobody declares.
            Some(name) => serde_json::from_str(json).map_or(Cow::Borrowed(name), Cow::Owned),
            None => Cow::Borrowed(json),
        }
    }

    /// A comma and more, or the closing bracket; neither once the end is cut off.
    fn values(&self) -> &str {
        &self.text[self.name_end..self.values_end]
    }
}

/// An answer that came in.
#[derive(Debug, Clone)]
pub(crate) struct AnswerPacket {
    body: AnswerBody,
}

#[derive(Debug, Clone)]
enum AnswerBody {
    Json {
        text: Utf8Bytes,
        /// Behind the opening bracket.
        values_start: usize,
        attachments: Vec<Bytes>,
    },
    #[cfg(feature = "msgpack")]
    Msgpack(List),
}

impl AnswerPacket {
    pub(super) fn json(text: Utf8Bytes, values_start: usize, attachments: Vec<Bytes>) -> Self {
        Self { body: AnswerBody::Json { text, values_start, attachments } }
    }

    #[cfg(feature = "msgpack")]
    pub(super) fn msgpack(list: List) -> Self {
        Self { body: AnswerBody::Msgpack(list) }
    }

    pub(crate) fn values(&self) -> Values<'_> {
        match &self.body {
            AnswerBody::Json { text, values_start, .. } => {
                Values::Json { text: &text[*values_start..], is_cut: false }
            }
            #[cfg(feature = "msgpack")]
            AnswerBody::Msgpack(list) => list.values(),
        }
    }

    pub(crate) fn attachments(&self) -> &[Bytes] {
        match &self.body {
            AnswerBody::Json { attachments, .. } => attachments,
            #[cfg(feature = "msgpack")]
            AnswerBody::Msgpack(_) => &[],
        }
    }

    /// The binary data of the values, wherever it stands in the packet.
    pub(crate) fn binaries(&self) -> Vec<Bytes> {
        match &self.body {
            AnswerBody::Json { attachments, .. } => attachments.clone(),
            #[cfg(feature = "msgpack")]
            AnswerBody::Msgpack(list) => list.binaries(),
        }
    }
}

fn size(text: &str, attachments: &[Bytes]) -> usize {
    text.len() + attachments.iter().map(Bytes::len).sum::<usize>()
}
