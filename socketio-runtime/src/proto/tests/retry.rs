//! Events that are sent again until the server confirms them.
//!
//! Must not know: the state machine's inside.

use super::{
    super::{AckId, Cancellation, Config, EmitPolicy, Input, NamespaceId, OfflinePolicy},
    sim::{Dials, Sim, Word, ms},
};

/// A world whose server gets events, and confirms only those that the test says.
fn silent() -> (Sim, NamespaceId) {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_answering = false;
    (sim, id)
}

fn confirm(sim: &mut Sim, ack: AckId) {
    sim.server_sends(&format!(r#"43{}["ok"]"#, ack.0));
}

/// Loses the connection, and waits for the next one.
fn flap(sim: &mut Sim) {
    sim.drop_connection();
    sim.run_for(ms(1600));
    assert!(sim.server.has_joined("/"));
}

/// The events that the server got.
fn sent(sim: &Sim) -> Vec<&str> {
    let frames = sim.wire().iter().filter_map(|line| line.split_once(' '));
    frames.map(|(_, frame)| frame).filter(|frame| frame.starts_with("42")).collect()
}

#[test]
fn one_goes_after_the_other_in_order() {
    let (mut sim, id) = silent();
    let acks = ["a", "b", "c"].map(|event| sim.emit_retried(id, event, 1));
    assert_eq!(sim.buffered(id), ["b 8 0.000 ack 0", "c 8 0.000 ack 0"]);
    sim.assert_wire(&[r#"0.000 421["a"]"#]);
    // Others do not wait behind them.
    sim.emit(id, "x");
    sim.emit_with_ack(id, "y", None);
    sim.assert_wire(&[r#"0.000 42["x"]"#, r#"0.000 424["y"]"#]);
    confirm(&mut sim, acks[1]);
    sim.assert_events(&[]);
    sim.run_until(ms(400));
    confirm(&mut sim, acks[0]);
    confirm(&mut sim, acks[1]);
    confirm(&mut sim, acks[2]);
    sim.assert_wire(&[r#"0.400 422["b"]"#, r#"0.400 423["c"]"#]);
    sim.assert_events(&[
        r#"0.400 / answered 1: ["ok"]"#,
        r#"0.400 / answered 2: ["ok"]"#,
        r#"0.400 / answered 3: ["ok"]"#,
    ]);
    assert_eq!(sim.manager.held_bytes(), 0);
}

#[test]
fn an_event_is_sent_retries_plus_one_times_and_then_given_up() {
    let (mut sim, id) = silent();
    sim.emit_retried(id, "a", 3);
    sim.emit_retried(id, "b", 1);
    sim.run_until(ms(10_000));
    sim.assert_wire(&[
        r#"0.000 421["a"]"#,
        r#"1.000 421["a"]"#,
        r#"2.000 421["a"]"#,
        r#"3.000 421["a"]"#,
        r#"4.000 422["b"]"#,
        r#"5.000 422["b"]"#,
    ]);
    sim.assert_events(&[
        "4.000 / unanswered 1: 4 tries, no answer came within 1s",
        "6.000 / unanswered 2: 2 tries, no answer came within 1s",
    ]);
    assert_eq!((sim.manager.held_bytes(), sim.next_timeout()), (0, Some(ms(45_000))));
}

#[test]
fn a_late_answer_to_an_earlier_try_is_an_answer_and_a_second_one_is_nobodys() {
    let (mut sim, id) = silent();
    let ack = sim.emit_retried(id, "a", 1);
    sim.run_until(ms(1500));
    assert_eq!(sent(&sim).len(), 2);
    confirm(&mut sim, ack);
    confirm(&mut sim, ack);
    sim.run_until(ms(5000));
    sim.assert_events(&[r#"1.500 / answered 1: ["ok"]"#]);
}

#[test]
fn nothing_is_sent_while_offline_and_the_first_one_is_sent_again() {
    let (mut sim, id) = silent();
    let first = sim.emit_retried(id, "first", 3);
    sim.emit_retried(id, "second", 3);
    sim.forget();
    sim.server.dials = Dials::Fail;
    sim.drop_connection();
    sim.emit_retried(id, "third", 3);
    sim.run_until(ms(30_000));
    assert_eq!(sent(&sim).len(), 0);
    assert_eq!(
        sim.buffered(id),
        ["first 12 30.000 ack 1", "second 13 30.000 ack 0", "third 12 30.000 ack 0"]
    );
    sim.server.dials = Dials::Accept;
    while !sim.server.has_joined("/") {
        sim.run_for(ms(100));
    }
    confirm(&mut sim, first);
    assert_eq!(sent(&sim), [r#"421["first"]"#, r#"422["second"]"#]);
}

#[test]
fn a_lost_connection_is_a_failed_try() {
    let (mut sim, id) = silent();
    sim.emit_retried(id, "a", 1);
    flap(&mut sim);
    assert_eq!(sent(&sim).len(), 2);
    sim.forget();
    sim.drop_connection();
    assert!(
        sim.events()[0]
            .ends_with("unanswered 1: 2 tries, disconnected: transport close (code 1006)"),
        "{:?}",
        sim.events()
    );
    sim.run_for(ms(1600));
    assert_eq!(sent(&sim).len(), 0);
}

#[test]
fn a_try_that_the_lost_connection_did_not_take_does_not_count() {
    let (mut sim, id) = silent();
    sim.is_lazy = true;
    sim.emit_retried(id, "a", 1);
    sim.sleep(ms(1000));
    let channel = sim.server.channel();
    sim.input(Input::Closed { channel, code: None });
    sim.is_lazy = false;
    sim.server.forget_connection();
    assert_eq!(sim.buffered(id), ["a 8 1.000 ack 0"]);
    sim.run_for(ms(10_000));
    assert_eq!(sent(&sim).len(), 2);
    assert!(sim.events().last().is_some_and(|event| event.contains("2 tries")));
}

#[test]
fn one_copy_of_an_event_waits_for_a_slow_network_and_its_time_runs_once_it_is_sent() {
    let (mut sim, id) = silent();
    sim.is_lazy = true;
    sim.emit_retried(id, "a", 2);
    for _ in 0..10 {
        sim.sleep(ms(1000));
        sim.manager.handle_timeout(sim.now());
    }
    assert_eq!(sim.manager.unsent_bytes(), r#"421["a"]"#.len());
    sim.assert_events(&[]);
    sim.is_lazy = false;
    sim.run_until(ms(20_000));
    sim.assert_wire(&[r#"10.000 421["a"]"#, r#"11.000 421["a"]"#, r#"12.000 421["a"]"#]);
    sim.assert_events(&["13.000 / unanswered 1: 3 tries, no answer came within 1s"]);
}

#[test]
fn a_try_that_waits_for_a_slow_network_is_withdrawn_after_the_time_to_live() {
    let (mut sim, id) = silent();
    let policy = EmitPolicy { time_to_live: ms(2500).into(), retries: 9, ..EmitPolicy::default() };
    sim.is_lazy = true;
    sim.emit_with_ack_as(id, "a", Some(ms(1000)), policy);
    sim.emit_retried(id, "behind", 1);
    sim.sleep(ms(2500));
    sim.manager.handle_timeout(sim.now());
    assert_eq!(sim.manager.unsent_bytes(), r#"422["behind"]"#.len());
    sim.is_lazy = false;
    sim.settle();
    assert_eq!(sent(&sim), [r#"422["behind"]"#]);
    sim.assert_events(&[
        "2.500 / unsent 1: event `a` was not sent within its time to live of 2.5s",
    ]);
}

#[test]
fn the_order_at_a_connection_is_early_events_what_was_held_back_the_retried_then_the_word() {
    let mut sim = Sim::new(Config::default());
    sim.server.words.insert("/", Word::Later);
    let id = sim.add("/");
    sim.connect(id);
    sim.emit_retried(id, "retried", 1);
    sim.emit(id, "held");
    sim.server_sends(r#"42["early"]"#);
    sim.forget();
    sim.server_accepts("/");
    sim.assert_wire(&[r#"0.000 42["held"]"#, r#"0.000 421["retried"]"#]);
    sim.assert_events(&[
        "0.000 / received early",
        "0.000 / connected",
        r#"0.000 / answered 1: ["ok"]"#,
    ]);
}

#[test]
fn an_event_that_is_emitted_at_the_word_is_sent_once() {
    let mut sim = Sim::new(Config::default());
    let id = sim.add("/");
    sim.connect(id);
    sim.emit_retried(id, "a", 3);
    sim.run_until(ms(10_000));
    assert_eq!(sent(&sim), [r#"421["a"]"#]);
}

#[test]
fn a_volatile_event_is_not_retried() {
    let (mut sim, id) = silent();
    let policy = EmitPolicy { is_volatile: true, retries: 3, ..EmitPolicy::default() };
    sim.emit_with_ack_as(id, "a", Some(ms(1000)), policy);
    sim.run_until(ms(9000));
    sim.assert_events(&["1.000 / unanswered 1: timeout"]);
    assert_eq!(sent(&sim).len(), 1);
}

#[test]
fn a_policy_for_offline_is_asked_once_when_the_event_is_emitted() {
    let (mut sim, id) = silent();
    let policy = EmitPolicy { offline: OfflinePolicy::Reject, retries: 3, ..EmitPolicy::default() };
    sim.emit_with_ack_as(id, "accepted", Some(ms(1000)), policy);
    sim.emit_with_ack_as(id, "accepted, too", Some(ms(1000)), policy);
    sim.server.dials = Dials::Fail;
    sim.drop_connection();
    sim.forget();
    sim.emit_with_ack_as(id, "refused", Some(ms(1000)), policy);
    sim.assert_events(&[
        "0.000 / unsent 3: event `refused` was not sent: the socket is offline, and the event does not wait",
    ]);
    assert_eq!(sim.buffered(id).len(), 2);
}

#[test]
fn no_try_begins_after_the_time_to_live() {
    let (mut sim, id) = silent();
    let policy = EmitPolicy { time_to_live: ms(2500).into(), retries: 9, ..EmitPolicy::default() };
    sim.emit_with_ack_as(id, "a", Some(ms(1000)), policy);
    sim.emit_with_ack_as(id, "behind", Some(ms(1000)), policy);
    sim.run_until(ms(10_000));
    // The third try, begun at 2 s, ends in its own time.
    sim.assert_events(&[
        "2.500 / unsent 2: event `behind` was not sent within its time to live of 2.5s",
        "3.000 / unanswered 1: 3 tries, no answer came within 1s",
    ]);
    sim.emit_with_ack_as(id, "b", Some(ms(1000)), policy);
    sim.server.dials = Dials::Fail;
    sim.drop_connection();
    sim.forget();
    sim.run_until(ms(20_000));
    let settled: Vec<_> = sim.events().iter().filter(|line| line.contains('3')).collect();
    assert!(
        settled.iter().any(|line| line.contains("12.500 / unanswered 3: 1 tries, disconnected")),
        "{settled:?}"
    );
    assert_eq!(sim.manager.held_bytes(), 0);
}

#[test]
fn another_timeout_holds_for_this_try_and_those_that_follow() {
    let (mut sim, id) = silent();
    let head = sim.emit_retried(id, "head", 1);
    let queued = sim.emit_retried(id, "queued", 1);
    sim.set_ack_timeout(id, head, ms(300));
    sim.set_ack_timeout(id, queued, ms(200));
    sim.run_until(ms(5000));
    sim.assert_events(&[
        "0.600 / unanswered 1: 2 tries, no answer came within 300ms",
        "1.000 / unanswered 2: 2 tries, no answer came within 200ms",
    ]);
}

#[test]
fn a_cancelled_event_is_not_tried_again() {
    let (mut sim, id) = silent();
    let head = sim.emit_retried(id, "head", 9);
    let second = sim.emit_retried(id, "second", 9);
    let third = sim.emit_retried(id, "third", 1);
    assert_eq!(sim.cancel(id, second), Cancellation::Withdrawn);
    assert_eq!(sim.cancel(id, head), Cancellation::TooLate);
    confirm(&mut sim, third);
    sim.run_until(ms(10_000));
    assert_eq!(sent(&sim), [r#"421["head"]"#, r#"423["third"]"#]);
    sim.assert_events(&[r#"0.000 / answered 3: ["ok"]"#]);
}

#[test]
fn a_forgotten_event_is_tried_on_and_its_failure_told() {
    let (mut sim, id) = silent();
    let forgotten = sim.emit_retried(id, "forgotten", 1);
    sim.forget_ack(id, forgotten);
    let confirmed = sim.emit_retried(id, "confirmed", 1);
    sim.forget_ack(id, confirmed);
    sim.run_until(ms(2000));
    confirm(&mut sim, confirmed);
    sim.run_until(ms(10_000));
    assert_eq!(sent(&sim).len(), 3);
    sim.assert_events(&[
        "2.000 / invalid: event `forgotten` was sent 2 times without an answer: no answer came within 1s",
    ]);
}

#[test]
fn clearing_leaves_the_one_that_is_on_its_way() {
    let (mut sim, id) = silent();
    let head = sim.emit_retried(id, "head", 1);
    sim.emit_retried(id, "queued", 1);
    assert_eq!(sim.clear_buffered(id), 1);
    confirm(&mut sim, head);
    sim.assert_events(&[
        "0.000 / unsent 2: event `queued` was not sent: it was cleared from the buffer",
        r#"0.000 / answered 1: ["ok"]"#,
    ]);
    // One that was tried says how that went.
    sim.emit_retried(id, "tried", 5);
    sim.server.dials = Dials::Fail;
    sim.drop_connection();
    sim.forget();
    assert_eq!(sim.clear_buffered(id), 1);
    sim.assert_events(&[
        "0.000 / unanswered 3: 1 tries, disconnected: transport close (code 1006)",
    ]);
}

#[test]
fn disconnect_settles_the_queue() {
    let (mut sim, id) = silent();
    sim.emit_retried(id, "tried", 5);
    sim.emit_retried(id, "queued", 5);
    sim.disconnect(id);
    sim.assert_events(&[
        "0.000 / disconnected: io client disconnect",
        "0.000 / unanswered 1: io client disconnect",
        "0.000 / unsent 2: event `queued` was not sent: the socket is disconnected (io client disconnect)",
    ]);
    sim.assert_nothing_left();
}

#[test]
fn one_that_is_over_the_servers_limit_does_not_block_the_others() {
    let mut sim = Sim::new(Config::default());
    sim.server.handshake =
        r#"0{"sid":"s","pingInterval":25000,"pingTimeout":20000,"maxPayload":10}"#;
    let id = sim.add("/");
    sim.emit_retried(id, "far too large", 3);
    sim.emit_retried(id, "b", 3);
    sim.connect(id);
    assert_eq!(sent(&sim), [r#"422["b"]"#]);
    sim.assert_events(&[
        "0.000 / unsent 1: event `far too large` has a part of 20 bytes, over the server's `maxPayload` of 10",
        "0.000 / connected",
        r#"0.000 / answered 2: ["ok"]"#,
    ]);
}

/// Over long-polling a packet may be larger than on a WebSocket, and another server may take less.
#[test]
fn one_that_was_sent_and_is_over_the_limit_of_the_next_connection_is_not_said_to_be_unsent() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_answering = false;
    sim.emit_retried(id, "large", 3);
    sim.server.handshake =
        r#"0{"sid":"s","pingInterval":25000,"pingTimeout":20000,"maxPayload":10}"#;
    sim.drop_connection();
    sim.run_for(ms(2000));
    assert_eq!(sent(&sim).len(), 1);
    let told: Vec<_> = sim.events().iter().filter(|event| event.contains(" 1: ")).collect();
    let [told] = &told[..] else { panic!("{told:?}") };
    assert!(
        told.ends_with("unanswered 1: 1 tries, disconnected: transport close (code 1006)"),
        "{told}"
    );
}
