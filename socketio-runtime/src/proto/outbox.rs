//! What waits to be polled out of the state machine.
//!
//! Must not know: why.

use std::collections::VecDeque;

use super::{ChannelId, Event, EventKind, Frame, NamespaceId, Transmit};
use crate::codec::Packet;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    transmits: VecDeque<Transmit>,
    unsent_bytes: usize,
    events: VecDeque<Event>,
}

impl Outbox {
    pub(super) fn event(&mut self, namespace: NamespaceId, kind: EventKind) {
        self.events.push_back(Event { namespace, kind });
    }

    pub(super) fn transmit(&mut self, transmit: Transmit) {
        if let Transmit::Frame { frame, .. } = &transmit {
            self.unsent_bytes += frame.size();
        }
        self.transmits.push_back(transmit);
    }

    pub(super) fn packet(&mut self, channel: ChannelId, packet: Packet) {
        let Packet { text, attachments } = packet;
        self.transmit(Transmit::Frame { channel, frame: Frame::Text(text) });
        for bytes in attachments {
            self.transmit(Transmit::Frame { channel, frame: Frame::Binary(bytes) });
        }
    }

    /// Drops the frames of a channel that is gone.
    pub(super) fn forget_frames(&mut self, gone: ChannelId) {
        let unsent_bytes = &mut self.unsent_bytes;
        self.transmits.retain(|transmit| match transmit {
            Transmit::Frame { channel, frame } if *channel == gone => {
                *unsent_bytes -= frame.size();
                false
            }
            _ => true,
        });
    }

    pub(super) fn poll_transmit(&mut self) -> Option<Transmit> {
        let transmit = self.transmits.pop_front()?;
        if let Transmit::Frame { frame, .. } = &transmit {
            self.unsent_bytes -= frame.size();
        }
        Some(transmit)
    }

    pub(super) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub(super) fn unsent_bytes(&self) -> usize {
        self.unsent_bytes
    }

    pub(super) fn has_transmits(&self) -> bool {
        !self.transmits.is_empty()
    }
}
