//! Answers: each is settled once, whatever happens.
//!
//! Must not know: the state machine's inside.

use std::time::{Duration, Instant};

use super::{
    super::{AckId, Config, Frame, Input},
    sim::{Sim, ms},
};

fn silent() -> (Sim, super::super::NamespaceId) {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_answering = false;
    (sim, id)
}

#[test]
fn an_answer_settles_its_emit() {
    let (mut sim, id) = silent();
    sim.emit_with_ack(id, "a", Some(ms(5000)));
    sim.emit_with_ack(id, "b", Some(ms(5000)));
    sim.run_until(ms(1000));
    sim.server_sends(r#"432["second"]"#);
    sim.server_sends("431[]");
    sim.assert_events(&[r#"1.000 / answered 2: ["second"]"#, "1.000 / answered 1: []"]);
    assert_eq!(sim.next_timeout(), Some(ms(45_000)), "no timer of theirs is left");
}

#[test]
fn an_emit_without_an_answer_times_out_at_its_time() {
    let (mut sim, id) = silent();
    sim.run_until(ms(300));
    sim.emit_with_ack(id, "b", Some(ms(5000)));
    sim.emit_with_ack(id, "a", Some(ms(2000)));
    sim.emit_with_ack(id, "for ever", None);
    assert_eq!(sim.next_timeout(), Some(ms(2300)));
    sim.run_until(ms(2299));
    sim.assert_events(&[]);
    sim.run_until(ms(40_000));
    sim.assert_events(&["2.300 / unanswered 2: timeout", "5.300 / unanswered 1: timeout"]);
    assert_eq!(sim.pending_acks(), 1);
}

#[test]
fn a_changed_timeout_counts_from_the_emit() {
    let (mut sim, id) = silent();
    let shorter = sim.emit_with_ack(id, "a", Some(ms(10_000)));
    let longer = sim.emit_with_ack(id, "b", Some(ms(3000)));
    let sooner = sim.emit_with_ack(id, "c", None);
    sim.run_until(ms(2000));
    sim.set_ack_timeout(id, shorter, ms(4000));
    sim.set_ack_timeout(id, longer, ms(6000));
    // Its time has passed already.
    sim.set_ack_timeout(id, sooner, ms(500));
    sim.run_until(ms(20_000));
    sim.assert_events(&[
        "2.000 / unanswered 3: timeout",
        "4.000 / unanswered 1: timeout",
        "6.000 / unanswered 2: timeout",
    ]);
    sim.set_ack_timeout(id, shorter, ms(30_000));
    assert_eq!(sim.next_timeout(), Some(ms(45_000)), "what is settled gets no timer");
}

#[test]
fn late_doubled_and_unknown_answers_are_nobodys() {
    let (mut sim, id) = silent();
    sim.emit_with_ack(id, "a", Some(ms(1000)));
    sim.emit_with_ack(id, "b", None);
    sim.run_until(ms(1000));
    sim.forget();
    sim.server_sends(r#"431["late"]"#);
    sim.server_sends(r#"432["ok"]"#);
    sim.server_sends(r#"432["doubled"]"#);
    sim.server_sends(r#"43999["unknown"]"#);
    sim.server_sends(r#"43/other,2["elsewhere"]"#);
    sim.server_sends(r#"43["without an id"]"#);
    sim.assert_events(&[r#"1.000 / answered 2: ["ok"]"#]);
}

#[test]
fn what_was_not_sent_has_no_answer() {
    let mut sim = Sim::new(Config::default());
    sim.server.words.insert("/", super::sim::Word::Later);
    let id = sim.add("/");
    sim.connect(id);
    sim.emit_with_ack(id, "a", None);
    sim.server_sends(r#"431["premature"]"#);
    sim.assert_events(&[]);
    sim.server_accepts("/");
    sim.assert_events(&["0.000 / connected", r#"0.000 / answered 1: ["ok"]"#]);
}

#[test]
fn answer_and_timeout_at_the_same_instant_settle_once() {
    let (mut sim, id) = silent();
    // Whichever comes first; the world fails a test that sees both.
    sim.emit_with_ack(id, "a", Some(ms(1000)));
    sim.sleep(ms(1000));
    sim.server_sends(r#"431["in time"]"#);
    sim.assert_events(&[r#"1.000 / answered 1: ["in time"]"#]);

    sim.emit_with_ack(id, "b", Some(ms(1000)));
    sim.run_until(ms(2000));
    sim.server_sends(r#"432["too late"]"#);
    sim.assert_events(&["2.000 / unanswered 2: timeout"]);
}

#[test]
fn a_lost_connection_fails_what_was_sent_and_keeps_what_was_held_back() {
    let (mut sim, id) = silent();
    sim.emit_with_ack(id, "sent", Some(ms(60_000)));
    sim.drop_connection();
    sim.server.is_answering = true;
    sim.emit_with_ack(id, "held", Some(ms(60_000)));
    sim.assert_events(&[
        "0.000 / unanswered 1: transport close (code 1006)",
        "0.000 / disconnected: transport close (code 1006), will reconnect",
    ]);
    sim.run_until(ms(1500));
    assert!(sim.events()[2].ends_with(r#"answered 2: ["ok"]"#), "{:?}", sim.events());
    assert_eq!(sim.pending_acks(), 0);
}

#[test]
fn what_times_out_while_it_is_held_back_is_not_sent() {
    let (mut sim, id) = silent();
    sim.server.dials = super::sim::Dials::Fail;
    sim.drop_connection();
    sim.forget();
    sim.emit(id, "first");
    sim.emit_with_ack(id, "withdrawn", Some(ms(400)));
    sim.emit(id, "last");
    let held = sim.manager.held_bytes();
    sim.run_until(ms(400));
    assert_eq!(sim.manager.held_bytes(), held - r#"421["withdrawn"]"#.len());
    sim.server.dials = super::sim::Dials::Accept;
    sim.run_until(ms(1500));
    let sent: Vec<_> = sim.wire().iter().filter(|line| line.contains('[')).collect();
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(sent[0].ends_with(r#"42["first"]"#) && sent[1].ends_with(r#"42["last"]"#));
}

#[test]
fn disconnect_settles_everything() {
    let (mut sim, id) = silent();
    sim.emit_with_ack(id, "sent", None);
    sim.emit_with_ack(id, "sent", Some(ms(5000)));
    sim.disconnect(id);
    sim.assert_events(&[
        "0.000 / disconnected: io client disconnect",
        "0.000 / unanswered 1: io client disconnect",
        "0.000 / unanswered 2: io client disconnect",
    ]);
    sim.assert_nothing_left();
}

#[test]
fn an_answer_of_a_former_connection_settles_nothing() {
    let (mut sim, id) = silent();
    let old = sim.server.channel();
    sim.emit_with_ack(id, "a", None);
    sim.drop_connection();
    sim.run_until(ms(1500));
    sim.emit_with_ack(id, "b", None);
    sim.forget();
    sim.input(Input::Frame { channel: old, frame: Frame::Text(r#"432["old"]"#.into()) });
    sim.assert_events(&[]);
}

#[test]
fn ten_times_as_many_held_emits_time_out_in_ten_times_the_time() {
    // Both take long enough to be slowed alike by whatever else the machine does.
    let is_linear = |_| {
        let ten_times: Duration = (0..10).map(|_| time_out(2_000)).sum();
        time_out(20_000) < 4 * ten_times
    };
    assert!((0..5).any(is_linear), "each takes longer, the more there are");
}

/// How long it takes to time out so many emits, a fifth of which do not time out.
fn time_out(count: usize) -> Duration {
    let mut sim = Sim::new(Config::default());
    let id = sim.add("/");
    for _ in 0..count / 5 {
        sim.emit(id, "x");
    }
    let acks: Vec<AckId> = (count / 5..count).map(|_| sim.new_ack()).collect();
    let (now, options) = (sim.now(), |ack| super::super::EmitOptions {
        event: "y".into(),
        ack: Some((ack, Some(ms(1000)))),
        policy: super::super::EmitPolicy::default(),
    });
    for ack in &acks {
        let packet = crate::codec::Packet::text("42[\"y\"]");
        sim.manager.emit(now, id, packet, options(*ack));
    }
    #[expect(clippy::disallowed_methods, reason = "how long it takes is the question")]
    let begun = Instant::now();
    sim.manager.handle_timeout(now + ms(1000));
    let time = begun.elapsed();
    assert_eq!(sim.manager.held_bytes(), count / 5 * r#"42["x"]"#.len());
    while sim.manager.poll_event().is_some() {}
    time
}

#[test]
fn answers_that_nobody_waits_for_take_no_room_while_others_wait_to_be_sent() {
    let (mut sim, id) = silent();
    let mut last = sim.emit_with_ack(id, "first", None);
    for _ in 0..10_000 {
        sim.is_lazy = true;
        let next = sim.emit_with_ack(id, "next", None);
        // It was sent, and is never answered.
        sim.forget_ack(id, last);
        last = next;
        sim.is_lazy = false;
        sim.settle();
    }
    let kept = sim.manager.namespaces.get(id).expect("it is there").acks.len();
    assert!(kept < 2000, "{kept}");
    sim.forget_ack(id, last);
}
