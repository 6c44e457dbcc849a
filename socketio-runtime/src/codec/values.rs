//! The values of an event or of an answer, as they stand in their packet.
//!
//! Must not know: what they are, who reads them.

#[cfg(feature = "msgpack")]
use bytes::Bytes;

#[cfg(feature = "msgpack")]
use super::msgpack;

/// A list of values that nobody has read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Values<'p> {
    Json {
        /// The text of the array behind its `[` or behind the event's name, so that it begins with
        /// a value, a comma or the closing bracket.
        text: &'p str,
        /// Whether what follows was cut off, the closing bracket included.
        is_cut: bool,
    },
    #[cfg(feature = "msgpack")]
    Msgpack {
        /// What they are a part of, to share binary data with.
        packet: &'p Bytes,
        /// The values one after the other.
        bytes: &'p [u8],
        count: usize,
    },
}

impl Values<'_> {
    /// The text of a JSON array; binary data is replaced by placeholders.
    pub(crate) fn to_json(self) -> String {
        let (text, is_cut) = match self {
            Self::Json { text, is_cut } => (text, is_cut),
            #[cfg(feature = "msgpack")]
            Self::Msgpack { bytes, count, .. } => return msgpack::list_to_json(bytes, count),
        };
        let values = text.trim_ascii_start();
        let end = if is_cut { "]" } else { "" };
        format!("[{}{end}", values.strip_prefix(',').unwrap_or(values).trim_ascii_start())
    }
}

#[cfg(test)]
impl<'p> Values<'p> {
    pub(crate) fn as_json(&self) -> &'p str {
        match *self {
            Self::Json { text, .. } => text,
            #[cfg(feature = "msgpack")]
            Self::Msgpack { .. } => panic!("msgpack where JSON was expected"),
        }
    }
}

/// A string at the end of a list of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LastString<'p> {
    /// As it is written, escapes included, without its quotes.
    pub(crate) text: &'p str,
    before: Before<'p>,
}

/// The values before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before<'p> {
    /// As JSON, with a comma before each.
    Json(&'p str),
    #[cfg(feature = "msgpack")]
    Counted(usize),
}

impl<'p> LastString<'p> {
    /// Finds it from the end of the list, without a look at the values before. `list` is the text
    /// of a JSON array behind its first element.
    pub(super) fn find(list: &'p str) -> Option<Self> {
        let content = list.trim_ascii_end().strip_suffix(']')?;
        let content = content.trim_ascii_end().strip_suffix('"')?;
        let quotes = memchr::memrchr_iter(b'"', content.as_bytes());
        let opening = { quotes }.find(|quote| !is_escaped(&content[..*quote]))?;
        let before = content[..opening].trim_ascii_end().strip_suffix(',')?;
        Some(Self { text: &content[opening + 1..], before: Before::Json(before) })
    }

    /// The last of `count` values.
    #[cfg(feature = "msgpack")]
    pub(super) fn of(count: usize, text: &'p str) -> Self {
        Self { text, before: Before::Counted(count.saturating_sub(1)) }
    }

    /// How many bytes of the list stand before it and its comma.
    pub(super) fn start(&self) -> usize {
        match self.before {
            Before::Json(before) => before.len(),
            #[cfg(feature = "msgpack")]
            Before::Counted(_) => 0,
        }
    }

    /// How many values the list has, this one included, counted up to `limit`; `None` if the list
    /// is broken.
    pub(crate) fn position(&self, limit: usize) -> Option<usize> {
        let mut rest = match self.before {
            Before::Json(before) => before.as_bytes(),
            #[cfg(feature = "msgpack")]
            Before::Counted(count) => return Some(count + 1),
        };
        let (mut count, mut depth) = (1, 0_usize);
        while let [byte, tail @ ..] = rest {
            if count >= limit {
                return Some(count);
            }
            rest = tail;
            match byte {
                b'"' => rest = behind_string(tail)?,
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth = depth.checked_sub(1)?,
                b',' if depth == 0 => count += 1,
                _ => {}
            }
        }
        (depth == 0).then_some(count)
    }
}

/// Whether an odd number of backslashes stands before a quote.
fn is_escaped(before: &str) -> bool {
    let escapes = before.bytes().rev().take_while(|byte| *byte == b'\\').count();
    escapes % 2 == 1
}

/// What follows the string of which the opening quote was read.
fn behind_string(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let at = memchr::memchr2(b'"', b'\\', rest)?;
        let is_end = rest[at] == b'"';
        rest = rest.get(at + if is_end { 1 } else { 2 }..)?;
        if is_end {
            return Some(rest);
        }
    }
}
