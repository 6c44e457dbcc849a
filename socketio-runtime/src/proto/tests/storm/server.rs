//! An honest Engine.IO server behind a real network: many sessions at a time, since it learns late
//! of those that are gone.
//!
//! Must not know: the state machine's inside; namespaces, which stand beside in `rooms`.
//!
//! It is as strict as a real one: what makes that one close the connection fails the script.

use std::time::{Duration, Instant};

use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    super::super::Frame,
    books::Books,
    counts::Counts,
    link::{End, Lane, Link, Message, Parcel, PipeId},
    moves::{Answers, Setup, Word},
    random::Random,
    rooms::{Later, Rooms, Socket, Stored, Turn},
    wire,
};
use crate::codec::{NOOP, PROBE, PROBE_ANSWER, Parser, UPGRADE};

/// What a server has to do with the rest of the world.
pub(super) struct Net<'w> {
    pub(super) now: Instant,
    pub(super) link: &'w mut Link,
    pub(super) books: &'w mut Books,
    pub(super) counts: &'w mut Counts,
}

#[derive(Debug)]
pub(super) struct Server {
    pub(super) is_up: bool,
    /// Until then it does nothing.
    pub(super) busy_until: Option<Instant>,
    pub(super) words: [Word; 3],
    pub(super) answers: Answers,
    pub(super) parser: Parser,
    pub(super) recovers: bool,
    pub(super) has_long_ids: bool,
    handshake: Handshake,
    pub(super) sessions: Vec<Session>,
    pub(super) stored: Vec<Stored>,
    pub(super) later: Vec<(Instant, Later)>,
    pub(super) numbers: Numbers,
    last_session: u32,
    random: Random,
}

/// What was given out, never twice.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    pub(super) membership: u32,
    pub(super) offset: u64,
    pub(super) ask: u64,
}

#[derive(Debug)]
struct Handshake {
    ping_interval: Duration,
    ping_timeout: Duration,
    max_payload: usize,
    offers_upgrade: bool,
}

#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: u32,
    /// The WebSocket that carries it; long-polling does, if there is none.
    websocket: Option<PipeId>,
    /// The GET that waits.
    get: Option<PipeId>,
    /// Messages for the next GET.
    queue: Vec<Frame>,
    upgrade: Option<Upgrade>,
    /// When the next ping is due, and by when the last one has to be answered.
    ping_at: Option<Instant>,
    pong_by: Option<Instant>,
    /// By when somebody has to ask for a namespace.
    pub(super) connect_by: Option<Instant>,
    pub(super) rooms: Rooms,
}

#[derive(Debug)]
struct Upgrade {
    pipe: PipeId,
    is_probed: bool,
    /// When a GET that waits is let go.
    flush_at: Option<Instant>,
    until: Instant,
}

impl Server {
    pub(super) fn new(setup: &Setup) -> Self {
        Self {
            is_up: true,
            busy_until: None,
            words: [Word::Accept; 3],
            answers: Answers::Now,
            parser: setup.parser(),
            recovers: setup.recovers,
            has_long_ids: setup.has_long_ids,
            handshake: Handshake {
                ping_interval: setup.ping_interval(),
                ping_timeout: setup.ping_timeout(),
                max_payload: usize::try_from(setup.max_payload).expect("small"),
                offers_upgrade: setup.offers_upgrade,
            },
            sessions: Vec::new(),
            stored: Vec::new(),
            later: Vec::new(),
            numbers: Numbers::default(),
            last_session: 0,
            random: Random::new(setup.seed ^ 0x5e17),
        }
    }

    /// Whether it can look at anything now.
    pub(super) fn is_busy(&self, now: Instant) -> Option<Instant> {
        self.busy_until.filter(|until| *until > now)
    }

