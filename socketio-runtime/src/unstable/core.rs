//! The state machine of a client, driven step by step, with a [`Watch`] beside it that knows the
//! contract and panics where it is broken.
//!
//! Must not know: the state machine's inside, but for what must be empty at the end; what steps are
//! tried.
//!
//! The server may say anything; the transports are honest, as the driver's are: a frame comes only
//! over a WebSocket that is open, and a request ends only if it was begun.

use std::time::{Duration, Instant};

use super::{
    watch::{Carrier, Watch},
    writer,
};
use crate::{
    codec::{Packet, Parser, Transport},
    error::{AuthError, TransportError},
    payload::Bytes,
    proto::{
        AckId, AckToken, Arity, AuthRequest, ChannelId, Config, EmitOptions, EmitPolicy, Event,
        EventKind, Frame, Input, Manager, NamespaceId, OfflinePolicy,
    },
};

/// How the client is configured; what is not here has its default.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as the client's own options")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct CoreOptions {
    pub seed: u64,
    pub parser: Parser,
    pub transports: Vec<Transport>,
    pub try_all_transports: bool,
    pub upgrade: bool,
    pub remember_upgrade: bool,
    pub force_base64: bool,
    pub reconnection: bool,
    pub reconnection_attempts: Option<u32>,
    pub connect_timeout: Duration,
    pub request_timeout: Option<Duration>,
    /// Bytes that may be held back for each socket.
    pub held_limit: usize,
    /// Whether a [transcript](Core::transcript) is kept.
    pub is_recorded: bool,
}

/// Who an input comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// What carries the session.
    Main,
    /// The WebSocket that is to take over.
    Upgrade,
    /// A channel that was given up, this many before the last one.
    Former(usize),
}

