//! Events that came before the server's word that their namespace is accepted.
//!
//! Must not know: which namespace.

use super::{EARLY_BYTES, EARLY_EVENTS};
use crate::codec::EventPacket;

#[derive(Debug, Default)]
pub(super) struct Early {
    events: Vec<(EventPacket, Option<u64>)>,
    bytes: usize,
}

impl Early {
    /// Keeps an event and its ack id, if there is room.
    pub(super) fn push(&mut self, packet: EventPacket, ack: Option<u64>) -> bool {
        let bytes = self.bytes.saturating_add(packet.size());
        let has_room = self.events.len() < EARLY_EVENTS && bytes <= EARLY_BYTES;
        if has_room {
            self.bytes = bytes;
            self.events.push((packet.into_own_room(), ack));
        }
        has_room
    }

    pub(super) fn take(&mut self) -> Vec<(EventPacket, Option<u64>)> {
        self.bytes = 0;
        std::mem::take(&mut self.events)
    }
}
