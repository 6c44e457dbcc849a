//! A virtual world for the state machine: a clock that jumps, and an honest server without I/O
//! that can be told to misbehave.
//!
//! Must not know: the state machine's inside; only its contract.
//!
//! The server is strict: what makes a real one close the whole connection (an event or a second
//! CONNECT before its word, a frame on a channel that is gone) fails the test. So does an answer
//! that is settled twice. A failing test prints everything that happened.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt::Write,
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::super::{
    AckFailure, AckId, AckToken, Arity, AuthRequest, Cancellation, ChannelId, Config, EmitOptions,
    EmitPolicy, Event, EventKind, Frame, Input, Manager, NamespaceId, Transmit,
};
use super::long_polling_server::LongPolling;
use crate::{
    codec::{Packet, prefix},
    error::{AuthError, TransportError},
};

pub(super) const SEED: u64 = 7;

pub(super) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The state machine, its server, and what has happened between them.
pub(super) struct Sim {
    pub(super) manager: Manager,
    pub(super) server: Server,
    pub(super) auth: Auth,
    /// Questions that were not answered, with [`Auth::Silent`].
    pub(super) questions: Vec<(NamespaceId, AuthRequest)>,
    /// Rights to answer that came with events.
    pub(super) tokens: Vec<AckToken>,
    /// What is known of the arguments of events.
    pub(super) arity: Option<Arity>,
    /// Whether nothing is carried to and fro for now.
    pub(super) is_lazy: bool,
    start: Instant,
    now: Instant,
    paths: BTreeMap<NamespaceId, String>,
    last_id: u64,
    last_ack: u64,
    /// Answers that are waited for.
    pending: BTreeSet<(NamespaceId, AckId)>,
    /// Those that were, until this side lost interest; one that was settled before may be told late.
    dropped: BTreeSet<(NamespaceId, AckId)>,
    /// How often each packet that asks for an answer may still be sent.
    sends_left: BTreeMap<String, u32>,
    events: Vec<String>,
    wire: Vec<String>,
    trace: Vec<String>,
}

/// How authentication goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Auth {
    Nothing,
    /// `{"n":1}`, then `{"n":2}`, and so on.
    Counting(u32),
    Fails,
    Silent,
}

impl Sim {
    pub(super) fn new(config: Config) -> Self {
        Self::with_seed(config, SEED)
    }

