//! The state machine's contract (see `proto`), watched from outside.
//!
//! Must not know: how the state machine keeps it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write},
};

use super::core::Word;
use crate::{
    codec::{Incoming, Packet, Parser, SocketType, decode_payload},
    error::DecodeError,
    proto::{AckId, ChannelId, Event, EventKind, Frame, Manager, NamespaceId, Transmit},
};

#[derive(Debug)]
pub(super) struct Watch {
    parser: Parser,
    main: Option<Channel>,
    upgrade: Option<Channel>,
    /// Those that were given up, in order.
    former: Vec<ChannelId>,
    newest: Option<ChannelId>,
    /// Namespaces of this session, by what was said of them.
    wire: BTreeMap<String, Place>,
    /// Attachments that the last packet announced.
    attachments_due: usize,
    sockets: BTreeMap<NamespaceId, Socket>,
    /// Answers that are waited for.
    pending: BTreeSet<(NamespaceId, AckId)>,
    /// Those in which interest was lost while they may have been settled already.
    dropped: BTreeSet<(NamespaceId, AckId)>,
    largest_packet: usize,
    most_unsent: usize,
    digest: Option<Digest>,
}

#[derive(Debug)]
pub(super) struct Channel {
    pub(super) channel: ChannelId,
    pub(super) carrier: Carrier,
}

#[derive(Debug)]
pub(super) enum Carrier {
    WebSocket { is_open: bool, is_writable: bool, is_closing: bool },
    Polling { get: bool, post: bool },
}

/// What has been said of a namespace on this session.
#[derive(Debug, Default)]
struct Place {
    /// CONNECT was sent, and no word on it has come.
    is_asked: bool,
    /// CONNECT was sent, the server has accepted it, and nobody has left.
    is_joined: bool,
    /// The server has accepted something since CONNECT was sent.
    is_accepted: bool,
}

#[derive(Debug, Default)]
struct Socket {
    is_connected: bool,
    /// An event came and the word that the socket is connected has not followed yet.
    is_early: bool,
}

impl Watch {
    pub(super) fn new(parser: Parser, is_recorded: bool) -> Self {
        Self {
            parser,
            main: None,
            upgrade: None,
            former: Vec::new(),
            newest: None,
            wire: BTreeMap::new(),
            attachments_due: 0,
            sockets: BTreeMap::new(),
            pending: BTreeSet::new(),
            dropped: BTreeSet::new(),
            largest_packet: 0,
            most_unsent: 0,
            digest: is_recorded.then_some(Digest(FNV_OFFSET)),
        }
    }

    pub(super) fn add(&mut self, id: NamespaceId) {
        self.sockets.insert(id, Socket::default());
    }

    pub(super) fn expect(&mut self, id: NamespaceId, ack: AckId) {
        self.pending.insert((id, ack));
    }

    pub(super) fn on_emit(&mut self, size: usize) {
        self.largest_packet = self.largest_packet.max(size);
    }

    /// `is_held`: it may have been settled, and that not polled out.
    pub(super) fn forget(&mut self, id: NamespaceId, ack: AckId, is_held: bool) {
        if self.pending.remove(&(id, ack)) && is_held {
            self.dropped.insert((id, ack));
        }
    }

    pub(super) fn main(&self) -> Option<&Channel> {
        self.main.as_ref()
    }

    pub(super) fn upgrade(&self) -> Option<&Channel> {
        self.upgrade.as_ref()
    }

    pub(super) fn former(&self, back: usize) -> Option<ChannelId> {
        let at = self.former.len().checked_sub(1 + back.checked_rem(self.former.len())?)?;
        Some(self.former[at])
    }

    pub(super) fn carrier(&self, channel: ChannelId) -> Option<&Carrier> {
        let known = self.main.iter().chain(&self.upgrade);
        known.into_iter().find(|known| known.channel == channel).map(|known| &known.carrier)
    }

    /// Whether frames can be polled out.
    pub(super) fn is_writable(&self) -> bool {
        !matches!(
            self.main,
            Some(Channel { carrier: Carrier::WebSocket { is_writable: false, .. }, .. })
        )
    }