    pub(super) fn handle(&mut self, net: &mut Net<'_>, parcel: Parcel) {
        let Parcel { pipe, lane, message, .. } = parcel;
        if !self.is_up {
            net.link.close(net.now, pipe, End::Server);
            return;
        }
        match message {
            Message::Dial { session: None } => {
                net.link.send(net.now, pipe, End::Client, Message::Opened);
                self.open(net, Some(pipe), None);
            }
            Message::Dial { session: Some(id) } => self.on_upgrade(net, pipe, id),
            Message::Frame(frame) => self.on_frame(net, pipe, frame),
            Message::Ping(number) => {
                if self.position(pipe).is_some() {
                    net.link.send(net.now, pipe, End::Client, Message::Pong(number));
                }
            }
            Message::Close => {
                if let Some(at) = self.position(pipe) {
                    net.link.send(net.now, pipe, End::Client, Message::Close);
                    self.end(net, at);
                }
            }
            Message::Get { session: None } => self.open(net, None, Some(pipe)),
            Message::Get { session: Some(id) } => self.on_get(net, pipe, id),
            Message::Post { session, body } => self.on_post(net, pipe, session, &body),
            Message::Gone => self.on_gone(net, pipe, lane),
            other => panic!("{other:?} is for the client"),
        }
    }

    fn open(&mut self, net: &mut Net<'_>, websocket: Option<PipeId>, get: Option<PipeId>) {
        self.last_session += 1;
        let id = self.last_session;
        let Handshake { ping_interval, ping_timeout, max_payload, offers_upgrade } =
            &self.handshake;
        let upgrades = if *offers_upgrade && websocket.is_none() { "\"websocket\"" } else { "" };
        let handshake = format!(
            "0{{\"sid\":\"{id}\",\"upgrades\":[{upgrades}],\"pingInterval\":{},\
             \"pingTimeout\":{},\"maxPayload\":{max_payload}}}",
            ping_interval.as_millis(),
            ping_timeout.as_millis(),
        );
        self.sessions.push(Session {
            id,
            websocket,
            get,
            queue: Vec::new(),
            upgrade: None,
            ping_at: Some(net.now + *ping_interval),
            pong_by: None,
            connect_by: Some(net.now + CONNECT_TIMEOUT),
            rooms: Rooms::default(),
        });
        let at = self.sessions.len() - 1;
        self.send(net, at, Frame::Text(handshake.into()));
    }

    fn on_upgrade(&mut self, net: &mut Net<'_>, pipe: PipeId, id: u32) {
        let session = self.sessions.iter_mut().find(|session| session.id == id);
        match session.filter(|session| session.websocket.is_none() && session.upgrade.is_none()) {
            Some(session) => {
                let until = net.now + UPGRADE_TIMEOUT;
                session.upgrade = Some(Upgrade { pipe, is_probed: false, flush_at: None, until });
                net.link.send(net.now, pipe, End::Client, Message::Opened);
            }
            None => net.link.close(net.now, pipe, End::Server),
        }
    }

    fn on_get(&mut self, net: &mut Net<'_>, pipe: PipeId, id: u32) {
        let at = self.sessions.iter().position(|session| session.id == id);
        let Some(at) = at.filter(|at| self.sessions[*at].websocket.is_none()) else {
            net.link.send(net.now, pipe, End::Client, Message::Status(400));
            return;
        };
        assert_eq!(self.sessions[at].get, None, "two GETs at once cost the session");
        self.sessions[at].get = Some(pipe);
        if let Some(upgrade) = self.sessions[at].upgrade.as_mut().filter(|up| up.is_probed) {
            upgrade.flush_at = Some(net.now + FLUSH_INTERVAL);
        }
        self.answer_get(net, at);
    }

    fn on_post(&mut self, net: &mut Net<'_>, pipe: PipeId, id: u32, body: &Utf8Bytes) {
        let at = self.sessions.iter().position(|session| session.id == id);
        let Some(at) = at.filter(|at| self.sessions[*at].websocket.is_none()) else {
            net.link.send(net.now, pipe, End::Client, Message::Status(400));
            return;
        };
        let is_one = !body.contains('\x1e');
        assert!(is_one || body.len() <= self.handshake.max_payload, "a POST over the limit");
        net.link.send(net.now, pipe, End::Client, Message::Posted);
        for frame in wire::messages(body) {
            if matches!(&frame, Frame::Text(text) if **text == *"1") {
                self.sessions[at].queue.push(Frame::Text(NOOP.into()));
                self.answer_get(net, at);
                return self.end(net, at);
            }
            self.on_message(net, at, frame);
        }
    }

