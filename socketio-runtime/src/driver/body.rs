//! Bodies of HTTP answers as text, within a limit.
//!
//! Must not know: connections, what the text means.

use std::io::Read;

use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use http::{HeaderMap, header::CONTENT_ENCODING};
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
