//! What waits to be polled out of the state machine.
//!
//! Must not know: why, and what becomes of it.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Instant,
};

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    AckId, ChannelId, Event, EventKind, NamespaceId, Transmit,
    barrier::{Barrier, Kind},
    held::Emitted,
    trace,
};
use crate::codec::{CLOSE, Frame, PONG, Packet, PayloadWriter};

#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// What opens, asks and drops: it waits for no packet.
    control: VecDeque<Transmit>,
    entries: VecDeque<Entry>,
    /// How many entries there ever were.
    added: u64,
    /// The answer to a heartbeat. It overtakes what waits: behind a long queue on a slow network
    /// it would come too late, and cost the connection. One answers any number of pings.
    pong: Option<ChannelId>,
    /// The attachments of the packet that is being polled out.
    attachments: VecDeque<(ChannelId, Bytes)>,
    unsent_bytes: usize,
    /// The tries that were polled out, until the Manager knows.
    tried: Vec<(NamespaceId, AckId)>,
    events: VecDeque<Event>,
    /// The namespaces of which it is told what is sent.
    watched: BTreeSet<NamespaceId>,
    barrier: Barrier,
}

#[derive(Debug)]
enum Entry {
    /// Nothing is sent after it.
    Close(ChannelId),
    /// A packet that means nothing on another channel.
    Packet(ChannelId, NamespaceId, Kind, Packet),
    /// An event of the user's, which waits for another channel if this one is lost.
    Emit(ChannelId, NamespaceId, Emitted),
    /// One that is lost with its channel.
    Volatile(ChannelId, NamespaceId, Emitted),
}

impl Outbox {
    pub(super) fn event(&mut self, namespace: NamespaceId, kind: EventKind) {
        push_one(&mut self.events, Event { namespace, kind });
    }

    /// Something that is no packet, to be done before those that wait.
    pub(super) fn control(&mut self, transmit: Transmit) {
        push_one(&mut self.control, transmit);
    }

    pub(super) fn pong(&mut self, channel: ChannelId) {
        self.pong = Some(channel);
    }

    pub(super) fn packet(
        &mut self,
        channel: ChannelId,
        namespace: NamespaceId,
        kind: Kind,
        packet: Packet,
    ) {
        self.unsent_bytes += packet.size();
        self.push(Entry::Packet(channel, namespace, kind, packet));
    }

    #[inline]
    pub(super) fn emit(&mut self, channel: ChannelId, namespace: NamespaceId, emitted: Emitted) {
        self.unsent_bytes += emitted.packet.size();
        self.push(Entry::Emit(channel, namespace, emitted));
    }

    pub(super) fn emit_volatile(
        &mut self,
        channel: ChannelId,
        namespace: NamespaceId,
        emitted: Emitted,
    ) {
        self.unsent_bytes += emitted.packet.size();
        self.push(Entry::Volatile(channel, namespace, emitted));
    }

    /// Whether to tell what is sent of a namespace. What is on its way when that ends is told
    /// then.
    pub(super) fn watch(&mut self, namespace: NamespaceId, is_watched: bool) {
        if is_watched {
            self.watched.insert(namespace);
        } else if self.watched.remove(&namespace) {
            let entries = self.entries.iter().filter_map(|entry| match entry {
                Entry::Emit(_, id, emitted) | Entry::Volatile(_, id, emitted) => {
                    (*id == namespace).then(|| sent(*id, emitted))
                }
                Entry::Close(_) | Entry::Packet(..) => None,
            });
            self.events.extend(entries);
        }
    }

    /// The answers to these are not known of any more.
    pub(super) fn forget_acks(&mut self, namespace: NamespaceId, mut acks: Vec<AckId>) {
        if acks.is_empty() {
            return;
        }
        acks.sort_unstable();
        for entry in &mut self.entries {
            if let Entry::Emit(_, id, emitted) | Entry::Volatile(_, id, emitted) = entry {
                let is_known = |ack: &AckId| *id != namespace || acks.binary_search(ack).is_err();
                emitted.ack = emitted.ack.filter(is_known);
            }
        }
    }