    pub(super) fn with_seed(config: Config, seed: u64) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the epoch of a clock that jumps from here")]
        let start = Instant::now();
        Self {
            manager: Manager::new(config, seed),
            server: Server::default(),
            auth: Auth::Nothing,
            questions: Vec::new(),
            tokens: Vec::new(),
            arity: Some(Arity::UNKNOWN),
            is_lazy: false,
            start,
            now: start,
            paths: BTreeMap::new(),
            last_id: 0,
            last_ack: 0,
            pending: BTreeSet::new(),
            dropped: BTreeSet::new(),
            sends_left: BTreeMap::new(),
            events: Vec::new(),
            wire: Vec::new(),
            trace: Vec::new(),
        }
    }

    /// A world in which these namespaces are connected; their story begins here.
    pub(super) fn connected<const N: usize>(
        config: Config,
        paths: [&str; N],
    ) -> (Self, [NamespaceId; N]) {
        let mut sim = Self::new(config);
        let ids = paths.map(|path| sim.add(path));
        for id in ids {
            sim.connect(id);
        }
        for path in paths {
            assert!(sim.server.has_joined(path), "{path} is connected");
        }
        sim.forget();
        (sim, ids)
    }

    // --- what the user does ---

    pub(super) fn add(&mut self, path: &str) -> NamespaceId {
        self.last_id += 1;
        let id = NamespaceId(self.last_id);
        self.paths.insert(id, path.to_owned());
        self.manager.add_namespace(id, path);
        id
    }

    pub(super) fn connect(&mut self, id: NamespaceId) {
        self.note(&format!("connect {}", self.paths[&id]));
        self.manager.connect(self.now, id);
        self.settle();
    }

    pub(super) fn disconnect(&mut self, id: NamespaceId) {
        self.note(&format!("disconnect {}", self.paths[&id]));
        self.manager.disconnect(self.now, id);
        self.settle();
    }

    pub(super) fn remove(&mut self, id: NamespaceId) {
        self.note(&format!("remove {}", self.paths[&id]));
        self.manager.remove_namespace(self.now, id);
        self.settle();
    }

    pub(super) fn emit(&mut self, id: NamespaceId, event: &'static str) {
        self.emit_packet(id, event, Vec::new(), None, false);
    }

    pub(super) fn emit_volatile(&mut self, id: NamespaceId, event: &'static str) {
        self.emit_packet(id, event, Vec::new(), None, true);
    }

    pub(super) fn emit_with_ack(
        &mut self,
        id: NamespaceId,
        event: &'static str,
        timeout: Option<Duration>,
    ) -> AckId {
        self.last_ack += 1;
        let ack = AckId(self.last_ack);
        self.emit_packet(id, event, Vec::new(), Some((ack, timeout)), false);
        ack
    }

    pub(super) fn emit_packet(
        &mut self,
        id: NamespaceId,
        event: &'static str,
        attachments: Vec<Bytes>,
        ack: Option<(AckId, Option<Duration>)>,
        is_volatile: bool,
    ) {
        let policy = EmitPolicy { is_volatile, ..EmitPolicy::default() };
        self.emit_packet_as(id, event, attachments, ack, policy);
    }

    pub(super) fn emit_as(&mut self, id: NamespaceId, event: &'static str, policy: EmitPolicy) {
        self.emit_packet_as(id, event, Vec::new(), None, policy);
    }

    pub(super) fn emit_with_ack_as(
        &mut self,
        id: NamespaceId,
        event: &'static str,
        timeout: Option<Duration>,
        policy: EmitPolicy,
    ) -> AckId {
        let ack = self.new_ack();
        self.emit_packet_as(id, event, Vec::new(), Some((ack, timeout)), policy);
        ack
    }

    /// An emit that is retried, with a second for each try.
    pub(super) fn emit_retried(
        &mut self,
        id: NamespaceId,
        event: &'static str,
        retries: u16,
    ) -> AckId {
        let policy = EmitPolicy { retries, ..EmitPolicy::default() };
        self.emit_with_ack_as(id, event, Some(ms(1000)), policy)
    }

    fn emit_packet_as(
        &mut self,
        id: NamespaceId,
        event: &'static str,
        attachments: Vec<Bytes>,
        ack: Option<(AckId, Option<Duration>)>,
        policy: EmitPolicy,
    ) {
        let mut text = String::from("4");
        match attachments.len() {
            0 => text.push('2'),
            count => write!(text, "5{count}-").expect("a string takes everything"),
        }
        text.push_str(&prefix(&self.paths[&id]));
        if let Some((ack, _)) = ack {
            write!(text, "{}", ack.0).expect("a string takes everything");
            self.pending.insert((id, ack));
        }
        write!(text, "[\"{event}\"]").expect("a string takes everything");
        if ack.is_some() {
            self.sends_left.insert(text.clone(), 1 + u32::from(policy.retries));
        }
        self.note(&format!("emit {text}"));
        let packet = Packet { text: text.into(), attachments };
        let options = EmitOptions { event: event.into(), ack, policy };
        self.manager.emit(self.now, id, packet, options);
        self.settle();
    }

    pub(super) fn new_ack(&mut self) -> AckId {
        self.last_ack += 1;
        AckId(self.last_ack)
    }

    pub(super) fn set_ack_timeout(&mut self, id: NamespaceId, ack: AckId, timeout: Duration) {
        self.manager.set_ack_timeout(id, ack, Some(timeout));
        self.settle();
    }

    pub(super) fn forget_ack(&mut self, id: NamespaceId, ack: AckId) {
        self.note(&format!("forget {}", ack.0));
        self.drop_interest(id, ack);
        self.manager.forget_ack(id, ack);
        self.settle();
    }

    pub(super) fn cancel(&mut self, id: NamespaceId, ack: AckId) -> Cancellation {
        self.note(&format!("cancel {}", ack.0));
        self.drop_interest(id, ack);
        let outcome = self.manager.cancel(self.now, id, ack);
        self.settle();
        outcome
    }

    fn drop_interest(&mut self, id: NamespaceId, ack: AckId) {
        if self.pending.remove(&(id, ack)) && self.is_lazy {
            self.dropped.insert((id, ack));
        }
    }

    pub(super) fn clear_buffered(&mut self, id: NamespaceId) -> usize {
        self.note("clear");
        let count = self.manager.clear_buffered(id);
        assert_eq!(self.buffered(id), [""; 0]);
        self.settle();
        count
    }

    /// What is held back, as `event size age tries`.
    pub(super) fn buffered(&self, id: NamespaceId) -> Vec<String> {
        let buffered = self.manager.buffered(self.now, id).into_iter();
        let tell = |b: super::super::BufferedEvent| {
            let ack = if b.has_ack { " ack" } else { "" };
            format!("{} {} {:.3}{ack} {}", b.event, b.size, b.age.as_secs_f64(), b.tries)
        };
        buffered.map(tell).collect()
    }

    pub(super) fn answer(&mut self, id: NamespaceId, token: &AckToken) {
        let text = format!("43{}{}[\"answer\"]", prefix(&self.paths[&id]), token.id());
        self.manager.answer(id, token, Packet::text(text));
        self.settle();
    }

    pub(super) fn authenticate(
        &mut self,
        (id, request): (NamespaceId, AuthRequest),
        payload: Result<Option<&str>, &str>,
    ) {
        let payload = payload.map(|payload| payload.map(str::to_owned)).map_err(AuthError::new);
        self.manager.authenticate(self.now, id, request, payload);
        self.settle();
    }

    // --- what the server and the network do ---

    /// A text frame from the server.
    pub(super) fn server_sends(&mut self, text: &str) {
        self.server.send(text);
        self.settle();
    }

    pub(super) fn server_sends_binary(&mut self, bytes: &'static [u8]) {
        self.server.send_binary(bytes);
        self.settle();
    }

    /// The server's late word on a CONNECT.
    pub(super) fn server_accepts(&mut self, path: &str) {
        self.server.accept(path);
        self.settle();
    }

    pub(super) fn server_refuses(&mut self, path: &str, payload: &str) {
        self.server.refuse(path, payload);
        self.settle();
    }

    pub(super) fn server_disconnects(&mut self, path: &str) {
        self.server.disconnect(path);
        self.settle();
    }

    /// The connection is closed in good order, as by a proxy.
    pub(super) fn drop_connection(&mut self) {
        self.server.drop_connection();
        self.settle();
    }

    /// An input made by hand.
    pub(super) fn input(&mut self, input: Input) {
        self.note(&format!("input {input:?}"));
        self.manager.handle_input(self.now, input);
        self.settle();
    }

    /// The WebSocket's last ping is answered.
    pub(super) fn pong(&mut self) {
        let (channel, number) = (self.server.channel(), self.server.ping);
        self.input(Input::Ponged { channel, number });
    }

    // --- time ---

    /// Lets the time pass, doing everything when it is due, up to a time since the start.
    pub(super) fn run_until(&mut self, until: Duration) {
        let until = self.start + until;
        for _ in 0..100_000 {
            self.settle();
            match self.next_wakeup() {
                Some(next) if next <= until => self.now = self.now.max(next),
                _ => {
                    self.now = self.now.max(until);
                    return self.settle();
                }
            }
        }
        panic!("100000 rounds were not enough");
    }

    pub(super) fn run_for(&mut self, time: Duration) {
        self.run_until(self.elapsed() + time);
    }

    /// The process sleeps: time passes and nothing is done.
    pub(super) fn sleep(&mut self, time: Duration) {
        self.note(&format!("sleep {time:?}"));
        self.now += time;
    }

    pub(super) fn now(&self) -> Instant {
        self.now
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.now - self.start
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.manager.held_bytes()
    }

    pub(super) fn next_timeout(&self) -> Option<Duration> {
        self.manager.poll_timeout().map(|at| at - self.start)
    }

    // --- what was seen ---

    /// What happened to the namespaces, as `seconds path what`.
    #[track_caller]
    pub(super) fn assert_events(&mut self, expected: &[&str]) {
        assert_eq!(self.events, expected);
        self.events.clear();
    }

    /// What the client sent, as `seconds what`.
    #[track_caller]
    pub(super) fn assert_wire(&mut self, expected: &[&str]) {
        assert_eq!(self.wire, expected);
        self.wire.clear();
    }

    pub(super) fn events(&self) -> &[String] {
        &self.events
    }

    pub(super) fn wire(&self) -> &[String] {
        &self.wire
    }

    pub(super) fn trace(&self) -> &[String] {
        &self.trace
    }

    pub(super) fn pending_acks(&self) -> usize {
        self.pending.len()
    }

    /// The paths that were left, and of which the server may still say something.
    pub(super) fn left_paths(&self) -> usize {
        self.manager.left.len()
    }

    /// Forgets what happened so far.
    pub(super) fn forget(&mut self) {
        self.events.clear();
        self.wire.clear();
    }

    #[track_caller]
    pub(super) fn assert_nothing_left(&self) {
        assert_eq!(self.manager.poll_timeout(), None, "timers");
        assert_eq!(self.manager.unsent_bytes(), 0, "bytes to send");
        assert_eq!(self.manager.held_bytes(), 0, "bytes held back");
        assert!(!self.manager.is_holding(), "events held back");
        assert_eq!(self.manager.transmits_polled(), self.manager.transmits_added());
        assert_eq!(self.server.channel, None, "connections");
        assert!(self.pending.is_empty(), "answers: {:?}", self.pending);
    }

    // --- the world's works ---

    fn next_wakeup(&self) -> Option<Instant> {
        let server = self.server.next_ping(self.now);
        [self.manager.poll_timeout(), server].into_iter().flatten().min()
    }

    /// Carries everything to and fro until nothing moves at this time.
    pub(super) fn settle(&mut self) {
        if self.is_lazy {
            return;
        }
        for _ in 0..10_000 {
            let mut is_busy = self.drain();
            self.server.tick(self.now);
            if let Some(input) = self.server.outbox.pop_front() {
                self.trace.push(format!("{} <- {input:?}", self.clock()));
                self.manager.handle_input(self.now, input);
                is_busy = true;
            } else if self.server.has_told_of_leaving() {
                is_busy = true;
            } else if self.manager.poll_timeout().is_some_and(|at| at <= self.now) {
                self.manager.handle_timeout(self.now);
                let next = self.manager.poll_timeout();
                assert!(next.is_none_or(|next| next >= self.now), "a timer stays in the past");
                is_busy = true;
            }
            if !is_busy {
                return;
            }
        }
        panic!("10000 moves without time passing");
    }

    fn drain(&mut self) -> bool {
        let mut is_busy = false;
        loop {
            if let Some(transmit) = self.manager.poll_transmit(self.now) {
                self.on_transmit(transmit);
            } else if let Some(event) = self.manager.poll_event() {
                self.on_event(event);
            } else {
                return is_busy;
            }
            is_busy = true;
        }
    }

    fn on_transmit(&mut self, transmit: Transmit) {
        let line = match &transmit {
            Transmit::Open { channel, session: None } => {
                format!("{} dial {}", self.clock(), channel.0)
            }
            Transmit::Open { channel, .. } => format!("{} probe {}", self.clock(), channel.0),
            Transmit::Get { channel, .. } => format!("{} get {}", self.clock(), channel.0),
            Transmit::Post { body, .. } => {
                format!("{} post {}", self.clock(), body.replace('\x1e', " + "))
            }
            Transmit::Frame { frame: Frame::Text(text), .. } => format!("{} {text}", self.clock()),
            Transmit::Frame { frame: Frame::Binary(bytes), .. } => {
                format!("{} {} bytes", self.clock(), bytes.len())
            }
            Transmit::Ping { channel, .. } => format!("{} ping {}", self.clock(), channel.0),
            Transmit::Close { channel } => format!("{} close {}", self.clock(), channel.0),
            Transmit::Abort { channel } => format!("{} abort {}", self.clock(), channel.0),
        };
        self.trace.push(format!("-> {line}"));
        if let Some(left) = line.split_once(' ').and_then(|(_, text)| self.sends_left.get_mut(text))
        {
            *left = left.checked_sub(1).expect("it was sent too often");
        }
        self.wire.push(line);
        self.server.handle(self.now, transmit);
    }

    fn on_event(&mut self, Event { namespace: id, kind }: Event) {
        let path = self.paths[&id].clone();
        let is_quiet = matches!(kind, EventKind::AuthNeeded { .. } | EventKind::Dropped);
        let line = format!("{} {path} {}", self.clock(), self.tell(id, kind));
        self.trace.push(format!("** {line}"));
        if !is_quiet {
            self.events.push(line);
        }
    }

    fn tell(&mut self, id: NamespaceId, kind: EventKind) -> String {
        match kind {
            EventKind::AuthNeeded { request } => {
                self.on_auth_needed(id, request);
                "auth needed".to_owned()
            }
            EventKind::Connected { recovered: true, .. } => "recovered".to_owned(),
            EventKind::Connected { attempt: 0, .. } => "connected".to_owned(),
            EventKind::Connected { attempt, .. } => format!("connected by attempt {attempt}"),
            EventKind::ConnectError { error, will_retry } => {
                format!("connect error: {error}{}", if will_retry { ", will retry" } else { "" })
            }
            EventKind::Received { mut packet, token } => {
                let is_in_time = self.server.accepted.contains(&self.paths[&id]);
                assert!(is_in_time, "an event came before its time");
                self.manager.take_offset(id, &mut packet, token.as_ref(), |_| self.arity);
                let mut text = format!("received {}", packet.name());
                if self.server.pid.is_some() {
                    let values = packet.values().as_json();
                    text.push_str(values.strip_suffix(']').unwrap_or(values));
                }
                if !packet.attachments().is_empty() {
                    let count = packet.attachments().len();
                    write!(text, " with {count} attachments").expect("a string takes everything");
                }
                self.tokens.extend(token);
                text
            }
            EventKind::Sent { event, packet, expects_answer } => {
                let kind = if expects_answer { "question" } else { "event" };
                format!("sent {kind} {} with {}", &*event, packet.attachments.len())
            }
            EventKind::Acked { ack, answer } => {
                self.on_settled(id, ack);
                format!("answered {}: [{}", ack.0, answer.values().as_json())
            }
            EventKind::AckFailed { ack, failure } => {
                self.on_settled(id, ack);
                match failure {
                    AckFailure::TimedOut => format!("unanswered {}: timeout", ack.0),
                    AckFailure::Disconnected(reason) => format!("unanswered {}: {reason}", ack.0),
                    AckFailure::Rejected(error) => format!("unsent {}: {error}", ack.0),
                    AckFailure::RetriesExhausted { tries, last } => {
                        format!("unanswered {}: {tries} tries, {last}", ack.0)
                    }
                }
            }
            EventKind::Disconnected { reason, will_reconnect } => {
                let suffix = if will_reconnect { ", will reconnect" } else { "" };
                format!("disconnected: {reason}{suffix}")
            }
            EventKind::ReconnectAttempt { attempt } => format!("attempt {attempt}"),
            EventKind::ReconnectFailed => "reconnect failed".to_owned(),
            EventKind::Upgraded { transport } => format!("upgraded to {transport}"),
            EventKind::Dropped => "dropped".to_owned(),
            EventKind::Invalid(invalid) => format!("invalid: {invalid}"),
        }
    }

    fn on_settled(&mut self, id: NamespaceId, ack: AckId) {
        let is_expected = self.pending.remove(&(id, ack)) || self.dropped.remove(&(id, ack));
        assert!(is_expected, "ack {} was settled before", ack.0);
    }

    fn on_auth_needed(&mut self, id: NamespaceId, request: AuthRequest) {
        let payload = match &mut self.auth {
            Auth::Nothing => Ok(None),
            Auth::Counting(count) => {
                *count += 1;
                Ok(Some(format!("{{\"n\":{count}}}")))
            }
            Auth::Fails => Err(AuthError::new("no token")),
            Auth::Silent => return self.questions.push((id, request)),
        };
        self.manager.authenticate(self.now, id, request, payload);
    }

    fn note(&mut self, what: &str) {
        let line = format!("{} {what}", self.clock());
        self.trace.push(line);
    }

    fn clock(&self) -> String {
        format!("{:.3}", self.elapsed().as_secs_f64())
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let tail = self.trace.len().saturating_sub(200);
            println!("what happened:\n{}", self.trace[tail..].join("\n"));
        }
    }
}