    // --- what goes in ---

    pub(super) fn on_word(&mut self, channel: ChannelId, word: &Word<'_>) {
        let is_main = self.main.as_ref().is_some_and(|main| main.channel == channel);
        match word {
            Word::Failed | Word::Closed => return self.lose(channel),
            Word::Text(text) if is_main => self.on_incoming(&Frame::Text((*text).into())),
            Word::Binary(bytes) if is_main => {
                self.on_incoming(&Frame::Binary(bytes.to_vec().into()));
            }
            Word::Part(body) | Word::Polled(Some(body)) => {
                for frame in decode_payload(&(*body).into()).flatten() {
                    self.on_incoming(&frame);
                }
            }
            _ => {}
        }
        let known = self.main.iter_mut().chain(&mut self.upgrade);
        let known = known.into_iter().find(|known| known.channel == channel);
        match (known.map(|known| &mut known.carrier), word) {
            (Some(Carrier::WebSocket { is_open, .. }), Word::Opened) => *is_open = true,
            (Some(Carrier::WebSocket { is_writable, .. }), Word::Writable(writable)) => {
                *is_writable = *writable;
            }
            (Some(Carrier::Polling { get, .. }), Word::Polled(_)) => *get = false,
            (Some(Carrier::Polling { post, .. }), Word::Posted(_)) => *post = false,
            _ => {}
        }
    }

    /// The server's words on namespaces.
    fn on_incoming(&mut self, frame: &Frame) {
        let frame = match frame {
            Frame::Text(text) => Frame::decode(text.clone()).unwrap_or_else(|_| frame.clone()),
            Frame::Binary(_) => frame.clone(),
        };
        let Some(packet) = self.read(&frame).and_then(Result::ok) else { return };
        let place = self.wire.entry(packet.namespace().to_owned()).or_default();
        match packet.kind() {
            SocketType::Connect => {
                place.is_joined |= std::mem::take(&mut place.is_asked);
                place.is_accepted = true;
            }
            SocketType::Disconnect | SocketType::ConnectError => {
                (place.is_asked, place.is_joined) = (false, false);
            }
            SocketType::Event | SocketType::Ack => {}
        }
    }

    // --- what comes out ---

    pub(super) fn on_transmit(&mut self, transmit: &Transmit, max_payload: Option<usize>) {
        self.record(transmit);
        match transmit {
            Transmit::Open { channel, session: None } => {
                self.begin(*channel, Carrier::websocket());
            }
            Transmit::Open { channel, session: Some(_) } => {
                self.assert_new(*channel);
                let main = self.main.as_ref().map(|main| &main.carrier);
                assert!(matches!(main, Some(Carrier::Polling { .. })), "an upgrade of nothing");
                assert!(self.upgrade.is_none(), "two upgrades at once");
                self.upgrade = Some(Channel { channel: *channel, carrier: Carrier::websocket() });
            }
            Transmit::Get { channel, session: None } => {
                self.begin(*channel, Carrier::Polling { get: true, post: false });
            }
            Transmit::Get { channel, session: Some(_) } => {
                let (get, _) = self.requests(*channel);
                assert!(!std::mem::replace(get, true), "two GETs at once");
            }
            Transmit::Post { channel, body, .. } => {
                let (_, post) = self.requests(*channel);
                assert!(!std::mem::replace(post, true), "two POSTs at once");
                self.on_post(body, max_payload);
            }
            Transmit::Frame { channel, frame } => self.on_frame(*channel, frame),
            Transmit::Ping { channel, .. } => self.assert_open(*channel),
            Transmit::Close { channel } => {
                self.assert_open(*channel);
                if let Some(Channel { carrier: Carrier::WebSocket { is_closing, .. }, .. }) =
                    self.main.as_mut().filter(|main| main.channel == *channel)
                {
                    *is_closing = true;
                }
            }
            Transmit::Abort { channel } => {
                let is_known = self.carrier(*channel).is_some() || self.former.contains(channel);
                assert!(is_known, "a channel that nobody knows is dropped");
                self.lose(*channel);
            }
        }
    }

