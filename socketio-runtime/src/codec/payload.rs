//! The bodies of long-polling requests: packets with a separator between them, binary ones in
//! base64 (Engine.IO protocol 4.1, "Payload encoding").
//!
//! Must not know: HTTP, who sends when.

use bytes::Bytes;
use data_encoding::{BASE64, BASE64_NOPAD};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::DecodeError;

/// One Engine.IO packet on the wire.
#[derive(Debug, Clone)]
pub(crate) enum Frame {
    Text(Utf8Bytes),
    Binary(Bytes),
}

impl Frame {
    /// A text packet as it came, which is a binary one in base64 where the transport, or the
    /// client's wish, allows no other.
    #[inline]
    pub(crate) fn decode(text: Utf8Bytes) -> Result<Self, DecodeError> {
        let Some(base64) = text.strip_prefix('b') else { return Ok(Self::Text(text)) };
        // Padding ends the data; the library would read several pieces with padding as one.
        if memchr::memchr(b'=', base64.as_bytes()).is_some_and(|at| base64.len() - at > 2) {
            return Err(DecodeError::InvalidBase64);
        }
        // Servers write the padding, and the reference client reads data without it as well.
        let encoding = if base64.len() % 4 == 0 { BASE64 } else { BASE64_NOPAD };
        let bytes = encoding.decode(base64.as_bytes()).map_err(|_| DecodeError::InvalidBase64)?;
        Ok(Self::Binary(bytes.into()))
    }

    /// The same as text.
    pub(crate) fn into_text(self) -> Utf8Bytes {
        match self {
            Self::Text(text) => text,
            Self::Binary(bytes) => {
                let mut text = String::with_capacity(base64_size(bytes.len()));
                push_base64(&mut text, &bytes);
                text.into()
            }
        }
    }

    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }
}

/// The packets of a body, in order. A control character inside JSON is escaped, so the separator
/// is nothing else.
pub(crate) fn decode_payload(body: &Utf8Bytes) -> impl Iterator<Item = Result<Frame, DecodeError>> {
    body.split(SEPARATOR).map(|packet| {
        let is_alone = packet.len() == body.len();
        Frame::decode(if is_alone { body.clone() } else { packet.into() })
    })
}

/// The first packets of a body, so many at most, and what comes behind them.
pub(crate) fn split_payload(body: &str, packets: usize) -> (&str, Option<&str>) {
    let end = body.match_indices(SEPARATOR).nth(packets.saturating_sub(1));
    match end {
        Some((end, separator)) => (&body[..end], Some(&body[end + separator.len()..])),
        None => (body, None),
    }
}

/// A body in the making. What does not fit the limit is left for the next one.
#[derive(Debug)]
pub(crate) struct PayloadWriter {
    body: String,
    limit: usize,
}

impl PayloadWriter {
    /// `limit` in bytes: the server's `maxPayload`.
    pub(crate) fn new(limit: Option<usize>) -> Self {
        Self { body: String::new(), limit: limit.unwrap_or(usize::MAX) }
    }

    /// Whether there was room. The first packet always has, since it could never be sent
    /// otherwise.
    pub(crate) fn push_text(&mut self, packet: &str) -> bool {
        let has_room = self.separate(packet.len());
        if has_room {
            self.body.push_str(packet);
        }
        has_room
    }

    /// As [`push_text`](Self::push_text).
    pub(crate) fn push_binary(&mut self, bytes: &[u8]) -> bool {
        let has_room = self.separate(base64_size(bytes.len()));
        if has_room {
            push_base64(&mut self.body, bytes);
        }
        has_room
    }

    /// The body; `None` without packets.
    pub(crate) fn finish(self) -> Option<String> {
        (!self.body.is_empty()).then_some(self.body)
    }

    /// Begins a packet of this size, if there is room.
    fn separate(&mut self, size: usize) -> bool {
        if self.body.is_empty() {
            self.body.reserve(size);
            return true;
        }
        let is_over = self.body.len() + SEPARATOR.len_utf8() + size > self.limit;
        if !is_over {
            self.body.push(SEPARATOR);
        }
        !is_over
    }
}

/// How many bytes of text a binary packet takes.
pub(crate) fn base64_size(bytes: usize) -> usize {
    bytes.div_ceil(3).saturating_mul(4).saturating_add(1)
}

fn push_base64(text: &mut String, bytes: &[u8]) {
    text.push('b');
    BASE64.encode_append(bytes, text);
}

const SEPARATOR: char = '\x1e';

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(body: &str) -> Vec<String> {
        let body = body.into();
        let frames = decode_payload(&body).map(|frame| match frame {
            Ok(Frame::Text(text)) => text.to_string(),
            Ok(Frame::Binary(bytes)) => format!("{bytes:?}"),
            Err(error) => error.to_string(),
        });
        frames.collect()
    }

    #[test]
    fn a_body_is_split_at_its_separators_and_nowhere_else() {
        assert_eq!(decoded("4hello\x1e2\x1e4world"), ["4hello", "2", "4world"]);
        assert_eq!(decoded("4hello\x1ebAQIDBA=="), ["4hello", r#"b"\x01\x02\x03\x04""#]);
        assert_eq!(decoded("b"), [r#"b"""#]);
        assert_eq!(decoded("bAQIDBA"), [r#"b"\x01\x02\x03\x04""#]);
        assert_eq!(decoded("4a\x1e"), ["4a", ""]);
        assert_eq!(decoded(r#"42["a","\u001e"]"#), [r#"42["a","\u001e"]"#]);
    }

    #[test]
    fn what_is_no_base64_is_an_error() {
        for packet in ["b!!!!", "bAQID BA==", "b_-8=", "bA", "b====", "bAA==AA==", "bAAA=AAA="] {
            assert_eq!(decoded(packet), [DecodeError::InvalidBase64.to_string()], "{packet}");
        }
    }

    #[test]
    fn a_body_takes_packets_up_to_the_limit_and_the_first_always() {
        let mut payload = PayloadWriter::new(Some(10));
        assert!(payload.push_text("4hello"));
        assert!(!payload.push_text("4wor"));
        assert!(payload.push_text("412"));
        assert!(!payload.push_binary(b""));
        assert_eq!(payload.finish().as_deref(), Some("4hello\x1e412"));

        let mut payload = PayloadWriter::new(Some(3));
        assert!(payload.push_binary(&[1, 2, 3, 4]));
        assert!(!payload.push_text("2"));
        assert_eq!(payload.finish().as_deref(), Some("bAQIDBA=="));
        assert_eq!(PayloadWriter::new(None).finish(), None);
    }

    #[test]
    fn sizes_in_base64_are_exact() {
        for size in 0..20 {
            let text = Frame::Binary(vec![0xfb; size].into()).into_text();
            assert_eq!(text.len(), base64_size(size));
            let Ok(Frame::Binary(bytes)) = Frame::decode(text) else { panic!("binary") };
            assert_eq!(bytes, vec![0xfb; size]);
        }
    }
}
