//! What waits to be polled out of the state machine.
//!
//! Must not know: why, and what becomes of it.

use std::collections::VecDeque;

use bytes::Bytes;

use super::{ChannelId, Event, EventKind, Frame, NamespaceId, Transmit, namespace::Emitted};
use crate::codec::{PONG, Packet};

#[derive(Debug, Default)]
pub(super) struct Outbox {
    entries: VecDeque<Entry>,
    /// How many entries there ever were.
    added: u64,
    /// The answer to a heartbeat. It overtakes what waits: behind a long queue on a slow network
    /// it would come too late, and cost the connection. One answers any number of pings.
    pong: Option<ChannelId>,
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
        self.push(Entry::Transmit(transmit));
    }

    pub(super) fn pong(&mut self, channel: ChannelId) {
        self.pong = Some(channel);
    }

    pub(super) fn packet(&mut self, channel: ChannelId, packet: Packet) {
        self.unsent_bytes += packet.size();
        self.push(Entry::Packet(channel, packet));
    }

    pub(super) fn emit(&mut self, channel: ChannelId, namespace: NamespaceId, emitted: Emitted) {
        self.unsent_bytes += emitted.packet.size();
        self.push(Entry::Emit(channel, namespace, emitted));
    }

    /// Drops the frames of a channel that is gone; gives back, in order, the events of which
    /// nothing was polled out. A packet that was polled out in part is lost: the server has its
    /// beginning.
    pub(super) fn take_unsent(&mut self, gone: ChannelId) -> Vec<(NamespaceId, Emitted)> {
        self.pong = self.pong.filter(|channel| *channel != gone);
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
        } else if let Some(channel) = self.pong.take() {
            return Some(Transmit::Frame { channel, frame: Frame::Text(PONG.into()) });
        } else {
            let (channel, packet) = match self.entries.pop_front()? {
                Entry::Transmit(transmit) => return Some(transmit),
                Entry::Packet(channel, packet) => (channel, packet),
                Entry::Emit(channel, _, emitted) => (channel, emitted.packet),
            };
            let Packet { text, attachments } = packet;
            self.attachments.extend(attachments.into_iter().map(|bytes| (channel, bytes)));
            if text.is_empty() {
                // The packet is binary as a whole.
                return self.poll_transmit();
            }
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
        let has_begun = !self.attachments.is_empty() || self.pong.is_some();
        has_begun || self.entries.front().is_some_and(is_frame)
    }

    pub(super) fn added(&self) -> u64 {
        self.added
    }

    /// How many of what was added, from the first on, were polled out.
    pub(super) fn polled(&self) -> u64 {
        let waiting = self.entries.len() + usize::from(!self.attachments.is_empty());
        self.added - waiting as u64
    }

    fn push(&mut self, entry: Entry) {
        self.added += 1;
        self.entries.push_back(entry);
    }
}