    pub(super) fn on_event(&mut self, event: &Event) {
        self.record(event);
        let id = event.namespace;
        let socket = self.sockets.get_mut(&id).expect("an event of a socket that was never added");
        match &event.kind {
            EventKind::Received { .. } => socket.is_early |= !socket.is_connected,
            EventKind::Connected { .. } => {
                assert!(!socket.is_connected, "connected twice");
                *socket = Socket { is_connected: true, is_early: false };
            }
            EventKind::Disconnected { .. } | EventKind::ConnectError { .. } => {
                assert!(!socket.is_early, "an event came before its namespace was accepted");
                socket.is_connected = false;
            }
            EventKind::Acked { ack, .. } | EventKind::AckFailed { ack, .. } => {
                let is_expected =
                    self.pending.remove(&(id, *ack)) || self.dropped.remove(&(id, *ack));
                assert!(is_expected, "ack {} was settled before, or never asked for", ack.0);
            }
            _ => {}
        }
    }

    /// After everything was polled out.
    pub(super) fn assert_in_order(&self) {
        let is_early = self.sockets.values().any(|socket| socket.is_early);
        assert!(!is_early, "an event came before its namespace was accepted");
    }

    /// `buffered`: bytes of all that users can see waiting.
    pub(super) fn assert_bounded(&mut self, manager: &Manager, buffered: usize, limit: usize) {
        self.most_unsent = self.most_unsent.max(manager.unsent_bytes());
        let held = manager.held_bytes();
        // One that is retried is kept while it is on its way.
        let on_their_way = self.sockets.len() * self.largest_packet;
        assert!(held >= buffered, "{held} bytes are held, and {buffered} are shown");
        assert!(held <= buffered + on_their_way, "{held} bytes are held, {buffered} are shown");
        let each = limit.saturating_add(self.largest_packet);
        let allowed = self.sockets.len().saturating_mul(each).saturating_add(self.most_unsent);
        assert!(held <= allowed, "{held} bytes are held back, and {allowed} may be");
        assert!(manager.transmits_polled() <= manager.transmits_added());
    }

    pub(super) fn assert_settled(&self) {
        assert!(self.pending.is_empty(), "emits without an answer: {:?}", self.pending);
    }

    pub(super) fn assert_closed(&self) {
        assert!(self.main.is_none() && self.upgrade.is_none(), "connections are left");
    }

    pub(super) fn transcript(&self) -> u64 {
        self.digest.as_ref().map_or(0, |digest| digest.0)
    }

    /// A new session.
    fn begin(&mut self, channel: ChannelId, carrier: Carrier) {
        self.assert_new(channel);
        assert!(self.main.is_none() && self.upgrade.is_none(), "two connections at once");
        self.main = Some(Channel { channel, carrier });
        self.wire.clear();
        self.attachments_due = 0;
    }

    fn assert_new(&mut self, channel: ChannelId) {
        assert!(self.newest.is_none_or(|newest| newest < channel), "a channel is used again");
        self.newest = Some(channel);
    }

    /// A channel is gone.
    fn lose(&mut self, channel: ChannelId) {
        for known in [&mut self.main, &mut self.upgrade] {
            if known.take_if(|known| known.channel == channel).is_some() {
                self.former.push(channel);
            }
        }
    }

    /// The requests that are under way.
    fn requests(&mut self, channel: ChannelId) -> (&mut bool, &mut bool) {
        let main = self.main.as_mut().filter(|main| main.channel == channel);
        match main.map(|main| &mut main.carrier) {
            Some(Carrier::Polling { get, post }) => (get, post),
            _ => panic!("a request of another session"),
        }
    }

    /// A WebSocket that is gone may be told of what was queued before that was known.
    fn assert_open(&self, channel: ChannelId) {
        match self.carrier(channel) {
            Some(Carrier::WebSocket { is_open, is_closing, .. }) => {
                assert!(*is_open && !is_closing, "a frame for a WebSocket that is not open");
            }
            Some(Carrier::Polling { .. }) => panic!("a frame for long-polling"),
            None => assert!(self.former.contains(&channel), "a frame for nobody"),
        }
    }

