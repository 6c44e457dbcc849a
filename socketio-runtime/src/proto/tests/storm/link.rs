//! The network between the two ends: TCP connections that are slow, stall, and break.
//!
//! Must not know: what the messages say.
//!
//! Within one connection and direction the order never changes. While the link is cut, nothing
//! arrives and nobody is told; what was under way then arrives after the link is healed, as by
//! TCP's retransmission, unless its connection is reset, which loses it.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    time::{Duration, Instant},
};

use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    super::super::{ChannelId, Frame},
    random::Random,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    Client,
    Server,
}

/// One TCP connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PipeId(u64);

/// What a connection is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lane {
    WebSocket,
    Get,
    Post,
}

#[derive(Debug, Clone)]
pub(super) enum Message {
    /// Open a WebSocket, perhaps for a session that there is.
    Dial {
        session: Option<u32>,
    },
    Opened,
    Frame(Frame),
    Ping(u64),
    Pong(u64),
    /// The WebSocket's closing handshake.
    Close,
    Get {
        session: Option<u32>,
    },
    /// The beginning of an answer.
    Part(Utf8Bytes),
    /// An answer's end.
    Polled(Utf8Bytes),
    Post {
        session: u32,
        body: Utf8Bytes,
    },
    Posted,
    /// The request is refused.
    Status(u16),
    /// The connection is closed or broken, and this end is told.
    Gone,
}

/// Something under way.
#[derive(Debug)]
pub(super) struct Parcel {
    at: Instant,
    number: u64,
    pub(super) to: End,
    pub(super) pipe: PipeId,
    pub(super) channel: ChannelId,
    pub(super) lane: Lane,
    pub(super) message: Message,
}

#[derive(Debug)]
struct Pipe {
    id: PipeId,
    channel: ChannelId,
    lane: Lane,
    /// When the last message arrives at each end.
    last: [Instant; 2],
    is_closed: [bool; 2],
    /// It was reset, and one end may not know.
    is_broken: bool,
    /// Messages for the server that have not arrived.
    under_way: usize,
}

#[derive(Debug)]
pub(super) struct Link {
    pub(super) latency: Duration,
    pub(super) jitter: Duration,
    random: Random,
    is_cut: [bool; 2],
    pipes: Vec<Pipe>,
    due: BinaryHeap<Reverse<Parcel>>,
    stalled: [VecDeque<Parcel>; 2],
    numbers: u64,
}

impl Link {
    pub(super) fn new(seed: u64, latency: Duration, jitter: Duration) -> Self {
        Self {
            latency,
            jitter,
            random: Random::new(seed),
            is_cut: [false; 2],
            pipes: Vec::new(),
            due: BinaryHeap::new(),
            stalled: [VecDeque::new(), VecDeque::new()],
            numbers: 0,
        }
    }

    pub(super) fn open(&mut self, now: Instant, channel: ChannelId, lane: Lane) -> PipeId {
        self.numbers += 1;
        let id = PipeId(self.numbers);
        let (last, is_closed) = ([now; 2], [false; 2]);
        let pipe = Pipe { id, channel, lane, last, is_closed, is_broken: false, under_way: 0 };
        self.pipes.push(pipe);
        id
    }

    pub(super) fn send(&mut self, now: Instant, id: PipeId, to: End, message: Message) {
        let Some(pipe) = self.pipes.iter().position(|pipe| pipe.id == id) else { return };
        if self.pipes[pipe].is_broken {
            // Whoever sends on it learns that it is gone.
            return self.push(now + self.latency, pipe, to.other(), Message::Gone);
        }
        if to == End::Server {
            self.pipes[pipe].under_way += 1;
        }
        let at = now + self.delay();
        self.push(at, pipe, to, message);
    }

    /// One end closes the connection, and the other one will be told.
    pub(super) fn close(&mut self, now: Instant, id: PipeId, by: End) {
        let Some(at) = self.pipes.iter().position(|pipe| pipe.id == id) else { return };
        let pipe = &mut self.pipes[at];
        pipe.is_closed[by.index()] = true;
        if pipe.is_closed == [true; 2] || pipe.is_broken {
            self.pipes.remove(at);
        } else {
            let due = now + self.delay();
            self.push(due, at, by.other(), Message::Gone);
        }
    }