    /// Closes the channel behind the packets that wait.
    pub(super) fn close(&mut self, channel: ChannelId) {
        self.push(Entry::Close(channel));
    }

    /// Drops what a channel that is gone was to carry; gives back, in order, the events of which
    /// nothing was polled out. A packet that was polled out in part is lost: the server has its
    /// beginning.
    pub(super) fn take_unsent(&mut self, gone: ChannelId) -> Vec<(NamespaceId, Emitted)> {
        self.pong = self.pong.filter(|channel| *channel != gone);
        self.barrier.on_read();
        let unsent = self.take_entries(|entry| entry.channel() == gone);
        let unsent_bytes = &mut self.unsent_bytes;
        self.attachments.retain(|(channel, bytes)| {
            let is_kept = *channel != gone;
            *unsent_bytes -= if is_kept { 0 } else { bytes.len() };
            is_kept
        });
        unsent
    }

    /// Drops what waits for a namespace that the server has left; gives back, in order, the
    /// events.
    pub(super) fn take_namespace(&mut self, left: NamespaceId) -> Vec<(NamespaceId, Emitted)> {
        self.take_entries(|entry| entry.namespace() == Some(left))
    }

    /// The same where this side's DISCONNECT still waits, which is not needed then: of what waits
    /// before it, since a newer CONNECT may be behind. `None` if there is none.
    pub(super) fn take_disconnect(
        &mut self,
        packet: &Packet,
    ) -> Option<Vec<(NamespaceId, Emitted)>> {
        let is_it = |entry: &Entry| {
            entry.kind() == Some(Kind::Disconnect) && entry.packet() == Some(packet)
        };
        let at = self.entries.iter().position(is_it)?;
        let namespace = self.entries[at].namespace();
        let behind = self.entries.split_off(at + 1);
        let taken = self.take_entries(|entry| entry.namespace() == namespace);
        self.entries.extend(behind);
        Some(taken)
    }

    /// Drops a try that waits.
    pub(super) fn take_try(&mut self, of: NamespaceId, ack: AckId) {
        self.take_entries(|entry| {
            matches!(entry, Entry::Emit(_, id, emitted)
                if *id == of && emitted.is_try && emitted.ack == Some(ack))
        });
    }

    /// A try that was polled out.
    pub(super) fn poll_tried(&mut self) -> Option<(NamespaceId, AckId)> {
        self.tried.pop()
    }

    /// Whether the CONNECT of a namespace waits.
    pub(super) fn has_connect(&self, of: NamespaceId) -> bool {
        let is_it =
            |entry: &Entry| matches!(entry, Entry::Packet(_, id, Kind::Connect, _) if *id == of);
        self.entries.iter().any(is_it)
    }

    /// Whether a DISCONNECT waits.
    pub(super) fn has_disconnect(&self) -> bool {
        self.entries.iter().any(|entry| entry.kind() == Some(Kind::Disconnect))
    }

    /// Lets another channel carry what waits.
    pub(super) fn change_channel(&mut self, from: ChannelId, to: ChannelId) {
        let entries = self.entries.iter_mut().map(Entry::channel_mut);
        let attachments = self.attachments.iter_mut().map(|(channel, _)| channel);
        for channel in entries.chain(attachments).chain(&mut self.pong) {
            if *channel == from {
                *channel = to;
            }
        }
    }

    pub(super) fn poll_control(&mut self) -> Option<Transmit> {
        self.control.pop_front()
    }