/// A Socket.IO server on a network without delay.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a server has as many states")]
pub(super) struct Server {
    pub(super) dials: Dials,
    pub(super) handshake: &'static str,
    pub(super) is_pinging: bool,
    /// Whether it agrees to a close.
    pub(super) is_closing: bool,
    /// Whether it answers the WebSocket's own pings.
    pub(super) is_ponging: bool,
    /// Whether it answers events that ask for it.
    pub(super) is_answering: bool,
    /// Its word on a CONNECT; [`Word::Accept`] for those that are not here.
    pub(super) words: BTreeMap<&'static str, Word>,
    pub(super) long_polling: LongPolling,
    /// The id that it gives to sessions to restore them by, if it does.
    pub(super) pid: Option<&'static str>,
    /// What it sends before its next word on a CONNECT.
    pub(super) missed: Vec<&'static str>,
    pub(super) channel: Option<ChannelId>,
    /// Whether a namespace was accepted; not yet, if it is `false`.
    namespaces: BTreeMap<String, bool>,
    /// Those that were ever accepted on this connection.
    pub(super) accepted: BTreeSet<String>,
    /// Namespaces that it has left, and the client does not know.
    left: BTreeSet<String>,
    pub(super) next_ping: Option<Instant>,
    /// The number of the WebSocket's last ping.
    pub(super) ping: u64,
    sids: u32,
    pub(super) outbox: VecDeque<Input>,
}