/// What becomes of a channel, or of a request on it.
#[derive(Debug, Clone)]
pub enum Word<'w> {
    /// The WebSocket is open.
    Opened,
    /// A text message.
    Text(&'w str),
    /// A binary message.
    Binary(&'w [u8]),
    /// The WebSocket broke.
    Failed,
    /// The WebSocket was closed.
    Closed,
    /// Whether the WebSocket takes frames at once.
    Writable(bool),
    /// The WebSocket's ping of this number was answered.
    Ponged(u64),
    /// The GET has brought packets, and will bring more.
    Part(&'w str),
    /// The GET has ended; `None` if it failed.
    Polled(Option<&'w str>),
    /// The POST has ended, and how.
    Posted(bool),
}

/// An event to emit.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as the emit's own options")]
pub struct Emit {
    /// Bytes of text.
    pub text: usize,
    /// Bytes of each attachment.
    pub attachments: Vec<usize>,
    /// Whether an answer is waited for, and for how long.
    pub ack: Option<Option<Duration>>,
    pub is_volatile: bool,
    pub offline: OfflinePolicy,
    pub time_to_live: Duration,
    pub retries: u16,
}

/// A client without transports, on a clock that jumps.
#[derive(Debug)]
pub struct Core {
    manager: Manager,
    options: CoreOptions,
    now: Instant,
    watch: Watch,
    sockets: Vec<(NamespaceId, String)>,
    acks: u64,
    /// Emits with ack, settled or not.
    asked: Vec<(NamespaceId, AckId)>,
    tokens: Vec<(NamespaceId, AckToken)>,
    questions: Vec<(NamespaceId, AuthRequest)>,
    /// What an authentication provider says; `None` if it takes its time.
    auth: Option<Result<Option<String>, String>>,
    /// Whether nothing is polled out for now.
    is_held: bool,
}

impl Core {
    /// `start` is the time at which it begins.
    #[must_use]
    pub fn new(options: CoreOptions, start: Instant) -> Self {
        let config = Config {
            parser: options.parser,
            transports: options.transports.clone(),
            try_all_transports: options.try_all_transports,
            upgrade: options.upgrade,
            remember_upgrade: options.remember_upgrade,
            force_base64: options.force_base64,
            reconnection: options.reconnection,
            reconnection_attempts: options.reconnection_attempts,
            connect_timeout: options.connect_timeout,
            request_timeout: options.request_timeout,
            ..Config::default()
        };
        Self {
            manager: Manager::new(config, options.seed),
            watch: Watch::new(options.parser, options.is_recorded),
            options,
            now: start,
            sockets: Vec::new(),
            acks: 0,
            asked: Vec::new(),
            tokens: Vec::new(),
            questions: Vec::new(),
            auth: Some(Ok(None)),
            is_held: false,
        }
    }

    // --- what the user does ---

    /// A new socket; its number, by which it is named from now on.
    pub fn add(&mut self, path: &str) -> usize {
        let id = NamespaceId(self.sockets.len() as u64 + 1);
        self.manager.add_namespace(id, path);
        self.manager.limit_held(id, self.options.held_limit);
        self.watch.add(id);
        self.sockets.push((id, path.to_owned()));
        self.settle();
        self.sockets.len() - 1
    }

    /// Connects a socket.
    pub fn connect(&mut self, socket: usize) {
        self.manager.connect(self.now, self.id(socket));
        self.settle();
    }

    /// Disconnects a socket.
    pub fn disconnect(&mut self, socket: usize) {
        self.manager.disconnect(self.now, self.id(socket));
        self.settle();
    }

    /// Drops the last handle of a socket.
    pub fn remove(&mut self, socket: usize) {
        self.manager.remove_namespace(self.now, self.id(socket));
        self.settle();
    }

    /// Emits an event.
    pub fn emit(&mut self, socket: usize, emit: &Emit) {
        let (id, path) = self.sockets[socket].clone();
        self.acks += u64::from(emit.ack.is_some());
        let ack = emit.ack.map(|timeout| (AckId(self.acks), timeout));
        let binaries = emit.attachments.iter().map(|size| Bytes::from(vec![0x1e; *size]));
        let values = ("e".repeat(emit.text), binaries.collect::<Vec<_>>());
        let wire_id = ack.map(|(ack, _)| ack.0);
        let written = writer::event(self.options.parser, &path, wire_id, "event", &values);
        let Ok(messages) = written else { return };
        let packet = Packet { text: messages.text, attachments: messages.attachments };
        if let Some((ack, _)) = ack {
            self.asked.push((id, ack));
            self.watch.expect(id, ack);
        }
        self.watch.on_emit(packet.size());
        let policy = EmitPolicy {
            is_volatile: emit.is_volatile,
            offline: emit.offline,
            retries: emit.retries,
            time_to_live: emit.time_to_live.into(),
        };
        let options = EmitOptions { event: "event".into(), ack, policy };
        self.manager.emit(self.now, id, packet, options);
        self.settle();
    }

    /// Answers the last event that asked for it.
    pub fn answer(&mut self) {
        let Some((id, token)) = self.tokens.pop() else { return };
        let path = self.sockets.iter().find(|(other, _)| *other == id).map(|(_, path)| path);
        let path = path.expect("an event came for one of the sockets");
        let written = writer::answer(self.options.parser, path, token.id(), &("answer",));
        let messages = written.expect("text can be written");
        let packet = Packet { text: messages.text, attachments: messages.attachments };
        self.manager.answer(id, &token, packet);
        self.settle();
    }

    /// What the authentication provider says from now on; `None`: nothing, until
    /// [`authenticate`](Self::authenticate) is called.
    pub fn set_auth(&mut self, auth: Option<Result<Option<String>, String>>) {
        self.auth = auth;
    }

    /// Answers the last question of the authentication provider.
    pub fn authenticate(&mut self, payload: Result<Option<String>, String>) {
        let Some((id, request)) = self.questions.pop() else { return };
        self.manager.authenticate(self.now, id, request, payload.map_err(AuthError::new));
        self.settle();
    }

    /// Nobody waits for an answer any more.
    pub fn forget(&mut self, ack: usize) {
        let Some((id, ack)) = self.take_asked(ack) else { return };
        self.manager.forget_ack(id, ack);
        self.settle();
    }

    /// Takes an event back.
    pub fn cancel(&mut self, ack: usize) {
        let Some((id, ack)) = self.take_asked(ack) else { return };
        self.manager.cancel(self.now, id, ack);
        self.settle();
    }

    /// Another timeout for an answer.
    pub fn set_ack_timeout(&mut self, ack: usize, timeout: Option<Duration>) {
        if let Some((id, ack)) = ack.checked_rem(self.asked.len()).map(|at| self.asked[at]) {
            self.manager.set_ack_timeout(id, ack, timeout);
            self.settle();
        }
    }

    /// Throws away what is held back.
    pub fn clear(&mut self, socket: usize) {
        let id = self.id(socket);
        let buffered = self.manager.buffered(self.now, id).len();
        assert_eq!(self.manager.clear_buffered(id), buffered, "as many as there were");
        assert!(self.manager.buffered(self.now, id).is_empty(), "nothing is left to clear");
        self.settle();
    }

    /// Whether it is told what is sent.
    pub fn watch_sent(&mut self, socket: usize, is_watched: bool) {
        self.manager.watch_sent(self.id(socket), is_watched);
        self.settle();
    }

    /// Whether nothing is polled out from now on.
    pub fn hold(&mut self, is_held: bool) {
        self.is_held = is_held;
        self.settle();
    }

    // --- what the server and the network do ---

    /// An input, if the transports could give it.
    pub fn hear(&mut self, from: Origin, word: &Word<'_>) {
        let channel = match from {
            Origin::Main => self.watch.main().map(|main| main.channel),
            Origin::Upgrade => self.watch.upgrade().map(|upgrade| upgrade.channel),
            Origin::Former(back) => return self.hear_from_former(back, word),
        };
        let Some(channel) = channel.filter(|channel| self.watch.allows(*channel, word)) else {
            return;
        };
        self.watch.on_word(channel, word);
        self.manager.handle_input(self.now, input(channel, word));
        self.settle();
    }

    /// What comes late means nothing.
    fn hear_from_former(&mut self, back: usize, word: &Word<'_>) {
        let Some(channel) = self.watch.former(back) else { return };
        self.settle();
        let before = self.manager.poll_timeout();
        self.manager.handle_input(self.now, input(channel, word));
        assert_eq!(self.manager.poll_timeout(), before, "late input changed a timer");
        if !self.is_held {
            assert!(!self.drain(), "late input had a consequence");
        }
    }

    /// What carries the session that is open or opening, as far as that was polled out.
    #[must_use]
    pub fn transport(&self) -> Option<Transport> {
        Some(match self.watch.main()?.carrier {
            Carrier::WebSocket { .. } => Transport::WebSocket,
            Carrier::Polling { .. } => Transport::Polling,
        })
    }

    // --- time ---

    /// Time passes and nothing is done, as if the process slept.
    pub fn sleep(&mut self, time: Duration) {
        self.now += time;
    }

    /// Time passes, and everything is done when it is due.
    pub fn run_for(&mut self, time: Duration) {
        let until = self.now + time;
        for _ in 0..ROUNDS {
            self.settle();
            self.expire();
            match self.manager.poll_timeout() {
                Some(next) if next <= until && !self.is_held => self.now = self.now.max(next),
                _ => {
                    self.now = until;
                    return self.expire();
                }
            }
        }
        panic!("{ROUNDS} timers within {time:?}");
    }

    /// Does what is due, and is asked for it once more than needed.
    pub fn expire(&mut self) {
        for _ in 0..ROUNDS {
            self.manager.handle_timeout(self.now);
            self.settle();
            let next = self.manager.poll_timeout();
            assert!(
                self.is_held || next.is_none_or(|next| next >= self.now),
                "a timer in the past"
            );
            if next.is_none_or(|next| next > self.now) || self.is_held {
                return;
            }
        }
        panic!("a timer that is always due");
    }

    // --- the end ---

    /// All handles are dropped and the times for closing pass; nothing may be left then.
    pub fn finish(mut self) -> u64 {
        self.hold(false);
        for socket in 0..self.sockets.len() {
            self.remove(socket);
        }
        self.watch.assert_settled();
        for _ in 0..ROUNDS {
            let Some(next) = self.manager.poll_timeout() else { break };
            self.now = self.now.max(next);
            self.expire();
        }
        assert_eq!(self.manager.poll_timeout(), None, "timers are left");
        assert_eq!(self.manager.unsent_bytes(), 0, "bytes are left to send");
        assert_eq!(self.manager.held_bytes(), 0, "bytes are held back");
        assert!(!self.manager.is_holding(), "events are held back");
        assert_eq!(self.manager.transmits_polled(), self.manager.transmits_added());
        assert!(!self.manager.has_namespaces(), "namespaces are left");
        self.watch.assert_closed();
        self.watch.transcript()
    }

    /// A digest of all that came out so far, where it is recorded.
    #[must_use]
    pub fn transcript(&self) -> u64 {
        self.watch.transcript()
    }

    fn settle(&mut self) {
        if self.is_held {
            return;
        }
        while self.drain() {}
        self.watch.assert_in_order();
        let held: usize = self.sockets.iter().map(|(id, _)| self.buffered_bytes(*id)).sum();
        self.watch.assert_bounded(&self.manager, held, self.options.held_limit);
    }

    fn buffered_bytes(&self, id: NamespaceId) -> usize {
        self.manager.buffered(self.now, id).iter().map(|buffered| buffered.size).sum()
    }

    /// Polls out everything, as the driver does; whether there was anything.
    fn drain(&mut self) -> bool {
        let mut is_busy = false;
        while !self.manager.is_frame_next() || self.watch.is_writable() {
            let Some(transmit) = self.manager.poll_transmit(self.now) else { break };
            self.watch.on_transmit(&transmit, self.manager.max_payload());
            is_busy = true;
        }
        while let Some(event) = self.manager.poll_event() {
            self.on_event(event);
            is_busy = true;
        }
        is_busy
    }

    fn on_event(&mut self, event: Event) {
        self.watch.on_event(&event);
        let Event { namespace: id, kind } = event;
        match kind {
            EventKind::AuthNeeded { request } => match &self.auth {
                Some(payload) => {
                    let payload = payload.clone().map_err(AuthError::new);
                    self.manager.authenticate(self.now, id, request, payload);
                }
                None => self.questions.push((id, request)),
            },
            EventKind::Received { mut packet, token } => {
                let arity = |_: &_| Some(Arity::UNKNOWN);
                self.manager.take_offset(id, &mut packet, token.as_ref(), arity);
                self.tokens.extend(token.map(|token| (id, token)));
            }
            _ => {}
        }
    }

    fn take_asked(&mut self, ack: usize) -> Option<(NamespaceId, AckId)> {
        let at = ack.checked_rem(self.asked.len())?;
        let (id, ack) = self.asked.swap_remove(at);
        self.watch.forget(id, ack, self.is_held);
        Some((id, ack))
    }

    fn id(&self, socket: usize) -> NamespaceId {
        self.sockets[socket].0
    }
}

fn input(channel: ChannelId, word: &Word<'_>) -> Input {
    let error = TransportError::Closed { code: None };
    match *word {
        Word::Opened => Input::Opened { channel },
        Word::Text(text) => Input::Frame { channel, frame: Frame::Text(text.into()) },
        Word::Binary(bytes) => {
            Input::Frame { channel, frame: Frame::Binary(bytes.to_vec().into()) }
        }
        Word::Failed => Input::Failed { channel, error },
        Word::Closed => Input::Closed { channel, code: None },
        Word::Writable(writable) => Input::Writable { channel, writable },
        Word::Ponged(number) => Input::Ponged { channel, number },
        Word::Part(packets) => Input::Part { channel, packets: packets.into() },
        Word::Polled(body) => Input::Polled { channel, result: body.map(Into::into).ok_or(error) },
        Word::Posted(is_ok) => {
            Input::Posted { channel, result: if is_ok { Ok(()) } else { Err(error) } }
        }
    }
}

impl Watch {
    /// Whether the transports could say this of a channel.
    fn allows(&self, channel: ChannelId, word: &Word<'_>) -> bool {
        match (self.carrier(channel), word) {
            (Some(Carrier::WebSocket { is_open, .. }), Word::Opened) => !is_open,
            (Some(Carrier::WebSocket { .. }), Word::Failed) => true,
            (
                Some(Carrier::WebSocket { is_open, .. }),
                Word::Text(_)
                | Word::Binary(_)
                | Word::Closed
                | Word::Writable(_)
                | Word::Ponged(_),
            ) => *is_open,
            (Some(Carrier::Polling { get, .. }), Word::Part(_) | Word::Polled(_)) => *get,
            (Some(Carrier::Polling { post, .. }), Word::Posted(_)) => *post,
            _ => false,
        }
    }
}

/// More timers than these within one step go round in circles.
const ROUNDS: usize = 10_000;