    fn on_frame(&mut self, net: &mut Net<'_>, pipe: PipeId, frame: Frame) {
        if let Some(at) = self.position(pipe) {
            return self.on_message(net, at, frame);
        }
        let of_upgrade = |session: &Session| {
            session.upgrade.as_ref().is_some_and(|upgrade| upgrade.pipe == pipe)
        };
        let Some(at) = self.sessions.iter().position(of_upgrade) else { return };
        let session = &mut self.sessions[at];
        let Some(upgrade) = &mut session.upgrade else { return };
        let Frame::Text(text) = frame else { panic!("a probe is text") };
        if *text == *PROBE {
            upgrade.is_probed = true;
            upgrade.flush_at = Some(net.now + FLUSH_INTERVAL);
            let answer = Message::Frame(Frame::Text(PROBE_ANSWER.into()));
            return net.link.send(net.now, pipe, End::Client, answer);
        }
        assert_eq!(&*text, UPGRADE);
        assert!(upgrade.is_probed, "an upgrade without a probe");
        assert_eq!(session.get, None, "a GET is under way during an upgrade");
        session.websocket = Some(pipe);
        session.upgrade = None;
        net.counts.upgrades += 1;
        for frame in std::mem::take(&mut session.queue) {
            self.send(net, at, frame);
        }
    }

    fn on_message(&mut self, net: &mut Net<'_>, at: usize, frame: Frame) {
        let frame = match frame {
            Frame::Text(text) => Frame::decode(text).expect("honest peers write base64"),
            binary @ Frame::Binary(_) => binary,
        };
        if let Frame::Text(text) = &frame {
            if **text == *"3" {
                let session = &mut self.sessions[at];
                assert!(session.pong_by.take().is_some(), "a pong without a ping");
                session.ping_at = Some(net.now + self.handshake.ping_interval);
                net.counts.heartbeats += 1;
                return;
            }
            assert!(text.starts_with('4'), "`{text}` costs the connection");
        }
        self.on_packet(net, at, &frame);
    }

    fn on_gone(&mut self, net: &mut Net<'_>, pipe: PipeId, lane: Lane) {
        net.link.on_gone(pipe, End::Server);
        if let Some(at) = self.position(pipe) {
            return self.end(net, at);
        }
        let is_getting = |session: &Session| session.get == Some(pipe);
        if lane == Lane::Get {
            if let Some(at) = self.sessions.iter().position(is_getting) {
                self.sessions[at].get = None;
                self.end(net, at);
            }
            return;
        }
        for session in &mut self.sessions {
            session.upgrade.take_if(|upgrade| upgrade.pipe == pipe);
        }
    }

    /// Sends a message of a session.
    pub(super) fn send(&mut self, net: &mut Net<'_>, at: usize, frame: Frame) {
        if let Some(pipe) = self.sessions[at].websocket {
            return net.link.send(net.now, pipe, End::Client, Message::Frame(frame));
        }
        self.sessions[at].queue.push(frame);
        self.answer_get(net, at);
    }

    /// Answers the GET that waits, if there is something to say; now and then in two parts.
    fn answer_get(&mut self, net: &mut Net<'_>, at: usize) {
        let session = &mut self.sessions[at];
        if session.queue.is_empty() {
            return;
        }
        let Some(pipe) = session.get.take() else { return };
        let packets: Vec<_> = { session.queue.drain(..) }.map(Frame::into_text).collect();
        let parts = usize::from(packets.len() > 1 && self.random.once_in(3));
        let (part, rest) = packets.split_at(parts);
        if !part.is_empty() {
            let part = Message::Part(part.join("\x1e").into());
            net.link.send(net.now, pipe, End::Client, part);
        }
        let rest = Message::Polled(rest.join("\x1e").into());
        net.link.send(net.now, pipe, End::Client, rest);
    }

    /// A session ends, whoever wants it. It may be restored.
    pub(super) fn end(&mut self, net: &mut Net<'_>, at: usize) {
        let session = self.sessions.remove(at);
        if self.recovers {
            let until = net.now + MAX_DISCONNECTION;
            self.stored.retain(|stored| stored.until > net.now);
            for (path, socket) in session.rooms.sockets.into_iter().enumerate() {
                if let Some(socket) = socket.filter(Socket::has_joined) {
                    self.stored.push(Stored { path, socket, until });
                }
            }
        }
        let upgrade = session.upgrade.map(|upgrade| upgrade.pipe);
        for pipe in [session.websocket, upgrade, session.get].into_iter().flatten() {
            net.link.close(net.now, pipe, End::Server);
        }
    }