/// What becomes of a dial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dials {
    Accept,
    Fail,
    Ignore,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Accept,
    AcceptWithoutSid,
    Refuse(&'static str),
    /// None, until the test says it.
    Later,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            dials: Dials::Accept,
            handshake: concat!(
                r#"0{"sid":"session","upgrades":[],"pingInterval":25000,"#,
                r#""pingTimeout":20000,"maxPayload":1000000}"#
            ),
            is_pinging: true,
            is_closing: true,
            is_ponging: true,
            is_answering: true,
            words: BTreeMap::new(),
            long_polling: LongPolling::default(),
            pid: None,
            missed: Vec::new(),
            channel: None,
            namespaces: BTreeMap::new(),
            accepted: BTreeSet::new(),
            left: BTreeSet::new(),
            next_ping: None,
            ping: 0,
            sids: 0,
            outbox: VecDeque::new(),
        }
    }
}

impl Server {
    pub(super) fn has_joined(&self, path: &str) -> bool {
        self.namespaces.get(path) == Some(&true)
    }

    /// Whether a CONNECT waits for its word.
    pub(super) fn is_asked(&self, path: &str) -> bool {
        self.namespaces.get(path) == Some(&false)
    }

    pub(super) fn is_connected(&self) -> bool {
        self.channel.is_some()
    }

