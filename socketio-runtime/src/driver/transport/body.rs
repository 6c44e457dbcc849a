//! Bodies of HTTP answers as text, within a limit.
//!
//! Must not know: connections, what the text means.

use std::{
    io::{self, Write},
    mem,
};

use bytes::{Bytes, BytesMut};
use flate2::write::MultiGzDecoder;
use http::{
    HeaderMap,
    header::{CONTENT_ENCODING, TRANSFER_ENCODING},
};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{
    error::{Transport, TransportError},
    limits,
};

/// Reads a body, up to `limit` bytes; whether that was all of it.
pub(super) async fn read(body: &mut Incoming, limit: usize) -> Result<(Bytes, bool), hyper::Error> {
    let mut collected = BytesMut::new();
    while let Some(frame) = body.frame().await {
        // Trailers say nothing that Engine.IO knows.
        let Ok(data) = frame?.into_data() else { continue };
        if collected.len() + data.len() > limit {
            collected.extend_from_slice(&data[..limit - collected.len()]);
            return Ok((collected.freeze(), false));
        }
        collected.extend_from_slice(&data);
    }
    Ok((collected.freeze(), true))
}

/// Undoes the compression, where there is one; the result is within `limit` too. Others run in
/// between: a megabyte may become a gigabyte, or be fifty thousand times nothing.
pub(super) async fn decode(
    headers: &HeaderMap,
    body: Bytes,
    limit: usize,
) -> Result<Bytes, TransportError> {
    let Some(mut inflation) = Inflation::new(headers, limit)? else { return Ok(body) };
    for part in body.chunks(limits::INFLATE_AT_ONCE) {
        inflation.add(part)?;
        tokio::task::yield_now().await;
    }
    inflation.finish()
}

/// As [`decode`], for a body that is short, and stays so.
pub(super) fn decode_short(headers: &HeaderMap, body: Bytes) -> Result<Bytes, TransportError> {
    let inflation = Inflation::new(headers, limits::ERROR_BODY)?;
    let Some(mut inflation) = inflation else { return Ok(body) };
    inflation.add(&body)?;
    inflation.finish()
}

struct Inflation(MultiGzDecoder<Inflated>);

impl Inflation {
    /// Where there is a compression.
    fn new(headers: &HeaderMap, limit: usize) -> Result<Option<Self>, TransportError> {
        let Some(encoding) = headers.get(CONTENT_ENCODING) else { return Ok(None) };
        if encoding.as_bytes().eq_ignore_ascii_case(b"identity") {
            return Ok(None);
        }
        if !encoding.as_bytes().eq_ignore_ascii_case(b"gzip") {
            return Err(invalid(format!("it is encoded as {encoding:?}, which was not asked for")));
        }
        let inflated = Inflated { bytes: Vec::new(), limit, is_over: false };
        Ok(Some(Self(MultiGzDecoder::new(inflated))))
    }

    fn add(&mut self, part: &[u8]) -> Result<(), TransportError> {
        let result = self.0.write_all(part);
        self.judge(result)
    }

    fn finish(mut self) -> Result<Bytes, TransportError> {
        let result = self.0.try_finish();
        self.judge(result)?;
        Ok(mem::take(&mut self.0.get_mut().bytes).into())
    }

    fn judge(&self, result: io::Result<()>) -> Result<(), TransportError> {
        let Inflated { limit, is_over, .. } = *self.0.get_ref();
        if is_over {
            return Err(TransportError::MessageTooLarge { size: limit.saturating_add(1), limit });
        }
        result.map_err(|error| invalid(format!("it is not gzip: {error}")))
    }
}

/// What has come out of the compression, up to a limit.
struct Inflated {
    bytes: Vec<u8>,
    limit: usize,
    /// Whether there was more.
    is_over: bool,
}

impl Write for Inflated {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_over |= bytes.len() > self.limit - self.bytes.len();
        if self.is_over {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Puts the chunks of a body together, as far as they go (RFC 9112, 7.1).
pub(super) fn unchunked(headers: &HeaderMap, body: &[u8]) -> Bytes {
    let is_chunked = headers.get(TRANSFER_ENCODING).is_some_and(|encoding| encoding == "chunked");
    if !is_chunked {
        return Bytes::copy_from_slice(body);
    }
    let (mut rest, mut joined) = (body, BytesMut::new());
    while let Ok(httparse::Status::Complete((start, size))) = httparse::parse_chunk_size(rest) {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let chunk = &rest[start..];
        let (chunk, behind) = chunk.split_at(size.min(chunk.len()));
        joined.extend_from_slice(chunk);
        rest = behind.strip_prefix(b"\r\n").unwrap_or_default();
        if size == 0 {
            break;
        }
    }
    joined.freeze()
}

pub(super) fn text(body: Bytes) -> Result<Utf8Bytes, TransportError> {
    Utf8Bytes::try_from(body).map_err(|error| invalid(error.to_string()))
}

/// The size that a body has announced.
pub(super) fn announced(body: &Incoming) -> usize {
    usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX)
}

fn invalid(reason: String) -> TransportError {
    TransportError::InvalidBody { transport: Transport::Polling, reason }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use flate2::{Compression, write::GzEncoder};
    use http::HeaderValue;

    use super::*;

    fn encoded_as(encoding: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        headers
    }

    async fn decoded(
        encoding: &'static str,
        body: &[u8],
        limit: usize,
    ) -> Result<Bytes, TransportError> {
        decode(&encoded_as(encoding), Bytes::copy_from_slice(body), limit).await
    }

    fn compressed(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).expect("there is memory");
        encoder.finish().expect("there is memory")
    }

