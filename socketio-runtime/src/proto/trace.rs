//! What the log says of packets: what they are, never what they carry.
//!
//! Must not know: who reads it.

use tracing::Level;

use crate::codec::{Incoming, Packet};

/// A packet is handed to the transport.
#[inline]
pub(super) fn sent(packet: &Packet) {
    if tracing::enabled!(Level::DEBUG) {
        log_sent(packet);
    }
}

/// A packet has come, and its attachments.
#[inline]
pub(super) fn received(packet: &Incoming) {
    if tracing::enabled!(Level::DEBUG) {
        log_received(packet);
    }
}

#[cold]
fn log_sent(packet: &Packet) {
    // This side has written it, so it can be read.
    let Ok(packet) = Incoming::sent(packet.clone()) else { return };
    tracing::debug!(
        kind = ?packet.kind(),
        namespace = clipped(packet.namespace()),
        event = packet.event().as_deref().map(clipped),
        ack = packet.ack(),
        bytes = packet.size(),
        "packet sent"
    );
}

#[cold]
fn log_received(packet: &Incoming) {
    tracing::debug!(
        kind = ?packet.kind(),
        namespace = clipped(packet.namespace()),
        event = packet.event().as_deref().map(clipped),
        ack = packet.ack(),
        bytes = packet.size(),
        "packet received"
    );
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
