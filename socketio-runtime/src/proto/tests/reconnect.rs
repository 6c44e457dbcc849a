//! Reconnection: delays, limits, and who ends it.
//!
//! Must not know: the state machine's inside.

use std::time::Duration;

use super::{
    super::Config,
    sim::{Dials, Sim, Word, ms},
};

fn limited(attempts: u32) -> Config {
    Config { reconnection_attempts: Some(attempts), ..Config::default() }
}

/// Times at which something that ends so was sent or told.
fn times(lines: &[String], what: &str) -> Vec<f64> {
    let lines = lines.iter().filter(|line| line.contains(what));
    lines
        .map(|line| {
            line.split(' ')
                .next()
                .and_then(|at| at.parse().ok())
                .expect("a line begins with its time")
        })
        .collect()
}

#[test]
fn fifty_failed_dials_are_each_delayed_within_their_band() {
    for seed in 0..20 {
        let mut sim = Sim::with_seed(Config::default(), seed);
        sim.server.dials = Dials::Fail;
        let id = sim.add("/");
        sim.connect(id);
        sim.run_until(ms(1_000_000));
        let dials = times(sim.wire(), "dial");
        assert!(dials.len() > 50, "seed {seed}: {} dials", dials.len());
        for (retry, pair) in dials.windows(2).take(50).enumerate() {
            let (low, high) = match retry {
                0 => (0.5, 1.5),
                1 => (1.0, 3.0),
                2 => (2.0, 5.0),
                _ => (2.5, 5.0),
            };
            let delay = pair[1] - pair[0];
            assert!((low - 0.002..=high + 0.002).contains(&delay), "seed {seed}, {retry}: {delay}");
        }
    }
}

#[test]
fn a_failed_dial_is_told_and_tried_again() {
    let config = Config { randomization_factor: 0.0, ..Config::default() };
    let mut sim = Sim::new(config);
    sim.server.dials = Dials::Fail;
    let id = sim.add("/");
    sim.connect(id);
    sim.run_until(ms(2999));
    sim.server.dials = Dials::Accept;
    sim.run_until(ms(3000));
    sim.assert_events(&[
        "0.000 / connect error: the server closed the connection, will retry",
        "1.000 / attempt 1",
        "1.000 / connect error: the server closed the connection, will retry",
        "3.000 / attempt 2",
        "3.000 / connected by attempt 2",
    ]);
    sim.assert_wire(&["0.000 dial 1", "1.000 dial 2", "3.000 dial 3", "3.000 40"]);
}

#[test]
fn an_open_that_takes_too_long_is_a_failed_attempt() {
    let mut sim = Sim::new(Config { randomization_factor: 0.0, ..Config::default() });
    sim.server.dials = Dials::Ignore;
    let id = sim.add("/");
    sim.connect(id);
    sim.run_until(ms(21_000));
    sim.assert_events(&[
        "20.000 / connect error: the connection did not open within 20s, will retry",
        "21.000 / attempt 1",
    ]);
    sim.assert_wire(&["0.000 dial 1", "20.000 abort 1", "21.000 dial 2"]);
}

#[test]
fn as_many_attempts_are_made_as_are_allowed_and_then_nothing_is_left() {
    let config = Config { randomization_factor: 0.0, ..limited(3) };
    let mut sim = Sim::new(config);
    sim.server.dials = Dials::Fail;
    let id = sim.add("/");
    sim.connect(id);
    sim.run_until(ms(60_000));
    sim.assert_events(&[
        "0.000 / connect error: the server closed the connection, will retry",
        "1.000 / attempt 1",
        "1.000 / connect error: the server closed the connection, will retry",
        "3.000 / attempt 2",
        "3.000 / connect error: the server closed the connection, will retry",
        "7.000 / attempt 3",
        "7.000 / connect error: the server closed the connection",
        "7.000 / reconnect failed",
    ]);
    sim.assert_nothing_left();
    sim.forget();

    // A new connect() starts from the beginning.
    sim.connect(id);
    sim.run_until(ms(120_000));
    assert_eq!(times(sim.wire(), "dial"), [60.0, 61.0, 63.0, 67.0]);
    assert_eq!(times(sim.events(), "attempt"), [61.0, 63.0, 67.0]);
    assert_eq!(times(sim.events(), "reconnect failed"), [67.0]);
    sim.assert_nothing_left();
}

#[test]
fn no_attempt_allowed_means_one_dial() {
    let mut sim = Sim::new(limited(0));
    sim.server.dials = Dials::Fail;
    let id = sim.add("/");
    sim.connect(id);
    sim.assert_events(&[
        "0.000 / connect error: the server closed the connection",
        "0.000 / reconnect failed",
    ]);
    sim.assert_nothing_left();
}

#[test]
fn a_lost_connection_says_truly_whether_it_is_reconnected() {
    let (mut sim, [id]) = Sim::connected(limited(0), ["/"]);
    sim.emit(id, "x");
    sim.forget();
    sim.drop_connection();
    sim.assert_events(&[
        "0.000 / disconnected: transport close (code 1006)",
        "0.000 / reconnect failed",
    ]);
    sim.assert_nothing_left();
}

#[test]
fn with_reconnection_off_the_first_failure_is_the_last() {
    let config = Config { reconnection: false, ..Config::default() };
    let mut sim = Sim::new(config.clone());
    sim.server.dials = Dials::Fail;
    let id = sim.add("/");
    sim.connect(id);
    sim.assert_events(&["0.000 / connect error: the server closed the connection"]);
    sim.assert_nothing_left();

    let (mut sim, _) = Sim::connected(config, ["/"]);
    sim.drop_connection();
    sim.assert_events(&["0.000 / disconnected: transport close (code 1006)"]);
    sim.assert_nothing_left();
}