    pub(super) fn channel(&self) -> ChannelId {
        self.channel.expect("a connection")
    }

    pub(super) fn send(&mut self, text: &str) {
        self.send_frame(Frame::Text(text.into()));
    }

    pub(super) fn send_binary(&mut self, bytes: &'static [u8]) {
        self.send_frame(Frame::Binary(Bytes::from_static(bytes)));
    }

    fn send_frame(&mut self, frame: Frame) {
        if self.long_polling.is_in_use() {
            self.long_polling.packets.push(frame.into_text().to_string());
            self.answer_get();
        } else {
            self.outbox.extend(self.channel.map(|channel| Input::Frame { channel, frame }));
        }
    }

    pub(super) fn accept(&mut self, path: &str) {
        self.accepted.insert(path.to_owned());
        self.namespaces.insert(path.to_owned(), true);
        self.sids += 1;
        let sid = self.sids;
        for missed in std::mem::take(&mut self.missed) {
            self.send(missed);
        }
        let pid = self.pid.map(|pid| format!(",\"pid\":\"{pid}\"")).unwrap_or_default();
        self.send(&format!("40{}{{\"sid\":\"{sid}\"{pid}}}", prefix(path)));
    }

    pub(super) fn refuse(&mut self, path: &str, payload: &str) {
        self.namespaces.remove(path);
        self.send(&format!("44{}{payload}", prefix(path)));
    }

