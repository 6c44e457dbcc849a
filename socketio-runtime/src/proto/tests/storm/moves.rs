//! Scripts as data: how the world is set up, and what happens in it.
//!
//! Must not know: what comes of it.
//!
//! Moves name things by their place, and do nothing where there is no such thing, so that any list
//! of moves is a script, and one that fails can be made shorter.

use std::time::Duration;

use super::random::Random;
use crate::codec::Parser;

/// All times in milliseconds.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(super) struct Setup {
    pub(super) seed: u64,
    /// WebSocket, long-polling, long-polling first, WebSocket first.
    pub(super) transports: u8,
    pub(super) try_all_transports: bool,
    pub(super) remember_upgrade: bool,
    pub(super) force_base64: bool,
    pub(super) msgpack: bool,
    pub(super) reconnection_attempts: Option<u32>,
    pub(super) connect_timeout: u32,
    pub(super) request_timeout: Option<u32>,
    /// Whether a namespace that the server disconnects comes back by itself.
    pub(super) comes_back: bool,
    /// Bytes that a namespace may hold back, and that may wait in all.
    pub(super) held_limit: u32,
    pub(super) send_buffer_limit: u32,
    pub(super) latency: u32,
    pub(super) jitter: u32,
    /// Frames that a WebSocket takes before the server has read them.
    pub(super) window: u32,
    /// Whether what was under way to a channel that was given up is read all the same.
    pub(super) reads_stale_input: bool,
    pub(super) ping_interval: u32,
    pub(super) ping_timeout: u32,
    pub(super) max_payload: u32,
    pub(super) offers_upgrade: bool,
    /// Whether the server restores sessions.
    pub(super) recovers: bool,
    /// Whether it gives ids that are too long to be kept.
    pub(super) has_long_ids: bool,
    /// Whether the link is healed before everybody leaves.
    pub(super) ends_well: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Move {
    Connect {
        at: u8,
    },
    Disconnect {
        at: u8,
    },
    /// The socket is dropped, and another one made for the same namespace.
    Renew {
        at: u8,
    },
    Emit {
        at: u8,
        kind: Kind,
        size: u16,
        attachments: u8,
    },
    Cancel {
        last: u8,
    },
    Forget {
        last: u8,
    },
    Retime {
        last: u8,
        timeout: u32,
    },
    Clear {
        at: u8,
    },
    Answer,
    Auth {
        mode: Auth,
    },
    /// The next commands are given before anything comes out.
    Together {
        commands: u8,
    },
    Cut {
        down: bool,
        up: bool,
    },
    Heal,
    /// All connections break, and these ends are told.
    Reset {
        client: bool,
        server: bool,
    },
    Latency {
        latency: u32,
        jitter: u32,
    },
    Broadcast {
        at: u8,
        count: u8,
        size: u16,
        asks: bool,
        attachments: u8,
    },
    ServerDisconnect {
        at: u8,
    },
    /// The server ends all sessions in good order.
    CloseAll,
    /// The server dies, and comes back at once or is gone for now.
    Die {
        comes_back: bool,
    },
    Rise,
    /// The server does nothing for a while.
    Stall {
        time: u32,
    },
    /// It has forgotten what it could restore.
    Forgetful,
    Word {
        at: u8,
        word: Word,
    },
    Answers {
        answers: Answers,
    },
    /// The client's process is suspended.
    Sleep {
        time: u32,
    },
    Pass {
        time: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Buffered {
        time_to_live: Option<u32>,
    },
    DroppedOffline,
    RejectedOffline,
    Volatile,
    /// `None`: it is waited for for ever.
    Asked {
        timeout: Option<u32>,
    },
    VolatileAsked,
    RejectedAsked,
    Retried {
        retries: u8,
        timeout: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Auth {
    Nothing,
    Something,
    Fails,
    Silent,
}

/// The server's on a CONNECT.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Word {
    Accept,
    Late(u32),
    Refuse,
    Never,
}

/// When the server answers events that ask for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Answers {
    Now,
    Late(u32),
    Twice,
    Never,
}

impl Setup {
    pub(super) fn parser(&self) -> Parser {
        match self.msgpack {
            #[cfg(feature = "msgpack")]
            true => Parser::Msgpack,
            _ => Parser::Json,
        }
    }

    pub(super) fn ping_interval(&self) -> Duration {
        millis(self.ping_interval)
    }

    pub(super) fn ping_timeout(&self) -> Duration {
        millis(self.ping_timeout)
    }

    /// A plain world, to say in a test what is different.
    pub(super) fn plain() -> Self {
        Self {
            seed: 7,
            transports: 0,
            try_all_transports: false,
            remember_upgrade: false,
            force_base64: false,
            msgpack: false,
            reconnection_attempts: None,
            connect_timeout: 20_000,
            request_timeout: None,
            comes_back: false,
            held_limit: 16 * 1024 * 1024,
            send_buffer_limit: 16 * 1024 * 1024,
            latency: 20,
            jitter: 0,
            window: 16,
            reads_stale_input: true,
            ping_interval: 25_000,
            ping_timeout: 20_000,
            max_payload: 1_000_000,
            offers_upgrade: true,
            recovers: false,
            has_long_ids: false,
            ends_well: true,
        }
    }

    pub(super) fn random(seed: u64) -> Self {
        let random = &mut Random::new(seed);
        let recovers = random.once_in(3);
        Self {
            seed,
            transports: random.of([0, 0, 1, 2, 2, 3]),
            try_all_transports: random.once_in(2),
            remember_upgrade: random.once_in(2),
            force_base64: random.once_in(8),
            msgpack: cfg!(feature = "msgpack") && random.once_in(3),
            reconnection_attempts: random.of([None, None, None, Some(3)]),
            connect_timeout: random.of([20_000, 20_000, 20_000, 3_000]),
            request_timeout: random.of([None, None, Some(100_000)]),
            comes_back: random.once_in(3),
            held_limit: random.of([16 * 1024 * 1024, 300]),
            send_buffer_limit: random.of([16 * 1024 * 1024, 16 * 1024 * 1024, 1_000]),
            latency: random.of([0, 1, 20, 150, 900]),
            jitter: random.of([0, 1, 30, 300]),
            window: random.of([1, 3, 16, 1_000]),
            reads_stale_input: random.once_in(2),
            ping_interval: random.of([25_000, 25_000, 25_000, 10_000, 60_000]),
            ping_timeout: random.of([20_000, 20_000, 5_000]),
            max_payload: random.of([1_000_000, 1_000_000, 250]),
            offers_upgrade: !random.once_in(5),
            recovers,
            has_long_ids: recovers && random.once_in(5),
            ends_well: !random.once_in(4),
        }
    }
}

/// Bursts of moves, and between them up to hours with some traffic and a fault now and then.
pub(super) fn script(seed: u64, bursts: u32) -> Vec<Move> {
    let random = &mut Random::new(seed ^ 0x0f0e_0d0c_0b0a);
    let mut moves = Vec::new();
    for _ in 0..bursts {
        for _ in 0..random.below(50) {
            moves.push(any(random));
            if random.once_in(2) {
                moves.push(Move::Pass { time: pause(random) });
            }
        }
        // Most troubles end some time.
        moves.extend([Move::Heal, Move::Rise, Move::Answers { answers: Answers::Now }]);
        if !random.once_in(4) {
            moves.push(Move::Auth { mode: Auth::Something });
        }
        for at in 0..3 {
            if !random.once_in(4) {
                moves.push(Move::Word { at, word: Word::Accept });
            }
            moves.push(Move::Connect { at });
        }
        moves.push(Move::Pass { time: random.below(60_000) });
        let quiet = random.of([1_000, 10_000, 60_000, 900_000, 3_600_000]);
        for _ in 0..random.below(10) {
            moves.extend(traffic(random));
            if random.once_in(4) {
                moves.extend(trouble(random));
            }
            moves.push(Move::Pass { time: random.below(quiet) });
        }
    }
    moves
}

fn traffic(random: &mut Random) -> [Move; 4] {
    let at = random.of([0, 1, 2]);
    let (asks, count) = (random.once_in(2), random.of([1, 2, 5]));
    [
        Move::Emit { at, kind: kind(random), size: random.of([0, 30]), attachments: 0 },
        Move::Broadcast { at, count, size: 10, asks, attachments: random.of([0, 0, 1]) },
        Move::Pass { time: pause(random).min(2_000) },
        Move::Answer,
    ]
}

/// One fault, and its end.
fn trouble(random: &mut Random) -> [Move; 4] {
    let emit = Move::Emit { at: 0, kind: kind(random), size: 20, attachments: 0 };
    let pass = Move::Pass { time: random.of([500, 10_000, 70_000]) };
    let fault = match random.below(6) {
        0 => Move::Cut { down: true, up: true },
        1 => Move::Reset { client: true, server: random.once_in(2) },
        2 => Move::Die { comes_back: true },
        3 => Move::Stall { time: random.of([1_000, 50_000]) },
        4 => Move::Sleep { time: random.of([5_000, 90_000]) },
        _ => Move::CloseAll,
    };
    [emit, fault, pass, Move::Heal]
}

fn pause(random: &mut Random) -> u32 {
    let bound = random.of([0, 10, 300, 3_000, 30_000, 120_000]);
    random.below(bound + 1)
}

fn any(random: &mut Random) -> Move {
    let at = random.of([0, 0, 1, 2]);
    match random.below(40) {
        0..=2 => Move::Connect { at },
        3 => Move::Disconnect { at },
        4 => Move::Renew { at },
        5..=12 => Move::Emit {
            at,
            kind: kind(random),
            size: random.of([0, 3, 40, 200]),
            attachments: random.of([0, 0, 0, 1, 2]),
        },
        13 => Move::Cancel { last: random.of([0, 1, 5]) },
        14 => Move::Forget { last: random.of([0, 1, 5]) },
        15 => Move::Retime { last: random.of([0, 1]), timeout: random.below(5_000) },
        16 if random.once_in(2) => Move::Clear { at },
        16 => Move::Auth {
            mode: random.of([
                Auth::Nothing,
                Auth::Something,
                Auth::Something,
                Auth::Fails,
                Auth::Silent,
            ]),
        },
        17 | 18 => Move::Answer,
        19 => Move::Together { commands: random.of([2, 3, 5]) },
        20 | 21 => {
            let (down, up) = random.of([(true, true), (true, true), (true, false), (false, true)]);
            Move::Cut { down, up }
        }
        22 | 23 => Move::Heal,
        24 => Move::Reset { client: random.once_in(2), server: random.once_in(2) },
        25 => Move::Latency {
            latency: random.of([0, 5, 80, 700, 3_000]),
            jitter: random.of([0, 20, 500]),
        },
        26..=29 => Move::Broadcast {
            at,
            count: random.of([1, 1, 3, 20]),
            size: random.of([0, 10, 300]),
            asks: random.once_in(4),
            attachments: random.of([0, 0, 0, 1, 3]),
        },
        30 => Move::ServerDisconnect { at },
        31 if random.once_in(2) => Move::CloseAll,
        31 => Move::Forgetful,
        32 => Move::Die { comes_back: !random.once_in(3) },
        33 => Move::Rise,
        34 => Move::Stall { time: random.of([100, 3_000, 30_000, 70_000]) },
        35 => Move::Sleep { time: random.of([10, 2_000, 40_000, 600_000]) },
        36 => Move::Word {
            at,
            word: random.of([
                Word::Accept,
                Word::Accept,
                Word::Late(1_500),
                Word::Late(30_000),
                Word::Refuse,
                Word::Never,
            ]),
        },
        37 => Move::Answers {
            answers: random.of([
                Answers::Now,
                Answers::Now,
                Answers::Late(900),
                Answers::Twice,
                Answers::Never,
            ]),
        },
        _ => Move::Pass { time: pause(random) },
    }
}

fn kind(random: &mut Random) -> Kind {
    match random.below(12) {
        0..=3 => Kind::Buffered { time_to_live: random.of([None, None, Some(2_000), Some(0)]) },
        4 => Kind::DroppedOffline,
        5 => Kind::RejectedOffline,
        6 => Kind::Volatile,
        7 | 8 => Kind::Asked { timeout: random.of([None, Some(0), Some(700), Some(30_000)]) },
        9 => random.of([Kind::VolatileAsked, Kind::RejectedAsked]),
        _ => Kind::Retried { retries: random.of([1, 3]), timeout: random.of([400, 5_000]) },
    }
}

pub(super) fn millis(millis: u32) -> Duration {
    Duration::from_millis(millis.into())
}
