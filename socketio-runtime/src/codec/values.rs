//! The values of an event or of an answer, as they stand in their packet.
//!
//! Must not know: what they are, who reads them.

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
}

impl Values<'_> {
    /// The text of a JSON array.
    pub(crate) fn to_json(self) -> String {
        let Self::Json { text, is_cut } = self;
        let values = text.trim_ascii_start();
        let end = if is_cut { "]" } else { "" };
        format!("[{}{end}", values.strip_prefix(',').unwrap_or(values).trim_ascii_start())
    }
}

#[cfg(test)]
impl<'p> Values<'p> {
    pub(crate) fn as_json(&self) -> &'p str {
        let Self::Json { text, .. } = *self;
        text
    }
}

/// A string at the end of a list of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LastString<'p> {
    /// As it is written, escapes included, without its quotes.
    pub(crate) text: &'p str,
    /// The values before it, with a comma before each.
    before: &'p str,
    /// Where the comma before it stands.
    pub(super) start: usize,
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
        Some(Self { text: &content[opening + 1..], before, start: before.len() })
    }

    /// How many values the list has, this one included, counted up to `limit`; `None` if the list
    /// is broken.
    pub(crate) fn position(&self, limit: usize) -> Option<usize> {
        let (mut count, mut depth) = (1, 0_usize);
        let mut rest = self.before.as_bytes();
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