    pub(super) fn disconnect(&mut self, path: &str) {
        self.namespaces.remove(path);
        self.left.insert(path.to_owned());
        self.send(&format!("41{}", prefix(path)));
    }

    /// Whether the client knows by now of namespaces that the server has left.
    fn has_told_of_leaving(&mut self) -> bool {
        let is_told = self.outbox.is_empty() && self.long_polling.packets.is_empty();
        is_told && !std::mem::take(&mut self.left).is_empty()
    }

    pub(super) fn drop_connection(&mut self) {
        let is_polled = self.long_polling.is_in_use();
        let Some(channel) = self.gone() else { return };
        self.outbox.push_back(if is_polled {
            let error = TransportError::Closed { code: None };
            Input::Polled { channel, result: Err(error) }
        } else {
            Input::Closed { channel, code: Some(1006) }
        });
    }

    /// The namespace is gone, and the client is told by other means.
    pub(super) fn forget_namespace(&mut self, path: &str) {
        self.namespaces.remove(path);
    }

    /// It is gone, and the client knows.
    pub(super) fn forget_connection(&mut self) {
        self.gone();
    }

    pub(super) fn gone(&mut self) -> Option<ChannelId> {
        self.namespaces.clear();
        self.long_polling.end();
        self.next_ping = None;
        self.channel.take()
    }