    /// The next packet, or part of one, for a WebSocket.
    pub(super) fn poll_frame(&mut self, now: Instant) -> Option<Transmit> {
        let (channel, frame) = if let Some((channel, bytes)) = self.attachments.pop_front() {
            (channel, Frame::Binary(bytes))
        } else if let Some(channel) = self.pong.take() {
            return Some(Transmit::Frame { channel, frame: Frame::Text(PONG.into()) });
        } else {
            let front = self.entries.front()?;
            if front.kind().is_some_and(|kind| self.barrier.holds(kind)) {
                let channel = front.channel();
                let number = self.barrier.ask(now)?;
                return Some(Transmit::Ping { channel, number });
            }
            if let Entry::Close(channel) = *front {
                self.entries.pop_front();
                return Some(Transmit::Close { channel });
            }
            match self.begin()? {
                // It is binary as a whole, and next.
                (_, text) if text.is_empty() => return self.poll_frame(now),
                (channel, text) => (channel, Frame::Text(text)),
            }
        };
        self.unsent_bytes -= frame.size();
        Some(Transmit::Frame { channel, frame })
    }

    /// As many packets as one POST may have.
    pub(super) fn poll_payload(&mut self, limit: Option<usize>) -> Option<String> {
        let mut payload = PayloadWriter::new(limit);
        if self.pong.take().is_some() {
            payload.push_text(PONG);
        }
        loop {
            if let Some((_, bytes)) = self.attachments.front() {
                if !payload.push_binary(bytes) {
                    break;
                }
                self.unsent_bytes -= bytes.len();
                self.attachments.pop_front();
                // An event whose beginning was in another POST is read with its end.
                self.barrier.on_sent(Kind::Event);
                continue;
            }
            let Some(entry) = self.entries.front() else { break };
            // The answer to this POST says that the server has read what is in it.
            if entry.kind().is_some_and(|kind| self.barrier.holds(kind)) {
                break;
            }
            let binary = entry.binary();
            let has_room = match binary {
                Some(bytes) => payload.push_binary(bytes),
                None => payload.push_text(entry.text()),
            };
            if !has_room {
                break;
            }
            let binary_bytes = binary.map(Bytes::len);
            let Some((_, text)) = self.begin() else { break };
            self.unsent_bytes -= text.len();
            if let Some(bytes) = binary_bytes {
                self.attachments.pop_front();
                self.unsent_bytes -= bytes;
            }
        }
        payload.finish()
    }

    pub(super) fn barrier(&mut self) -> &mut Barrier {
        &mut self.barrier
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.barrier.next_deadline()
    }

    pub(super) fn poll_event(&mut self) -> Option<Event> {
        let event = self.events.pop_front();
        if event.is_none() {
            give_back_room(&mut self.events);
        }
        event
    }

    pub(super) fn unsent_bytes(&self) -> usize {
        self.unsent_bytes
    }

    /// Whether the next transmit is a frame, where a WebSocket carries them.
    pub(super) fn is_frame_next(&self) -> bool {
        let is_frame = |entry: &Entry| !matches!(entry, Entry::Close(_));
        let has_begun = !self.attachments.is_empty() || self.pong.is_some();
        let is_first = has_begun || self.entries.front().is_some_and(is_frame);
        self.control.is_empty() && is_first
    }

