//! Bodies of HTTP answers as text, within a limit.
//!
//! Must not know: connections, what the text means.

use std::io::Read;

use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use http::{
    HeaderMap,
    header::{CONTENT_ENCODING, TRANSFER_ENCODING},
};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::error::{Transport, TransportError};

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

/// Undoes the compression, where there is one; the result is within `limit` too.
pub(super) fn decode(
    headers: &HeaderMap,
    body: Bytes,
    limit: usize,
) -> Result<Bytes, TransportError> {
    let Some(encoding) = headers.get(CONTENT_ENCODING) else { return Ok(body) };
    if encoding.as_bytes().eq_ignore_ascii_case(b"identity") {
        return Ok(body);
    }
    if !encoding.as_bytes().eq_ignore_ascii_case(b"gzip") {
        return Err(invalid(format!("it is encoded as {encoding:?}, which was not asked for")));
    }
    let mut decoded = Vec::new();
    let limit_and_one = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(&*body)
        .take(limit_and_one)
        .read_to_end(&mut decoded)
        .map_err(|error| invalid(format!("it is not gzip: {error}")))?;
    if decoded.len() > limit {
        return Err(TransportError::MessageTooLarge { size: decoded.len(), limit });
    }
    Ok(decoded.into())
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
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use http::HeaderValue;

    use super::*;

    fn decoded(encoding: &'static str, body: &[u8], limit: usize) -> Result<Bytes, TransportError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        decode(&headers, Bytes::copy_from_slice(body), limit)
    }

    fn compressed(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).expect("there is memory");
        encoder.finish().expect("there is memory")
    }

    #[test]
    fn gzip_is_undone() {
        let body = "4hello".repeat(1000);
        let decoded = decoded("GZIP", &compressed(body.as_bytes()), body.len());
        assert_eq!(decoded.expect("it is gzip"), body);
    }

    #[test]
    fn a_small_body_that_unpacks_to_a_huge_one_is_refused() {
        let bomb = compressed(&vec![b'x'; 10_000_000]);
        assert!(bomb.len() < 20_000, "it is small: {}", bomb.len());
        let error = decoded("gzip", &bomb, 100_000).expect_err("it is over the limit");
        assert!(matches!(error, TransportError::MessageTooLarge { size: 100_001, .. }), "{error}");
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

    #[test]
    fn what_is_not_what_it_says_is_refused() {
        for (encoding, body) in [("gzip", "4hello"), ("br", "x"), ("gzip, gzip", "x")] {
            let error = decoded(encoding, body.as_bytes(), 100).expect_err(encoding);
            assert!(matches!(error, TransportError::InvalidBody { .. }), "{error}");
        }
        let cut = &compressed(b"4hello")[..12];
        assert!(decoded("gzip", cut, 100).is_err(), "it is cut short");
        assert!(text(Bytes::from_static(b"4\xff")).is_err(), "it is not UTF-8");
    }
}
