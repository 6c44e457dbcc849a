//! What holds whatever happens: random scripts of commands, faults and time.
//!
//! Must not know: the state machine's inside, but for what must be empty at the end.
//!
//! The world ([`Sim`](super::sim::Sim)) fails a script in which an answer is settled twice, an
//! event comes before its namespace was accepted, the server gets an event or a second CONNECT
//! before its word, two connections are open at once, or a timer stays in the past. Here it is
//! added that nothing is left at the end, and that the same seed tells the same story.

use std::{
    panic,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;

use super::{
    super::{
        AckId, ChannelId, Config, DEFAULT_CONNECT_TIMEOUT, EmitPolicy, Frame, Input, NamespaceId,
        OfflinePolicy, RetryPolicy,
    },
    sim::{Auth, Dials, Probes, Sim, Word, ms},
};
use crate::{
    codec::Transport,
    error::{RetryDecision, TransportError},
};

#[test]
fn whatever_happens_the_contract_is_kept_and_nothing_is_left() {
    for seed in 0..SEEDS {
        if let Err(panic) = panic::catch_unwind(|| Script::new(seed).run()) {
            println!("the seed is {seed}");
            panic::resume_unwind(panic);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_outputs() {
    for seed in 0..SEEDS / 10 {
        assert_eq!(Script::new(seed).run(), Script::new(seed).run(), "seed {seed}");
    }
}

const SEEDS: u64 = 3000;
const MOVES: usize = 60;
const TRANSPORTS: [&[Transport]; 4] = [
    &[Transport::WebSocket],
    &[Transport::Polling],
    &[Transport::Polling, Transport::WebSocket],
    &[Transport::WebSocket, Transport::Polling],
];
const HANDSHAKES: [&str; 2] = [
    r#"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#,
    r#"0{"sid":"s","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":60}"#,
];
const PATHS: [&str; 3] = ["/", "/a", "/b"];

struct Script {
    sim: Sim,
    random: u64,
    /// The socket that each path has; those before it were removed.
    sockets: [NamespaceId; PATHS.len()],
    /// Emits with ack that were made, settled or not.
    asked: Vec<(NamespaceId, AckId)>,
}

impl Script {
    fn new(seed: u64) -> Self {
        let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let config = Config {
            reconnection: below(&mut random, 8) != 0,
            reconnection_attempts: [None, Some(0), Some(2)][below(&mut random, 3)],
            transports: TRANSPORTS[below(&mut random, 4)].to_vec(),
            try_all_transports: below(&mut random, 2) == 0,
            remember_upgrade: below(&mut random, 2) == 0,
            force_base64: below(&mut random, 4) == 0,
            connect_timeout: [DEFAULT_CONNECT_TIMEOUT, ms(0), ms(300)]
                [below(&mut random, 5).saturating_sub(2)],
            request_timeout: [None, Some(ms(10_000))][below(&mut random, 2)],
            retry_policy: (below(&mut random, 2) == 0).then(|| whim(seed)),
            ..Config::default()
        };
        let mut sim = Sim::with_seed(config, seed);
        sim.server.handshake = HANDSHAKES[below(&mut random, 2)];
        let sockets = PATHS.map(|path| sim.add(path));
        Self { sim, random, sockets, asked: Vec::new() }
    }

    fn run(mut self) -> Vec<String> {
        for _ in 0..MOVES {
            match self.below(10) {
                0..=3 => self.commands(),
                4..=5 => self.server_moves(),
                6 => self.network_moves(),
                7 => self.faults(),
                _ => self.time_passes(),
            }
        }
        self.end();
        self.sim.trace().to_vec()
    }

    /// One command, or several before anything comes out.
    fn commands(&mut self) {
        self.sim.is_lazy = self.below(3) == 0;
        for _ in 0..=self.below(3) {
            self.command();
        }
        self.sim.is_lazy = false;
        self.sim.settle();
    }

    fn command(&mut self) {
        let at = self.below(PATHS.len());
        let id = self.sockets[at];
        match self.below(20) {
            0..=4 => self.sim.connect(id),
            5 => self.sim.disconnect(id),
            6 => {
                self.sim.remove(id);
                self.sockets[at] = self.sim.add(PATHS[at]);
            }
            7 => {
                let policy = self.policy();
                self.sim.emit_as(id, "event", policy);
            }
            8 => self.sim.emit_volatile(id, "volatile"),
            9 | 10 => {
                let timeout = [None, Some(ms(0)), Some(ms(700)), Some(ms(30_000))][self.below(4)];
                let policy = self.policy();
                let ack = self.sim.emit_with_ack_as(id, "asked", timeout, policy);
                self.asked.push((id, ack));
                if self.below(4) == 0 {
                    self.sim.set_ack_timeout(id, ack, ms(1500));
                }
            }
            11 => {
                let ack = self.sim.new_ack();
                let ack = Some((ack, Some(ms(1000))));
                self.sim.emit_packet(id, "volatile", Vec::new(), ack, true);
            }
            12 => {
                if let Some(token) = self.sim.tokens.pop() {
                    self.sim.answer(id, &token);
                }
            }
            13 | 14 => {
                let retries = [1, 2, 9][self.below(3)];
                let ack = self.sim.emit_retried(id, "retried", retries);
                self.asked.push((id, ack));
            }
            15 if !self.asked.is_empty() => {
                let at = self.below(self.asked.len());
                let (id, ack) = self.asked.swap_remove(at);
                if self.below(2) == 0 {
                    self.sim.cancel(id, ack);
                } else {
                    self.sim.forget_ack(id, ack);
                }
            }
            16 => {
                let is_empty = self.sim.buffered(id).is_empty();
                assert_eq!(self.sim.clear_buffered(id) == 0, is_empty);
            }
            17 => {
                let count = 1 + self.below(2);
                let attachments = vec![Bytes::from_static(&[7; 30]); count];
                let ack = (self.below(2) == 0).then(|| (self.sim.new_ack(), Some(ms(1000))));
                let is_volatile = self.below(4) == 0;
                self.sim.emit_packet(id, "binary", attachments, ack, is_volatile);
            }
            _ => {
                if let Some(question) = self.sim.questions.pop() {
                    let payload = if self.below(2) == 0 { Ok(Some("{}")) } else { Err("no") };
                    self.sim.authenticate(question, payload);
                }
            }
        }
    }

    fn policy(&mut self) -> EmitPolicy {
        use OfflinePolicy::{Buffer, Drop, Reject};
        EmitPolicy {
            is_volatile: false,
            offline: [Buffer, Buffer, Drop, Reject][self.below(4)],
            time_to_live: [Duration::MAX, ms(0), ms(500), ms(30_000)][self.below(4)].into(),
            retries: [0, 0, 1][self.below(3)],
        }
    }

    /// What an honest server does, and what a broken one says.
    fn server_moves(&mut self) {
        let path = PATHS[self.below(PATHS.len())];
        let (joined, asked) = (self.sim.server.has_joined(path), self.sim.server.is_asked(path));
        let prefix = crate::codec::prefix(path);
        match self.below(11) {
            0..=1 if asked => self.sim.server_accepts(path),
            2 if asked => self.sim.server_refuses(path, "{}"),
            0 if joined || asked => self.sim.server_disconnects(path),
            3..=4 if joined || asked => {
                let ack = ["", "5"][self.below(2)];
                self.sim.server_sends(&format!("42{prefix}{ack}[\"news\"]"));
            }
            5 if joined => {
                self.sim.server_sends(&format!("452-{prefix}[\"file\"]"));
                for _ in 0..self.below(4) {
                    self.sim.server_sends_binary(b"data");
                }
            }
            6 => {
                let id = self.below(20);
                self.sim.server_sends(&format!("43{prefix}{id}[]"));
            }
            7 if joined => self.sim.server_sends(&format!("40{prefix}{{\"sid\":\"again\"}}")),
            8 => {
                let packet = ["", "x", "49", "42", "40[", "2", "6"][self.below(7)];
                self.sim.server_sends(packet);
            }
            _ => {}
        }
    }

    fn network_moves(&mut self) {
        match self.below(8) {
            0 => self.sim.drop_connection(),
            1 if self.sim.server.is_connected() => {
                let channel = self.sim.server.channel();
                let writable = self.below(2) == 0;
                self.sim.input(Input::Writable { channel, writable });
            }
            2 => {
                self.sim.server.answer_post();
                self.sim.settle();
            }
            3 if self.sim.server.is_connected() => {
                let current = usize::try_from(self.sim.server.channel().0).expect("few");
                let former = u64::try_from(self.below(current)).expect("few");
                self.stale_input(ChannelId(former));
            }
            4 => {
                self.sim.server.fail_post();
                self.sim.settle();
            }
            5 => {
                let garbage =
                    ["x", "b!", "40[", "", "6", "2", "3", "430[]", "bAQID", "451-[\"f\"]"];
                let count = 1 + self.below(4);
                let packets: Vec<_> = (0..count).map(|_| garbage[self.below(10)]).collect();
                self.sim.server.send_together(&packets);
                self.sim.settle();
            }
            6 => {
                // What was withheld comes after all, or nobody asked for it.
                if let Some(channel) = self.sim.server.channel {
                    let number = self.sim.server.ping.saturating_sub(self.below(2) as u64);
                    self.sim.input(Input::Ponged { channel, number });
                }
            }
            _ => {}
        }
    }

    fn stale_input(&mut self, channel: ChannelId) {
        let error = TransportError::Closed { code: None };
        let input = match self.below(6) {
            0 => Input::Opened { channel },
            1 => Input::Polled { channel, result: Ok("0{}".into()) },
            2 => Input::Posted { channel, result: Err(error) },
            3 => Input::Frame { channel, frame: Frame::Text("x".into()) },
            4 => Input::Failed { channel, error },
            _ => Input::Closed { channel, code: None },
        };
        self.sim.input(input);
    }

    fn faults(&mut self) {
        let is_good = self.below(3) != 0;
        let polling = &mut self.sim.server.long_polling;
        match below(&mut self.random, 12) {
            6 if is_good => polling.gets = Dials::Accept,
            6 => polling.gets = [Dials::Fail, Dials::Ignore][below(&mut self.random, 2)],
            7 if is_good => polling.upgrades = Probes::Answer,
            7 => {
                let probes = [Probes::AnswerWrongly, Probes::Ignore, Probes::Fail];
                polling.upgrades = probes[below(&mut self.random, 3)];
            }
            8 => polling.answers_posts = is_good,
            9 => polling.is_idling = !is_good,
            10 => self.sim.server.is_ponging = is_good,
            0 if is_good => self.sim.server.dials = Dials::Accept,
            0 => self.sim.server.dials = [Dials::Fail, Dials::Ignore][self.below(2)],
            1 => self.sim.server.is_pinging = is_good,
            2 => self.sim.server.is_closing = is_good,
            3 => self.sim.server.is_answering = is_good,
            4 if is_good => self.sim.auth = Auth::Nothing,
            4 => self.sim.auth = [Auth::Fails, Auth::Silent, Auth::Counting(0)][self.below(3)],
            _ => {
                let words = [Word::Accept, Word::Later, Word::Refuse("{}")];
                let (path, word) = (PATHS[self.below(PATHS.len())], words[self.below(3)]);
                self.sim.server.words.insert(path, word);
            }
        }
    }

    fn time_passes(&mut self) {
        let time = [ms(0), ms(1), ms(600), ms(3000), ms(21_000), ms(50_000)][self.below(6)];
        if self.below(4) == 0 {
            self.sim.sleep(time);
        } else {
            self.sim.run_for(time);
        }
    }

    /// After the last handle is gone and the server has had its time, nothing is left.
    fn end(&mut self) {
        for id in self.sockets {
            self.sim.remove(id);
        }
        assert_eq!(self.sim.pending_acks(), 0, "every emit has had its answer");
        self.sim.run_for(ms(5000));
        self.sim.assert_nothing_left();
        let manager = &self.sim.manager;
        assert!(manager.namespaces.is_empty());
        self.sim.forget();
        self.sim.run_for(ms(1_000_000));
        self.sim.assert_events(&[]);
        self.sim.assert_wire(&[]);
    }

    fn below(&mut self, bound: usize) -> usize {
        below(&mut self.random, bound)
    }
}

/// A policy that says now this, now that.
fn whim(seed: u64) -> RetryPolicy {
    let random = Mutex::new(seed);
    let decisions = [RetryDecision::Default, RetryDecision::Retry, RetryDecision::GiveUp];
    RetryPolicy(Arc::new(move |_| decisions[below(&mut random.lock().expect("no panic"), 3)]))
}

/// By a linear congruential generator (Knuth's MMIX).
fn below(random: &mut u64, bound: usize) -> usize {
    *random =
        random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*random >> 33).expect("31 bits") % bound
}
