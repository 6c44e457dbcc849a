//! The whole simulated world: the state machine, its server, the network between them, and time.
//!
//! Must not know: the state machine's inside, but for what must be empty at the end.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::{
    super::super::{
        AckToken, Arity, AuthRequest, Config, Event, EventKind, Frame, Input, Manager, NamespaceId,
        RECOVERY_BYTES, RetryPolicy, Transmit,
    },
    books::Books,
    client::Client,
    counts::Counts,
    link::{End, Link, Parcel},
    moves::{Auth, Setup, millis},
    random::Random,
    server::{Net, Server},
    wire::{self, PATHS},
};
use crate::{
    codec::{SocketType, Transport},
    error::{AuthError, DisconnectReason, Failure, RetryDecision},
};

pub(super) struct World {
    pub(super) setup: Setup,
    pub(super) manager: Manager,
    pub(super) link: Link,
    pub(super) server: Server,
    pub(super) books: Books,
    pub(super) counts: Counts,
    pub(super) auth: Auth,
    pub(super) questions: Vec<(NamespaceId, AuthRequest)>,
    pub(super) tokens: Vec<(NamespaceId, AckToken)>,
    /// The socket that each path has.
    pub(super) sockets: [NamespaceId; 3],
    /// The path of each socket that there ever was.
    paths: Vec<usize>,
    pub(super) client: Client,
    pub(super) now: Instant,
    start: Instant,
    /// Suspended: what arrives waits in `inbox`.
    is_asleep: bool,
    inbox: VecDeque<Parcel>,
    /// Time has passed that the state machine has not been told of.
    pub(super) is_late: bool,
    /// Binary messages that the client owes to its last packet.
    owed: usize,
    random: Random,
    /// What happens, where somebody wants to read it.
    pub(super) trace: Option<Vec<String>>,
}