    /// A session ends, and the client is told so in good order.
    fn close(&mut self, net: &mut Net<'_>, at: usize) {
        if let Some(pipe) = self.sessions[at].websocket {
            net.link.send(net.now, pipe, End::Client, Message::Close);
        } else {
            self.sessions[at].queue.push(Frame::Text("1".into()));
            self.answer_get(net, at);
        }
        self.end(net, at);
    }

    pub(super) fn close_all(&mut self, net: &mut Net<'_>) {
        while !self.sessions.is_empty() {
            self.close(net, 0);
        }
    }

    /// The process dies, and a new one may follow.
    pub(super) fn die(&mut self) {
        self.sessions.clear();
        self.stored.clear();
        self.later.clear();
        self.busy_until = None;
    }

    pub(super) fn next(&self) -> Option<Instant> {
        let later = self.later.iter().map(|(at, _)| *at).min();
        let sessions = self.sessions.iter().filter_map(Session::next);
        let next = sessions.chain(later).min()?;
        Some(self.busy_until.map_or(next, |until| until.max(next)))
    }

    /// Does what is due.
    pub(super) fn tick(&mut self, net: &mut Net<'_>) {
        if self.is_busy(net.now).is_some() {
            return;
        }
        let now = net.now;
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        let mut at = 0;
        while at < self.sessions.len() {
            let session = &mut self.sessions[at];
            if is_due(session.pong_by) || is_due(session.connect_by) {
                self.close(net, at);
                continue;
            }
            if is_due(session.ping_at) {
                session.ping_at = None;
                session.pong_by = Some(net.now + self.handshake.ping_timeout);
                self.send(net, at, Frame::Text("2".into()));
            }
            self.tick_upgrade(net, at);
            if is_due(self.sessions[at].rooms.turn_ends()) {
                self.end_turn(net, at);
            }
            at += 1;
        }
        while let Some(due) = self.later.iter().position(|(at, _)| *at <= net.now) {
            let (_, later) = self.later.remove(due);
            self.on_later(net, later);
        }
    }

    fn tick_upgrade(&mut self, net: &mut Net<'_>, at: usize) {
        let session = &mut self.sessions[at];
        let Some(upgrade) = &mut session.upgrade else { return };
        if upgrade.until <= net.now {
            net.link.close(net.now, upgrade.pipe, End::Server);
            session.upgrade = None;
        } else if upgrade.flush_at.is_some_and(|at| at <= net.now) {
            upgrade.flush_at = None;
            if session.get.is_some() {
                session.queue.push(Frame::Text(NOOP.into()));
                self.answer_get(net, at);
            }
        }
    }

    fn position(&self, websocket: PipeId) -> Option<usize> {
        self.sessions.iter().position(|session| session.websocket == Some(websocket))
    }
}

impl Session {
    fn next(&self) -> Option<Instant> {
        let upgrade = self.upgrade.as_ref();
        let upgrade = upgrade.map(|up| up.flush_at.map_or(up.until, |at| at.min(up.until)));
        [self.ping_at, self.pong_by, self.connect_by, upgrade, self.rooms.turn_ends()]
            .into_iter()
            .flatten()
            .min()
    }
}

/// The loop's turn in which a packet is read ends before anything else arrives.
pub(super) fn turn(now: Instant) -> Turn {
    Turn { ends: now + Duration::from_micros(1), events: Vec::new(), left: [false; 3] }
}

/// The reference server's `connectTimeout`, `upgradeTimeout`, the pace at which it lets requests go
/// that are in an upgrade's way, and how long it keeps a session that may be restored.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(45);
const UPGRADE_TIMEOUT: Duration = Duration::from_secs(10);
const FLUSH_INTERVAL: Duration = Duration::from_millis(100);
const MAX_DISCONNECTION: Duration = Duration::from_secs(120);
