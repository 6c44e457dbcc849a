//! The heartbeat: only the server's pings keep a connection alive.
//!
//! Must not know: the state machine's inside.

use bytes::Bytes;

use super::{
    super::{Config, Frame, Input},
    sim::{Sim, ms},
};

#[test]
fn each_ping_is_answered_and_days_pass() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/"]);
    sim.run_until(ms(100_000));
    sim.assert_wire(&["25.000 3", "50.000 3", "75.000 3", "100.000 3"]);
    sim.run_until(ms(3 * 24 * 60 * 60 * 1000));
    sim.assert_events(&[]);
}

#[test]
fn without_a_ping_the_connection_is_lost_at_the_end_of_interval_and_timeout() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_pinging = false;
    sim.run_until(ms(44_999));
    sim.assert_events(&[]);
    assert_eq!(sim.next_timeout(), Some(ms(45_000)));
    sim.run_until(ms(45_000));
    sim.assert_events(&["45.000 / disconnected: ping timeout, will reconnect"]);
    sim.assert_wire(&["45.000 abort 1"]);
    let retry = sim.next_timeout().expect("a retry");
    assert!((ms(45_500)..=ms(46_500)).contains(&retry), "{retry:?}");
}

#[test]
fn a_ping_in_the_last_millisecond_keeps_the_connection() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_pinging = false;
    sim.run_until(ms(44_999));
    sim.server_sends("2");
    sim.assert_wire(&["44.999 3"]);
    sim.run_until(ms(89_998));
    sim.assert_events(&[]);
    sim.run_until(ms(89_999));
    sim.assert_events(&["89.999 / disconnected: ping timeout, will reconnect"]);
}

#[test]
fn a_ping_with_data_is_a_ping() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_pinging = false;
    sim.run_until(ms(30_000));
    sim.server_sends("2probe");
    assert_eq!(sim.next_timeout(), Some(ms(75_000)));
}

#[test]
fn other_traffic_is_no_sign_of_life() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_pinging = false;
    for second in 1..45 {
        sim.run_until(ms(second * 1000));
        sim.server_sends(r#"42["news"]"#);
        sim.server_sends("3");
        sim.server_sends("6");
        sim.emit_with_ack(id, "ask", None);
    }
    sim.forget();
    sim.run_until(ms(45_000));
    sim.assert_events(&["45.000 / disconnected: ping timeout, will reconnect"]);
}

#[test]
fn the_first_ping_is_waited_for_from_the_handshake_on() {
    let mut sim = Sim::new(Config::default());
    sim.server.is_pinging = false;
    sim.server.dials = super::sim::Dials::Ignore;
    let id = sim.add("/");
    sim.connect(id);
    sim.run_until(ms(3000));
    sim.server_sends(sim.server.handshake);
    assert_eq!(sim.next_timeout(), Some(ms(48_000)));
}

#[test]
fn an_emit_after_a_long_sleep_waits_for_the_new_connection() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_pinging = false;
    sim.sleep(ms(45_000));
    // The timer has not fired; a frame sent now would be lost with the connection.
    sim.emit(id, "first");
    sim.emit_volatile(id, "volatile");
    sim.assert_events(&["45.000 / disconnected: ping timeout, will reconnect"]);
    sim.assert_wire(&["45.000 abort 1"]);
    sim.run_for(ms(1500));
    let wire: Vec<_> = sim.wire().iter().filter_map(|line| line.split_once(' ')).collect();
    let wire: Vec<_> = wire.into_iter().map(|(_, frame)| frame).collect();
    assert_eq!(wire, ["dial 2", "40", r#"42["first"]"#]);
}

#[test]
fn answers_are_not_waited_for_longer_because_of_a_sleep() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_answering = false;
    sim.server.is_pinging = false;
    let ack = sim.emit_with_ack(id, "asked", Some(ms(20_000)));
    // Not for so long that the connection is lost.
    sim.sleep(ms(30_000));
    sim.settle();
    sim.assert_events(&[&format!("30.000 / unanswered {}: timeout", ack.0)]);

    let sent = sim.emit_with_ack(id, "asked", Some(ms(60_000)));
    sim.sleep(ms(3_600_000));
    let held = sim.emit_with_ack(id, "asked again", Some(ms(60_000)));
    sim.assert_events(&[
        &format!("3630.000 / unanswered {}: ping timeout", sent.0),
        "3630.000 / disconnected: ping timeout, will reconnect",
    ]);
    sim.server.is_answering = true;
    sim.run_for(ms(2000));
    let answered = sim.events().last().expect("an answer");
    assert!(answered.ends_with(&format!("answered {}: [\"ok\"]", held.0)), "{answered}");
}

#[test]
fn a_ping_that_came_in_time_counts_though_it_is_read_late() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/"]);
    // The server has pinged at 25 s, and nothing was done until now.
    sim.sleep(ms(60_000));
    sim.settle();
    sim.assert_events(&[]);
    sim.assert_wire(&["60.000 3"]);
}

#[test]
fn the_answer_to_a_heartbeat_overtakes_what_waits() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.is_lazy = true;
    sim.emit_packet(id, "file", vec![Bytes::from_static(b"12345")], None, false);
    sim.emit(id, "waits");
    let channel = sim.server.channel();
    for _ in 0..2 {
        sim.input(Input::Frame { channel, frame: Frame::Text("2".into()) });
    }
    sim.is_lazy = false;
    sim.settle();
    // One answers both.
    sim.assert_wire(&["0.000 3", r#"0.000 451-["file"]"#, "0.000 5 bytes", r#"0.000 42["waits"]"#]);
}