    /// The most bytes of one message, as the handshake says.
    pub(super) fn max_payload(&self) -> usize {
        let (_, limit) = self.handshake.split_once("\"maxPayload\":").expect("it says so");
        limit.trim_end_matches('}').parse().expect("it is a number")
    }

    fn next_ping(&self, now: Instant) -> Option<Instant> {
        self.next_ping.filter(|at| self.is_pinging && *at > now)
    }

    fn tick(&mut self, now: Instant) {
        if self.is_pinging && self.next_ping.is_some_and(|at| at <= now) {
            // The next one is counted from the pong.
            self.next_ping = None;
            self.send("2");
        }
    }

    fn handle(&mut self, now: Instant, transmit: Transmit) {
        match transmit {
            Transmit::Get { .. } | Transmit::Post { .. } => self.on_request(now, transmit),
            Transmit::Open { channel, session: Some(_) } => self.on_upgrade(channel),
            Transmit::Frame { channel, frame } if self.long_polling.upgrade == Some(channel) => {
                self.on_upgrade_frame(channel, frame);
            }
            Transmit::Abort { channel } if self.long_polling.upgrade == Some(channel) => {
                self.long_polling.cancel_upgrade();
            }
            Transmit::Open { channel, session: None } => {
                assert_eq!(self.channel, None, "two connections at once");
                match self.dials {
                    Dials::Accept => {
                        self.accepted.clear();
                        self.channel = Some(channel);
                        self.next_ping = Some(now + PING_INTERVAL);
                        self.outbox.push_back(Input::Opened { channel });
                        self.send(self.handshake);
                    }
                    Dials::Fail => {
                        let error = TransportError::Closed { code: None };
                        self.outbox.push_back(Input::Failed { channel, error });
                    }
                    Dials::Ignore => self.channel = Some(channel),
                }
            }
            Transmit::Frame { channel, frame } => {
                // One that crosses a close on its way is lost.
                if self.channel == Some(channel) {
                    if let Frame::Text(text) = frame {
                        self.on_text(now, &text);
                    }
                }
            }
            Transmit::Ping { channel, number } => {
                self.ping = number;
                if self.channel == Some(channel) && self.is_ponging {
                    self.outbox.push_back(Input::Ponged { channel, number });
                }
            }
            Transmit::Close { channel } => {
                if self.channel == Some(channel) && self.is_closing {
                    self.gone();
                    self.outbox.push_back(Input::Closed { channel, code: None });
                }
            }
            Transmit::Abort { channel } => {
                if self.channel == Some(channel) {
                    self.gone();
                }
            }
        }
    }

