//! What waits to be polled out of the state machine.
//!
//! Must not know: why, and what becomes of it.

use std::collections::VecDeque;

use bytes::Bytes;

use super::{ChannelId, Event, EventKind, Frame, NamespaceId, Transmit, namespace::Emitted};
use crate::codec::Packet;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    entries: VecDeque<Entry>,
    /// The attachments of the packet that is being polled out.
    attachments: VecDeque<(ChannelId, Bytes)>,
    unsent_bytes: usize,
    events: VecDeque<Event>,
}

#[derive(Debug)]
enum Entry {
    Transmit(Transmit),
    /// A packet that means nothing on another channel.
    Packet(ChannelId, Packet),
    /// An event of the user's, which waits for another channel if this one is lost.
    Emit(ChannelId, NamespaceId, Emitted),
}

impl Outbox {
    pub(super) fn event(&mut self, namespace: NamespaceId, kind: EventKind) {
        self.events.push_back(Event { namespace, kind });
    }

    pub(super) fn transmit(&mut self, transmit: Transmit) {
        self.entries.push_back(Entry::Transmit(transmit));
    }

    pub(super) fn packet(&mut self, channel: ChannelId, packet: Packet) {
        self.unsent_bytes += packet.size();
        self.entries.push_back(Entry::Packet(channel, packet));
    }

    pub(super) fn emit(&mut self, channel: ChannelId, namespace: NamespaceId, emitted: Emitted) {
        self.unsent_bytes += emitted.packet.size();
        self.entries.push_back(Entry::Emit(channel, namespace, emitted));
    }

    /// Drops the frames of a channel that is gone; gives back, in order, the events of which
    /// nothing was polled out. A packet that was polled out in part is lost: the server has its
    /// beginning.
    pub(super) fn take_unsent(&mut self, gone: ChannelId) -> Vec<(NamespaceId, Emitted)> {
        let mut unsent = Vec::new();
        for entry in std::mem::take(&mut self.entries) {
            match entry {
                Entry::Packet(channel, packet) if channel == gone => {
                    self.unsent_bytes -= packet.size();
                }
                Entry::Emit(channel, namespace, emitted) if channel == gone => {
                    self.unsent_bytes -= emitted.packet.size();
                    unsent.push((namespace, emitted));
                }
                other => self.entries.push_back(other),
            }
        }
        let unsent_bytes = &mut self.unsent_bytes;
        self.attachments.retain(|(channel, bytes)| {
            let is_kept = *channel != gone;
            *unsent_bytes -= if is_kept { 0 } else { bytes.len() };
            is_kept
        });
        unsent
    }

    pub(super) fn poll_transmit(&mut self) -> Option<Transmit> {
        let transmit = if let Some((channel, bytes)) = self.attachments.pop_front() {
            Transmit::Frame { channel, frame: Frame::Binary(bytes) }
        } else {
            let (channel, packet) = match self.entries.pop_front()? {
                Entry::Transmit(transmit) => return Some(transmit),
                Entry::Packet(channel, packet) => (channel, packet),
                Entry::Emit(channel, _, emitted) => (channel, emitted.packet),
            };
            let Packet { text, attachments } = packet;
            self.attachments.extend(attachments.into_iter().map(|bytes| (channel, bytes)));
            Transmit::Frame { channel, frame: Frame::Text(text) }
        };
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

    pub(super) fn is_frame_next(&self) -> bool {
        let is_frame = |entry: &Entry| !matches!(entry, Entry::Transmit(_));
        !self.attachments.is_empty() || self.entries.front().is_some_and(is_frame)
    }

    pub(super) fn has_transmits(&self) -> bool {
        !self.entries.is_empty() || !self.attachments.is_empty()
    }
}