impl World {
    pub(super) fn new(setup: Setup, is_traced: bool) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the epoch of a clock that jumps from here")]
        let start = Instant::now();
        let mut world = Self {
            manager: Manager::new(config(&setup), setup.seed),
            link: Link::new(setup.seed ^ 0x11, millis(setup.latency), millis(setup.jitter)),
            server: Server::new(&setup),
            books: Books::default(),
            counts: Counts { scripts: 1, ..Counts::default() },
            auth: Auth::Nothing,
            questions: Vec::new(),
            tokens: Vec::new(),
            sockets: [NamespaceId(0); 3],
            paths: Vec::new(),
            client: Client::new(setup.window, setup.reads_stale_input),
            now: start,
            start,
            is_asleep: false,
            inbox: VecDeque::new(),
            is_late: false,
            owed: 0,
            random: Random::new(setup.seed ^ 0x22),
            trace: is_traced.then(Vec::new),
            setup,
        };
        for path in 0..PATHS.len() {
            world.add(path);
        }
        world
    }

    /// A new socket for a path.
    pub(super) fn add(&mut self, path: usize) {
        let id = NamespaceId(self.paths.len() as u64);
        self.paths.push(path);
        self.sockets[path] = id;
        self.books.add(id);
        self.manager.add_namespace(id, PATHS[path]);
        self.manager.limit_held(id, usize::try_from(self.setup.held_limit).expect("small"));
    }

    pub(super) fn path(&self, id: NamespaceId) -> usize {
        self.paths[usize::try_from(id.0).expect("few sockets")]
    }

    // --- time ---

    /// Lets the time pass, doing everything when it is due.
    pub(super) fn run_for(&mut self, time: Duration) {
        let until = self.now + time;
        let mut moves_at_once = 0;
        self.read_inbox();
        loop {
            let timeout = self.manager.poll_timeout().filter(|_| !self.is_asleep);
            let server = self.server.next();
            let due = [self.link.next(), server, timeout].into_iter().flatten().min();
            match due {
                Some(due) if due <= until => {
                    moves_at_once = if due > self.now { 0 } else { moves_at_once + 1 };
                    assert!(moves_at_once < 100_000, "no time passes");
                    self.now = self.now.max(due);
                }
                _ => break,
            }
            let is_timeout_due = timeout.is_some_and(|at| at <= self.now);
            if is_timeout_due && self.random.once_in(2) {
                self.handle_timeout();
            } else if let Some(parcel) = self.link.pop(self.now) {
                self.on_arrival(parcel);
            } else if server.is_some_and(|at| at <= self.now) {
                let (server, mut net) = self.net();
                server.tick(&mut net);
                self.drain();
            } else if is_timeout_due {
                self.handle_timeout();
            }
        }
        self.counts.time += time;
        self.now = until;
    }

    /// The process is suspended, and the world goes on.
    pub(super) fn sleep(&mut self, time: Duration) {
        self.is_asleep = true;
        self.run_for(time);
        self.is_asleep = false;
        self.is_late = true;
    }

    /// After a suspend, everything that has arrived is there at once.
    pub(super) fn read_inbox(&mut self) {
        while let Some(parcel) = self.inbox.pop_front() {
            self.read(parcel);
        }
    }

    fn handle_timeout(&mut self) {
        self.manager.handle_timeout(self.now);
        self.note(|| "timeout".to_owned());
        self.drain();
        self.is_late = false;
        let next = self.manager.poll_timeout();
        assert!(next.is_none_or(|next| next >= self.now), "a timer stays in the past");
    }

    fn on_arrival(&mut self, parcel: Parcel) {
        match parcel.to {
            End::Server => {
                if let Some(until) = self.server.is_busy(self.now) {
                    return self.link.defer(until, parcel);
                }
                let (server, mut net) = self.net();
                server.handle(&mut net, parcel);
                // There may be room for another frame.
                self.drain();
            }
            End::Client if self.is_asleep => self.inbox.push_back(parcel),
            End::Client => self.read(parcel),
        }
    }

    fn read(&mut self, parcel: Parcel) {
        let input = self.client.read(self.now, &mut self.link, &mut self.counts, parcel);
        if let Some(input) = input {
            self.input(input);
        }
    }

    fn input(&mut self, input: Input) {
        self.note(|| format!("<- {input:?}"));
        self.overhear_input(&input);
        self.manager.handle_input(self.now, input);
        self.drain();
    }

    pub(super) fn net(&mut self) -> (&mut Server, Net<'_>) {
        let Self { now, link, books, counts, server, .. } = self;
        (server, Net { now: *now, link, books, counts })
    }

    // --- what the state machine says ---

    /// Carries everything out, as the contract asks for after each command and input.
    pub(super) fn drain(&mut self) {
        if self.is_asleep {
            return;
        }
        loop {
            if let Some(event) = self.manager.poll_event() {
                self.on_event(event);
            } else if let Some(transmit) = self.next_transmit() {
                self.on_transmit(transmit);
            } else {
                break;
            }
        }
        if !self.is_late {
            let next = self.manager.poll_timeout();
            assert!(next.is_none_or(|next| next >= self.now), "a timer is in the past");
        }
        self.check_memory();
        self.check_rest();
    }

    pub(super) fn drain_events(&mut self) {
        while let Some(event) = self.manager.poll_event() {
            self.on_event(event);
        }
    }

    fn next_transmit(&mut self) -> Option<Transmit> {
        if self.manager.is_frame_next() {
            let (is_ready, news) = self.client.poll_ready(&self.link);
            if let Some(news) = news {
                self.manager.handle_input(self.now, news);
            }
            if !is_ready {
                return None;
            }
        }
        self.manager.poll_transmit(self.now)
    }

    fn on_transmit(&mut self, transmit: Transmit) {
        self.note(|| format!("-> {transmit:?}"));
        match &transmit {
            Transmit::Frame { frame: Frame::Text(text), .. } if !is_message(text) => {}
            Transmit::Frame { frame, .. } => self.overhear(frame.clone()),
            Transmit::Post { body, .. } => {
                for frame in wire::messages(&body.as_str().into()) {
                    if !matches!(&frame, Frame::Text(text) if !is_message(text)) {
                        self.overhear(frame);
                    }
                }
            }
            _ => {}
        }
        let Self { now, link, counts, client, .. } = self;
        if client.transmit(*now, link, counts, transmit) {
            self.books.epoch += 1;
            self.books.is_accepted = [false; 3];
            self.owed = 0;
        }
    }

    /// A message of this side's that is no heartbeat.
    fn overhear(&mut self, frame: Frame) {
        let frame = match frame {
            Frame::Text(text) => Frame::decode(text).expect("the client writes base64"),
            binary @ Frame::Binary(_) => binary,
        };
        if self.owed > 0 {
            assert!(matches!(frame, Frame::Binary(_)), "an attachment is missing");
            self.owed -= 1;
            return;
        }
        let packet = wire::overhear(self.server.parser, &frame).expect("nothing is owed");
        self.owed = packet.attachments;
        match packet.kind {
            SocketType::Event => self.books.on_polled(self.now, packet.numbers[0]),
            SocketType::Connect => {
                self.books.on_connect_polled(self.now, packet.path);
                let ids = ["pid", "offset"].map(|key| wire::member(&packet.payload, key));
                let longest = ids.into_iter().flatten().map(str::len).max();
                assert!(longest.is_none_or(|bytes| bytes <= RECOVERY_BYTES), "a long id is kept");
            }
            SocketType::Disconnect => self.books.on_disconnect_polled(self.now, packet.path),
            SocketType::Ack | SocketType::ConnectError => {}
        }
    }

    /// The server's words of acceptance, before the state machine sees them.
    fn overhear_input(&mut self, input: &Input) {
        match input {
            Input::Frame { frame, channel } if self.client.owns(*channel) => {
                self.overhear_word(frame);
            }
            Input::Part { packets, channel } | Input::Polled { result: Ok(packets), channel }
                if self.client.owns(*channel) =>
            {
                for frame in wire::messages(packets) {
                    self.overhear_word(&frame);
                }
            }
            _ => {}
        }
    }

    fn overhear_word(&mut self, frame: &Frame) {
        let may_be = match frame {
            Frame::Text(text) => text.starts_with("40"),
            Frame::Binary(_) => cfg!(feature = "msgpack") && self.setup.msgpack,
        };
        if !may_be {
            return;
        }
        if let Some(packet) = wire::overhear(self.server.parser, frame) {
            if packet.kind == SocketType::Connect {
                self.books.is_accepted[packet.path] = true;
            }
        }
    }

    fn on_event(&mut self, Event { namespace: id, kind }: Event) {
        self.note(|| format!("** {} {kind:?}", id.0));
        let path = self.path(id);
        match kind {
            EventKind::AuthNeeded { request } => self.on_auth_needed(id, request),
            EventKind::Connected { recovered, .. } => {
                self.counts.connects += 1;
                self.books.on_connected(id, path, recovered);
            }
            EventKind::ConnectError { will_retry, .. } => {
                self.books.on_connect_error(id, will_retry);
            }
            EventKind::Disconnected { will_reconnect, reason } => {
                let is_own = matches!(reason, DisconnectReason::ClientDisconnect);
                self.counts.losses += u64::from(!is_own);
                self.books.on_disconnected(id, will_reconnect);
            }
            EventKind::ReconnectFailed => self.books.on_connect_error(id, false),
            EventKind::Received { mut packet, token } => {
                let arity = Arity { required: 4, most: 4 };
                self.manager.take_offset(id, &mut packet, token.as_ref(), |_| Some(arity));
                let values = packet.values().to_json();
                assert_eq!(&*packet.name(), "s");
                // Where no session can be restored, an offset is an argument like others.
                let is_cut = values.matches('"').count() == 2 || self.setup.has_long_ids;
                assert!(is_cut, "an offset is left in {values}");

                self.books.on_received(id, path, wire::numbers(&values));
                self.counts.delivered += 1;
                self.tokens.extend(token.map(|token| (id, token)));
            }
            EventKind::Acked { ack, answer } => {
                let [number, ..] = wire::numbers(&answer.values().to_json());
                self.books.on_acked(id, u32::try_from(ack.0).expect("few"), number);
                self.counts.acked += 1;
            }
            EventKind::AckFailed { ack, failure } => {
                let (ack, is_late) = (u32::try_from(ack.0).expect("few"), self.is_late);
                self.books.on_ack_failed(self.now, id, ack, &failure, is_late);
                self.counts.ack_failures += 1;
            }
            EventKind::Dropped => self.books.on_dropped(id),
            EventKind::Invalid(invalid) => self.books.on_invalid(&invalid),
            EventKind::Upgraded { transport } => assert_eq!(transport, Transport::WebSocket),
            EventKind::ReconnectAttempt { .. } => {}
            EventKind::Sent { .. } => panic!("nobody watches"),
        }
    }

    fn on_auth_needed(&mut self, id: NamespaceId, request: AuthRequest) {
        if self.auth == Auth::Silent {
            self.questions.push((id, request));
        } else {
            self.authenticate(id, request);
        }
    }

    pub(super) fn authenticate(&mut self, id: NamespaceId, request: AuthRequest) {
        let payload = match self.auth {
            Auth::Something => Ok(Some("{\"token\":\"t\"}".to_owned())),
            Auth::Fails => Err(AuthError::new("no token")),
            Auth::Nothing | Auth::Silent => Ok(None),
        };
        self.manager.authenticate(self.now, id, request, payload);
    }

    /// By what was put in and what came out, and by the limits that are set.
    fn check_memory(&self) {
        let (unsent, held) = (self.manager.unsent_bytes(), self.manager.held_bytes());
        let own = self.books.waiting_bytes();
        assert!(unsent + held <= own + CONTROL_BYTES, "{unsent} + {held} bytes, of {own}");
        let limit = usize::try_from(self.setup.send_buffer_limit).expect("small");
        assert!(unsent + held <= limit + CONTROL_BYTES, "{unsent} + {held} bytes, over {limit}");
    }

    /// Where nobody wants a connection and none is there, there is nothing to wait for.
    fn check_rest(&self) {
        let is_at_rest = self.client.is_idle() && !self.books.is_anybody_wanted();
        if is_at_rest && self.manager.held_bytes() == 0 && self.books.pending_acks() == 0 {
            assert_eq!(self.manager.poll_timeout(), None, "a timer is left");
        }
    }

    pub(super) fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            let seconds = (self.now - self.start).as_secs_f64();
            trace.push(format!("{seconds:.6} {}", what()));
        }
    }
}

