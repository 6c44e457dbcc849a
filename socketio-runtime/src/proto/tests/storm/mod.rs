//! Random scripts of commands, faults, server moves and time, over a network as it is: with
//! latency, jitter, cuts, resets, late and doubled deliveries.
//!
//! Must not know: the state machine's inside, but for what must be empty at the end.
//!
//! Everything is checked all the time, by what went in and came out: see `books` for events and
//! answers, `client` for the transports, `server` and `rooms` for what costs a real connection,
//! `world` for timers and memory, `play` for the end. [`sim`](super::sim) is the quiet world beside
//! this one, for scenarios with exact times.
//!
//! A few thousand simulated hours belong to each run of the tests. `SOCKETIO_SIM_HOURS=1000000`
//! with `--release` plays a million, `SOCKETIO_SIM_SEED` others than the first seeds. A script
//! that fails is made short and printed as a test: see `replays`.

mod books;
mod client;
mod counts;
mod failing;
mod link;
mod moves;
mod play;
mod random;
mod replays;
mod rooms;
mod server;
mod wire;
mod world;

use std::{
    env, panic,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use self::{
    counts::Counts,
    moves::{Move, Setup},
};

#[test]
fn whatever_happens_on_whatever_network_the_contract_is_kept() {
    let hours = env::var("SOCKETIO_SIM_HOURS").map_or(HOURS, |hours| hours.parse().expect("hours"));
    let first = env::var("SOCKETIO_SIM_SEED").map_or(0, |seed| seed.parse().expect("a number"));
    let (seeds, seconds) = (AtomicU64::new(first), AtomicU64::new(0));
    let (has_failed, sum) = (AtomicBool::new(false), Mutex::new(Counts::default()));
    let play = || {
        let mut counts = Counts::default();
        while seconds.load(Ordering::Relaxed) < hours * 3600 && !has_failed.load(Ordering::Relaxed)
        {
            let seed = seeds.fetch_add(1, Ordering::Relaxed);
            let (setup, moves) = (Setup::random(seed), moves::script(seed, BURSTS));
            let played = failing::quietly(|| {
                panic::catch_unwind(|| play::play(&setup, &moves, false).counts)
            });
            let Ok(played) = played else {
                let is_told = has_failed.swap(true, Ordering::Relaxed);
                assert!(is_told, "the seed is {seed}: {}", failing::report(&setup, &moves));
                break;
            };
            seconds.fetch_add(played.time.as_secs(), Ordering::Relaxed);
            counts += played;
        }
        *sum.lock().expect("nobody panics with it") += counts;
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(play);
        }
    });
    println!("{}", sum.lock().expect("nobody panics with it"));
}

#[test]
fn the_same_script_gives_the_same_outputs() {
    for seed in 0..20 {
        let (setup, moves) = (Setup::random(seed), moves::script(seed, 2));
        let traces = [(); 2].map(|()| play::play(&setup, &moves, true).trace.take());
        let [Some(first), Some(second)] = traces else { panic!("both are traced") };
        assert!(!first.is_empty());
        assert_eq!(first, second, "seed {seed}");
    }
}

/// Plays a script that failed once.
fn replay(setup: &Setup, moves: &[Move]) {
    play::play(setup, moves, true);
}

const HOURS: u64 = 500;
const BURSTS: u32 = 8;