#[test]
fn disconnect_ends_the_attempts() {
    let mut sim = Sim::new(Config::default());
    sim.server.dials = Dials::Fail;
    let id = sim.add("/");
    sim.connect(id);
    sim.run_until(ms(10_000));
    sim.disconnect(id);
    sim.assert_nothing_left();
    sim.forget();
    sim.run_until(ms(60_000));
    sim.assert_events(&[]);
    sim.assert_wire(&[]);

    sim.server.dials = Dials::Accept;
    sim.connect(id);
    sim.assert_events(&["60.000 / connected"]);
}

#[test]
fn connect_after_disconnect_begins_with_short_delays() {
    let mut sim = Sim::new(Config { randomization_factor: 0.0, ..Config::default() });
    sim.server.dials = Dials::Fail;
    let id = sim.add("/");
    sim.connect(id);
    sim.run_until(ms(20_000));
    sim.disconnect(id);
    sim.forget();
    sim.connect(id);
    sim.run_until(ms(27_000));
    assert_eq!(times(sim.wire(), "dial"), [20.0, 21.0, 23.0, 27.0]);
}

#[test]
fn disconnect_ends_a_dial_under_way() {
    let mut sim = Sim::new(Config::default());
    sim.server.dials = Dials::Ignore;
    let id = sim.add("/");
    sim.connect(id);
    sim.disconnect(id);
    sim.assert_wire(&["0.000 dial 1", "0.000 abort 1"]);
    sim.assert_nothing_left();
}

#[test]
fn one_namespace_leaving_does_not_end_the_attempts_of_another() {
    let (mut sim, [first, second]) = Sim::connected(Config::default(), ["/a", "/b"]);
    sim.drop_connection();
    sim.disconnect(first);
    sim.forget();
    sim.run_for(ms(1500));
    assert!(sim.server.has_joined("/b") && !sim.server.has_joined("/a"));
    assert!(sim.events().iter().all(|line| line.contains("/b")), "{:?}", sim.events());
    sim.disconnect(second);
    sim.assert_nothing_left();
}

#[test]
fn a_namespace_that_joins_the_attempts_does_not_hasten_or_prolong_them() {
    let mut sim = Sim::new(Config { randomization_factor: 0.0, ..limited(2) });
    sim.server.dials = Dials::Fail;
    let first = sim.add("/a");
    let second = sim.add("/b");
    sim.connect(first);
    sim.run_until(ms(500));
    sim.connect(second);
    sim.run_until(ms(60_000));
    assert_eq!(times(sim.wire(), "dial"), [0.0, 1.0, 3.0]);
    assert_eq!(times(sim.events(), "/b reconnect failed"), [3.0]);
    sim.assert_nothing_left();
}

#[test]
fn a_server_that_never_accepts_the_namespace_is_not_dialled_ever_faster() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/"]);
    sim.server.words.insert("/", Word::Later);
    sim.forget();
    sim.drop_connection();
    let mut delays = Vec::new();
    for _ in 0..8 {
        sim.forget();
        let lost = sim.elapsed();
        while !sim.server.is_asked("/") {
            let next = sim.next_timeout().expect("a retry");
            sim.run_until(next);
        }
        delays.push(sim.elapsed().saturating_sub(lost));
        // Open, and gone before its word.
        sim.drop_connection();
    }
    assert!(delays[0] <= ms(1500), "{delays:?}");
    assert!(delays[3..].iter().all(|delay| *delay >= ms(2500)), "{delays:?}");
}

#[test]
fn such_a_server_uses_up_the_attempts() {
    let mut sim = Sim::new(Config { randomization_factor: 0.0, ..limited(2) });
    sim.server.words.insert("/", Word::Later);
    let id = sim.add("/");
    sim.connect(id);
    for _ in 0..3 {
        sim.drop_connection();
        sim.run_for(ms(2000));
    }
    sim.assert_events(&[
        "0.000 / connect error: disconnected before the namespace was accepted: transport close (code 1006), will retry",
        "1.000 / attempt 1",
        "2.000 / connect error: disconnected before the namespace was accepted: transport close (code 1006), will retry",
        "4.000 / attempt 2",
        "4.000 / connect error: disconnected before the namespace was accepted: transport close (code 1006)",
        "4.000 / reconnect failed",
    ]);
    sim.assert_nothing_left();
}

#[test]
fn delays_begin_anew_once_a_namespace_was_accepted() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/"]);
    for _ in 0..10 {
        sim.run_for(ms(10_000));
        sim.forget();
        sim.drop_connection();
        sim.run_for(ms(1500));
        assert_eq!(times(sim.events(), "connected by attempt 1").len(), 1, "{:?}", sim.events());
    }
}

#[test]
fn times_beyond_the_end_of_time_are_no_danger() {
    let config = Config {
        reconnection_delay: Duration::MAX,
        reconnection_delay_max: Duration::MAX,
        open_timeout: Duration::MAX,
        connect_timeout: Duration::MAX,
        close_timeout: Duration::MAX,
        ..Config::default()
    };
    let (mut sim, [id]) = Sim::connected(config.clone(), ["/"]);
    sim.emit_with_ack(id, "x", Some(Duration::MAX));
    sim.drop_connection();
    sim.run_for(ms(10_000_000));
    sim.disconnect(id);
    sim.assert_nothing_left();

    let mut sim = Sim::new(config);
    sim.server.is_closing = false;
    let id = sim.add("/");
    sim.connect(id);
    sim.disconnect(id);
}