    #[tokio::test]
    async fn gzip_is_undone_up_to_the_limit() {
        let body: String = (0..100_000).map(|number| number.to_string()).collect();
        let gzip = compressed(body.as_bytes());
        assert!(gzip.len() > 10 * limits::INFLATE_AT_ONCE, "it takes many steps");
        let decoded_body = decoded("GZIP", &gzip, body.len()).await;
        assert_eq!(decoded_body.expect("it is gzip"), body);
        let error = decoded("gzip", &gzip, body.len() - 1).await.expect_err("it is over");
        assert!(matches!(error, TransportError::MessageTooLarge { .. }), "{error}");
    }

    #[tokio::test]
    async fn members_follow_each_other_and_each_is_checked() {
        let (one, none) = (compressed(b"4hello"), compressed(b""));
        let body = [&*one, &none, &one, &none].concat();
        assert_eq!(decoded("gzip", &body, 12).await.expect("it is gzip"), "4hello4hello");
        let mut broken = body;
        broken[one.len() - 8] ^= 1;
        let error = decoded("gzip", &broken, 12).await.expect_err("its checksum is wrong");
        assert!(matches!(error, TransportError::InvalidBody { .. }), "{error}");
    }

    #[tokio::test]
    async fn a_small_body_that_unpacks_to_a_huge_one_is_refused() {
        let bomb = compressed(&vec![b'x'; 10_000_000]);
        assert!(bomb.len() < 20_000, "it is small: {}", bomb.len());
        let error = decoded("gzip", &bomb, 100_000).await.expect_err("it is over the limit");
        assert!(matches!(error, TransportError::MessageTooLarge { size: 100_001, .. }), "{error}");
        let error = decode_short(&encoded_as("gzip"), bomb.into()).expect_err("this one too");
        assert!(matches!(error, TransportError::MessageTooLarge { .. }), "{error}");
    }

    #[tokio::test]
    async fn others_run_while_a_body_is_inflated() {
        let members = compressed(b"").repeat(1000);
        let steps = members.len() / limits::INFLATE_AT_ONCE;
        let turns = Arc::new(AtomicUsize::new(0));
        let others = Arc::clone(&turns);
        tokio::spawn(async move {
            loop {
                others.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        });
        let decoded = decoded("gzip", &members, 0).await.expect("it is gzip");
        assert_eq!(decoded, "");
        let turns = turns.load(Ordering::Relaxed);
        assert!(turns >= steps, "{turns} turns of the others in {steps} steps");
    }

    #[test]
    fn the_chunks_of_a_body_are_put_together_as_far_as_they_go() {
        let mut headers = HeaderMap::new();
        assert_eq!(unchunked(&headers, b"2\r\nab\r\n"), "2\r\nab\r\n");
        headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        for (body, joined) in [
            ("2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n", "abcde"),
            ("2\r\nab\r\n9\r\ncde", "abcde"),
            ("ffffffffffffffff\r\nab", "ab"),
            ("2\r\nab", "ab"),
            ("nonsense", ""),
            ("", ""),
        ] {
            assert_eq!(unchunked(&headers, body.as_bytes()), joined, "{body:?}");
        }
    }

    #[tokio::test]
    async fn what_is_not_what_it_says_is_refused() {
        for (encoding, body) in [("gzip", "4hello"), ("br", "x"), ("gzip, gzip", "x")] {
            let error = decoded(encoding, body.as_bytes(), 100).await.expect_err(encoding);
            assert!(matches!(error, TransportError::InvalidBody { .. }), "{error}");
        }
        let whole = compressed(b"4hello");
        for end in 0..whole.len() {
            let error = decoded("gzip", &whole[..end], 100).await.expect_err("it is cut short");
            assert!(matches!(error, TransportError::InvalidBody { .. }), "{end}: {error}");
        }
        let more = [&*whole, b"more"].concat();
        assert!(decoded("gzip", &more, 100).await.is_err(), "something else follows");
        assert!(text(Bytes::from_static(b"4\xff")).is_err(), "it is not UTF-8");
    }
}