    pub(super) fn on_text(&mut self, now: Instant, text: &str) {
        if text == "3" {
            self.next_ping = Some(now + PING_INTERVAL);
            return;
        }
        // An attachment.
        if text.starts_with('b') {
            return;
        }
        let packet = text.strip_prefix('4').expect("a message or a pong");
        let (kind, rest) = packet.split_at(1);
        let rest = if kind == "5" || kind == "6" {
            rest.split_once('-').expect("a number of attachments").1
        } else {
            rest
        };
        let (path, rest) = match rest.split_once(',') {
            Some((path, rest)) if path.starts_with('/') => (path, rest),
            _ => ("/", rest),
        };
        let state = self.namespaces.get(path).copied();
        match kind {
            "0" => {
                assert_eq!(state, None, "a second CONNECT closes the whole connection");
                self.on_connect(path);
            }
            "1" => {
                assert_ne!(state, Some(false), "DISCONNECT before the server's word");
                self.namespaces.remove(path);
            }
            // It crosses the server's word, which nobody can help.
            _ if state.is_none() && self.left.contains(path) => {}
            _ => {
                assert_eq!(state, Some(true), "`{text}` closes the whole connection");
                let ack: String = rest.chars().take_while(char::is_ascii_digit).collect();
                if self.is_answering && (kind == "2" || kind == "5") && !ack.is_empty() {
                    self.send(&format!("43{}{ack}[\"ok\"]", prefix(path)));
                }
            }
        }
    }

    fn on_connect(&mut self, path: &str) {
        self.namespaces.insert(path.to_owned(), false);
        match self.words.get(path).copied().unwrap_or(Word::Accept) {
            Word::Accept => self.accept(path),
            Word::AcceptWithoutSid => {
                self.namespaces.insert(path.to_owned(), true);
                self.send(&format!("40{}", prefix(path)));
            }
            Word::Refuse(payload) => self.refuse(path, payload),
            Word::Later => {}
        }
    }
}

/// As in [`Server::handshake`].
pub(super) const PING_INTERVAL: Duration = Duration::from_secs(25);
