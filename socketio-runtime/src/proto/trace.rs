//! What the log says of packets: what they are, never what they carry.
//!
//! Must not know: who reads it.

use tokio_tungstenite::tungstenite::Utf8Bytes;
use tracing::Level;

use crate::codec::{Header, Packet, SocketType, decode_socket};

/// A packet is handed to the transport.
#[inline]
pub(super) fn sent(packet: &Packet) {
    if tracing::enabled!(Level::DEBUG) {
        log_sent(packet);
    }
}

/// A packet has come, and its attachments.
#[inline]
pub(super) fn received(header: &Header, text: &Utf8Bytes, attachments: usize) {
    if tracing::enabled!(Level::DEBUG) {
        log_received(header, text, attachments);
    }
}

#[cold]
fn log_sent(packet: &Packet) {
    let (text, bytes) = (&packet.text, packet.size());
    // This side has written it, so it can be read.
    let Ok(header) = decode_socket(text, usize::MAX) else { return };
    let event = event_name(&header, text);
    tracing::debug!(
        kind = ?header.kind,
        namespace = clipped(header.namespace(text)),
        event = event.as_deref().map(clipped),
        ack = header.ack,
        bytes,
        "packet sent"
    );
}

#[cold]
fn log_received(header: &Header, text: &Utf8Bytes, attachments: usize) {
    let event = event_name(header, text);
    tracing::debug!(
        kind = ?header.kind,
        namespace = clipped(header.namespace(text)),
        event = event.as_deref().map(clipped),
        ack = header.ack,
        bytes = text.len() + attachments,
        "packet received"
    );
}

fn event_name(header: &Header, text: &Utf8Bytes) -> Option<String> {
    let is_event = header.kind == SocketType::Event;
    let packet = is_event.then(|| header.clone().into_event(text.clone(), Vec::new()))?;
    Some(packet.name().into_owned())
}

/// The beginning of a name, which a peer may have made as long as a message.
fn clipped(name: &str) -> &str {
    let end = name.char_indices().nth(LOGGED_NAME).map_or(name.len(), |(end, _)| end);
    &name[..end]
}

/// Characters of a name that are logged: more than names have that people give.
const LOGGED_NAME: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_clipped_between_characters() {
        assert_eq!(clipped("message"), "message");
        assert_eq!(clipped(&"é".repeat(1000)), "é".repeat(LOGGED_NAME));
    }
}