    /// Whether no packet waits, nor a close behind it.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.attachments.is_empty()
    }

    /// How many packets wait of which nothing was polled out.
    pub(super) fn waiting(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn added(&self) -> u64 {
        self.added
    }

    /// How many of what was added, from the first on, were polled out.
    pub(super) fn polled(&self) -> u64 {
        let waiting = self.entries.len() + usize::from(!self.attachments.is_empty());
        self.added - waiting as u64
    }

    /// For how many packets and events there is room.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.entries.capacity() + self.events.capacity()
    }

    fn take_entries(&mut self, is_taken: impl Fn(&Entry) -> bool) -> Vec<(NamespaceId, Emitted)> {
        let mut taken = Vec::new();
        for entry in std::mem::take(&mut self.entries) {
            if !is_taken(&entry) {
                self.entries.push_back(entry);
                continue;
            }
            self.unsent_bytes -= entry.size();
            if let Entry::Emit(_, namespace, emitted) = entry {
                taken.push((namespace, emitted));
            }
        }
        taken
    }

    #[inline]
    fn push(&mut self, entry: Entry) {
        self.added += 1;
        push_one(&mut self.entries, entry);
    }

    /// Takes the next packet: its text, while its attachments are next. A close has none.
    fn begin(&mut self) -> Option<(ChannelId, Utf8Bytes)> {
        // Taken out in place: an entry is large, and the packet is all that is needed of it.
        let (channel, kind, packet) = match self.entries.front_mut()? {
            Entry::Close(_) => {
                self.entries.pop_front();
                return None;
            }
            Entry::Packet(channel, _, kind, packet) => (*channel, *kind, packet),
            Entry::Emit(channel, id, emitted) | Entry::Volatile(channel, id, emitted) => {
                if self.watched.contains(id) {
                    self.events.push_back(sent(*id, emitted));
                }
                if emitted.is_try {
                    self.tried.extend(emitted.ack.map(|ack| (*id, ack)));
                }
                (*channel, Kind::Event, &mut emitted.packet)
            }
        };
        self.barrier.on_sent(kind);
        trace::sent(packet);
        let text = std::mem::take(&mut packet.text);
        if !packet.attachments.is_empty() {
            self.attachments.extend(packet.attachments.drain(..).map(|bytes| (channel, bytes)));
        }
        self.entries.pop_front();
        give_back_room(&mut self.entries);
        Some((channel, text))
    }
}

impl Entry {
    fn channel(&self) -> ChannelId {
        match self {
            Self::Close(channel)
            | Self::Packet(channel, ..)
            | Self::Emit(channel, ..)
            | Self::Volatile(channel, ..) => *channel,
        }
    }

    fn channel_mut(&mut self) -> &mut ChannelId {
        match self {
            Self::Close(channel)
            | Self::Packet(channel, ..)
            | Self::Emit(channel, ..)
            | Self::Volatile(channel, ..) => channel,
        }
    }

    fn namespace(&self) -> Option<NamespaceId> {
        match self {
            Self::Close(_) => None,
            Self::Packet(_, namespace, ..)
            | Self::Emit(_, namespace, _)
            | Self::Volatile(_, namespace, _) => Some(*namespace),
        }
    }

    fn kind(&self) -> Option<Kind> {
        match self {
            Self::Close(_) => None,
            Self::Packet(_, _, kind, _) => Some(*kind),
            Self::Emit(..) | Self::Volatile(..) => Some(Kind::Event),
        }
    }

    fn packet(&self) -> Option<&Packet> {
        match self {
            Self::Close(_) => None,
            Self::Packet(_, _, _, packet) => Some(packet),
            Self::Emit(_, _, emitted) | Self::Volatile(_, _, emitted) => Some(&emitted.packet),
        }
    }

    fn text(&self) -> &str {
        self.packet().map_or(CLOSE, |packet| &packet.text)
    }

    /// The one message of a packet that is binary as a whole.
    fn binary(&self) -> Option<&Bytes> {
        self.packet().filter(|packet| packet.text.is_empty())?.attachments.first()
    }

    fn size(&self) -> usize {
        self.packet().map_or(0, Packet::size)
    }
}

/// Most connections never have more than one thing waiting at a time, but a list makes room for four
/// at once.
#[inline]
fn push_one<T>(list: &mut VecDeque<T>, item: T) {
    if list.capacity() == 0 {
        list.reserve_exact(1);
    }
    list.push_back(item);
}

/// For how many packets and events room is kept once they are gone: some tens of KiB. A body of
/// long-polling takes as many at once when much is emitted.
pub(super) const KEPT_ENTRIES: usize = 256;

/// After a burst.
#[inline]
fn give_back_room<T>(list: &mut VecDeque<T>) {
    if list.is_empty() && list.capacity() > KEPT_ENTRIES {
        *list = VecDeque::new();
    }
}

fn sent(namespace: NamespaceId, emitted: &Emitted) -> Event {
    let Emitted { packet, event, ack, .. } = emitted;
    let (packet, event, expects_answer) = (packet.clone(), event.clone(), ack.is_some());
    Event { namespace, kind: EventKind::Sent { event, packet, expects_answer } }
}