    /// One end has learnt that the connection is gone.
    pub(super) fn on_gone(&mut self, id: PipeId, end: End) {
        let Some(at) = self.pipes.iter().position(|pipe| pipe.id == id) else { return };
        self.pipes[at].is_closed[end.index()] = true;
        if self.pipes[at].is_closed == [true; 2] {
            self.pipes.remove(at);
        }
    }

    /// Nothing arrives at these ends any more.
    pub(super) fn cut(&mut self, ends: [bool; 2]) {
        for end in [End::Client, End::Server] {
            if !ends[end.index()] || self.is_cut[end.index()] {
                continue;
            }
            self.is_cut[end.index()] = true;
            let (mut stalled, due): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.due).into_iter().partition(|parcel| parcel.0.to == end);
            // In the order in which they were sent: what was deferred is not behind what came later.
            stalled.sort_by_key(|parcel| parcel.0.number);
            self.stalled[end.index()].extend(stalled.into_iter().map(|parcel| parcel.0));
            self.due = due.into();
        }
    }

    /// What stalled arrives after all.
    pub(super) fn heal(&mut self, now: Instant) {
        for end in [End::Client, End::Server] {
            self.is_cut[end.index()] = false;
            for parcel in std::mem::take(&mut self.stalled[end.index()]) {
                let at = now + self.delay();
                self.put(at, parcel);
            }
        }
    }

    /// All connections break; what is under way is lost. Some ends are told at once, others when
    /// they send.
    pub(super) fn reset(&mut self, now: Instant, told: [bool; 2]) {
        self.due.clear();
        self.stalled = [VecDeque::new(), VecDeque::new()];
        for at in 0..self.pipes.len() {
            self.pipes[at].is_broken = true;
            self.pipes[at].under_way = 0;
            for end in [End::Client, End::Server] {
                if told[end.index()] && !self.pipes[at].is_closed[end.index()] {
                    self.push(now + self.latency, at, end, Message::Gone);
                }
            }
        }
    }

    pub(super) fn pop(&mut self, now: Instant) -> Option<Parcel> {
        if self.due.peek().is_none_or(|parcel| parcel.0.at > now) {
            return None;
        }
        let parcel = self.due.pop()?.0;
        if parcel.to == End::Server {
            if let Some(pipe) = self.pipes.iter_mut().find(|pipe| pipe.id == parcel.pipe) {
                pipe.under_way = pipe.under_way.saturating_sub(1);
            }
        }
        Some(parcel)
    }

    /// It is not looked at before this time.
    pub(super) fn defer(&mut self, until: Instant, parcel: Parcel) {
        if let Some(pipe) = self.pipes.iter_mut().find(|pipe| pipe.id == parcel.pipe) {
            pipe.under_way += usize::from(parcel.to == End::Server);
        }
        self.due.push(Reverse(Parcel { at: until, ..parcel }));
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.due.peek().map(|parcel| parcel.0.at)
    }

    /// How many messages have not arrived at the server.
    pub(super) fn under_way(&self, id: PipeId) -> usize {
        self.pipes.iter().find(|pipe| pipe.id == id).map_or(0, |pipe| pipe.under_way)
    }

    pub(super) fn is_open(&self, id: PipeId) -> bool {
        self.pipes.iter().any(|pipe| pipe.id == id)
    }

    fn push(&mut self, at: Instant, pipe: usize, to: End, message: Message) {
        self.numbers += 1;
        let Pipe { id, channel, lane, .. } = self.pipes[pipe];
        let parcel = Parcel { at, number: self.numbers, to, pipe: id, channel, lane, message };
        if self.is_cut[to.index()] {
            self.stalled[to.index()].push_back(parcel);
        } else {
            self.put(at, parcel);
        }
    }

    /// Never before what was sent before.
    fn put(&mut self, mut at: Instant, parcel: Parcel) {
        if let Some(pipe) = self.pipes.iter_mut().find(|pipe| pipe.id == parcel.pipe) {
            let last = &mut pipe.last[parcel.to.index()];
            at = at.max(*last);
            *last = at;
        }
        self.due.push(Reverse(Parcel { at, ..parcel }));
    }

    fn delay(&mut self) -> Duration {
        // A round trip takes longer than a turn of the server's loop.
        SHORTEST + self.latency + self.random.time_below(self.jitter)
    }
}

impl End {
    pub(super) fn index(self) -> usize {
        match self {
            Self::Client => 0,
            Self::Server => 1,
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

impl PartialEq for Parcel {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Parcel {}

impl PartialOrd for Parcel {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Parcel {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

const SHORTEST: Duration = Duration::from_micros(2);
