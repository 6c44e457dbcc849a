//! One Engine.IO packet, as a WebSocket brings it.

use socketio_runtime::{error::DecodeError, unstable::wire};

use crate::bounded::in_proportion;

/// Text is a packet of the type that its first digit says, binary data in base64, or refused; and
/// binary data survives base64.
pub fn engine_packet(data: &[u8]) {
    in_proportion(data.len(), || {
        let binary = wire::Frame::Binary(data.to_vec().into());
        let text = binary.clone().into_text();
        assert_eq!(text.len(), 1 + data.len().div_ceil(3) * 4);
        assert_eq!(wire::decode_frame(&text), Ok(binary));
        if let Ok(packet) = std::str::from_utf8(data) {
            read(packet);
        }
    });
}

fn read(packet: &str) {
    let first = packet.chars().next();
    let expected = match first {
        None => Err(DecodeError::Empty),
        Some(digit @ '0'..='6') => Ok((digit as u8 - b'0', &packet[1..])),
        Some(other) => Err(DecodeError::UnknownEngineType(other)),
    };
    assert_eq!(wire::decode_engine(packet), expected);

    match wire::decode_frame(packet) {
        Ok(wire::Frame::Text(text)) => assert!(first != Some('b') && *text == *packet),
        Ok(binary @ wire::Frame::Binary(_)) => {
            // There is one way to write it, but for the padding.
            let again = binary.into_text();
            assert_eq!(again.trim_end_matches('='), packet.trim_end_matches('='));
        }
        Err(error) => {
            assert_eq!((first, error), (Some('b'), DecodeError::InvalidBase64));
            assert!(!is_base64(&packet[1..]), "base64 is refused");
        }
    }
}

/// With its padding, and nothing in the bits that do not count.
fn is_base64(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let last = digits.chars().last().unwrap_or('A');
    let is_clean = match padding {
        0 => true,
        1 => "AEIMQUYcgkosw048".contains(last),
        2 => "AQgw".contains(last),
        _ => false,
    };
    text.len() % 4 == 0 && is_clean && digits.chars().all(is_digit)
}