fn config(setup: &Setup) -> Config {
    use Transport::{Polling, WebSocket};
    let comes_back: fn(Failure<'_>) -> RetryDecision = |failure| match failure {
        Failure::Loss(DisconnectReason::ServerDisconnect) => RetryDecision::Retry,
        _ => RetryDecision::Default,
    };
    Config {
        transports: match setup.transports {
            0 => vec![WebSocket],
            1 => vec![Polling],
            2 => vec![Polling, WebSocket],
            _ => vec![WebSocket, Polling],
        },
        try_all_transports: setup.try_all_transports,
        remember_upgrade: setup.remember_upgrade,
        force_base64: setup.force_base64,
        parser: setup.parser(),
        reconnection_attempts: setup.reconnection_attempts,
        connect_timeout: millis(setup.connect_timeout),
        request_timeout: setup.request_timeout.map(millis),
        retry_policy: setup.comes_back.then(|| RetryPolicy(std::sync::Arc::new(comes_back))),
        ..Config::default()
    }
}

/// Socket.IO, rather than a heartbeat, a probe or a goodbye.
fn is_message(text: &str) -> bool {
    text.starts_with(['4', 'b'])
}

/// More than all packets have that are no events, for three namespaces, and one event beside those
/// that fill the limit: CONNECTs with what restores a session, DISCONNECTs, answers, second copies.
const CONTROL_BYTES: usize = 3 * 1024;

impl Drop for World {
    fn drop(&mut self) {
        if let Some(trace) = self.trace.as_ref().filter(|_| std::thread::panicking()) {
            let tail = trace.len().saturating_sub(200);
            println!("what happened:\n{}", trace[tail..].join("\n"));
        }
    }
}