    fn on_frame(&mut self, channel: ChannelId, frame: &Frame) {
        self.assert_open(channel);
        if self.upgrade.as_ref().is_some_and(|upgrade| upgrade.channel == channel) {
            return self.on_upgrade_frame(frame);
        }
        if self.main.as_ref().is_some_and(|main| main.channel == channel) {
            self.on_packet(frame);
        }
    }

    fn on_upgrade_frame(&mut self, frame: &Frame) {
        let Frame::Text(text) = frame else { panic!("binary data on a probe") };
        match &**text {
            "2probe" => {}
            "5" => {
                let former = self.main.take().expect("long-polling");
                let Carrier::Polling { get, post } = former.carrier else { panic!("a WebSocket") };
                assert!(!get && !post, "a WebSocket took over while requests were under way");
                self.former.push(former.channel);
                self.main = self.upgrade.take();
            }
            other => panic!("`{other}` on a probe"),
        }
    }

    fn on_post(&mut self, body: &str, max_payload: Option<usize>) {
        let frames: Vec<_> = decode_payload(&body.into()).collect();
        let is_allowed = max_payload.is_none_or(|limit| body.len() <= limit);
        assert!(is_allowed || frames.len() == 1, "a body over the server's limit");
        for frame in frames {
            match frame.expect("what is written can be read") {
                Frame::Text(text) if *text == *"1" => {}
                frame => self.on_packet(&frame),
            }
        }
    }

    /// A packet that goes to the server.
    fn on_packet(&mut self, frame: &Frame) {
        let frame = match frame {
            Frame::Text(text) => Frame::decode(text.clone()).expect("what is written can be read"),
            Frame::Binary(_) => frame.clone(),
        };
        if matches!(&frame, Frame::Text(text) if **text == *"3") {
            return;
        }
        let Some(packet) = self.read(&frame) else {
            self.attachments_due =
                self.attachments_due.checked_sub(1).expect("a packet announced it");
            return;
        };
        let packet = packet.expect("what is written can be read");
        assert_eq!(self.attachments_due, 0, "attachments stay away");
        self.attachments_due = match &packet {
            Incoming::Json { header, .. } => header.attachments,
            #[cfg(feature = "msgpack")]
            Incoming::Msgpack(_) => 0,
        };
        let place = self.wire.entry(packet.namespace().to_owned()).or_default();
        match packet.kind() {
            SocketType::Connect => {
                let is_free = !place.is_asked && !place.is_joined;
                assert!(is_free, "a second CONNECT, which closes the connection");
                *place = Place { is_asked: true, ..Place::default() };
            }
            SocketType::Disconnect => {
                assert!(place.is_accepted, "DISCONNECT before the server's word");
                *place = Place::default();
            }
            SocketType::Event | SocketType::Ack => {
                assert!(place.is_accepted, "an event before the server's word");
            }
            SocketType::ConnectError => panic!("a client refuses nobody"),
        }
    }

    /// A packet; `None` for what is no packet of its own.
    fn read(&self, frame: &Frame) -> Option<Result<Incoming, DecodeError>> {
        match (self.parser, frame) {
            (Parser::Json, Frame::Text(text)) if text.starts_with('4') => {
                Some(Incoming::sent(Packet::text(text.clone())))
            }
            #[cfg(feature = "msgpack")]
            (Parser::Msgpack, Frame::Binary(bytes)) => Some(Incoming::msgpack(bytes.clone())),
            _ => None,
        }
    }

    fn record(&mut self, what: &impl fmt::Debug) {
        if let Some(digest) = &mut self.digest {
            write!(digest, "{what:?}").expect("a digest takes everything");
        }
    }
}

impl Carrier {
    fn websocket() -> Self {
        Self::WebSocket { is_open: false, is_writable: true, is_closing: false }
    }
}

/// FNV-1a, of 64 bits.
#[derive(Debug)]
struct Digest(u64);

impl Write for Digest {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        }
        Ok(())
    }
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;
