//! A virtual world for the state machine: a clock that jumps, and an honest server without I/O
//! that can be told to misbehave.
//!
//! Must not know: the state machine's inside; only its contract.
//!
//! The server is strict: what makes a real one close the whole connection (an event or a second
//! CONNECT before its word, a frame on a channel that is gone) fails the test. So does an answer
//! that is settled twice. A failing test prints everything that happened.
//!
//! Everything arrives at once here, so that a scenario can name exact times. The other world, with a
//! network between the two ends, is [`storm`](super::storm).
mod commands;
mod long_polling;
mod server;
mod tell;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use super::super::{AckId, AckToken, Arity, AuthRequest, Config, Manager, NamespaceId};

use self::server::Server;
pub(super) use self::{
    long_polling::Probes,
    server::{Dials, Word},
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
}

impl Drop for Sim {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let tail = self.trace.len().saturating_sub(200);
            println!("what happened:\n{}", self.trace[tail..].join("\n"));
        }
    }
}
