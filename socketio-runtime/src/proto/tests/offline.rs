//! What becomes of emits while there is no connection, as their policies say; and what can be seen
//! of those that wait, and thrown away.
//!
//! Must not know: the state machine's inside.

use super::{
    super::{Cancellation, Config, EmitPolicy, Frame, Input, NamespaceId, OfflinePolicy},
    sim::{Dials, Sim, Word, ms},
};

fn policy(offline: OfflinePolicy) -> EmitPolicy {
    EmitPolicy { offline, ..EmitPolicy::default() }
}

fn living(millis: u64) -> EmitPolicy {
    EmitPolicy { time_to_live: ms(millis).into(), ..EmitPolicy::default() }
}

/// A world whose connection is lost, and does not come back before the test wants it to.
fn offline() -> (Sim, NamespaceId) {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server.dials = Dials::Fail;
    sim.drop_connection();
    sim.forget();
    (sim, id)
}

/// The events that the server got.
fn sent(sim: &Sim) -> Vec<&str> {
    let frames = sim.wire().iter().filter_map(|line| line.split_once(' '));
    frames.map(|(_, frame)| frame).filter(|frame| frame.starts_with("42")).collect()
}

fn reconnect(sim: &mut Sim) {
    sim.server.dials = Dials::Accept;
    sim.run_for(ms(10_000));
    assert!(sim.server.has_joined("/"));
}

#[test]
fn each_event_has_its_own_policy() {
    let (mut sim, id) = offline();
    sim.emit_as(id, "dropped", policy(OfflinePolicy::Drop));
    sim.emit_as(id, "rejected", policy(OfflinePolicy::Reject));
    sim.emit(id, "kept");
    sim.emit_with_ack_as(id, "dropped", None, policy(OfflinePolicy::Drop));
    sim.emit_with_ack_as(id, "rejected", None, policy(OfflinePolicy::Reject));
    sim.assert_events(&[
        "0.000 / invalid: event `rejected` was not sent: the socket is offline, and the event does not wait",
        "0.000 / unsent 1: event `dropped` was not sent: the socket is offline, and the event does not wait",
        "0.000 / unsent 2: event `rejected` was not sent: the socket is offline, and the event does not wait",
    ]);
    assert_eq!(sim.manager.held_bytes(), r#"42["kept"]"#.len());
    reconnect(&mut sim);
    assert_eq!(sent(&sim), [r#"42["kept"]"#]);
    sim.forget();
    sim.emit_as(id, "online", policy(OfflinePolicy::Drop));
    sim.emit_as(id, "online", policy(OfflinePolicy::Reject));
    assert_eq!(sent(&sim), [r#"42["online"]"#, r#"42["online"]"#]);
}

#[test]
fn a_namespace_that_is_not_accepted_yet_is_offline() {
    let mut sim = Sim::new(Config::default());
    sim.server.words.insert("/", Word::Later);
    let id = sim.add("/");
    sim.emit_as(id, "before connect", policy(OfflinePolicy::Drop));
    sim.connect(id);
    sim.emit_as(id, "before the word", policy(OfflinePolicy::Drop));
    sim.server_accepts("/");
    sim.emit_as(id, "after it", policy(OfflinePolicy::Drop));
    assert_eq!(sent(&sim), [r#"42["after it"]"#]);
}

#[test]
fn a_policy_holds_for_what_the_lost_connection_did_not_take() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.is_lazy = true;
    sim.emit_as(id, "dropped", policy(OfflinePolicy::Drop));
    sim.emit_as(id, "rejected", policy(OfflinePolicy::Reject));
    let asked = sim.emit_with_ack_as(id, "asked", None, policy(OfflinePolicy::Drop));
    sim.emit_as(id, "short-lived", living(300));
    sim.emit(id, "kept");
    let channel = sim.server.channel();
    sim.input(Input::Closed { channel, code: None });
    sim.is_lazy = false;
    sim.server.forget_connection();
    sim.server.dials = Dials::Fail;
    sim.settle();
    let why = "was not sent: the socket is offline, and the event does not wait";
    assert_eq!(asked.0, 1);
    sim.assert_events(&[
        &format!("0.000 / invalid: event `rejected` {why}"),
        &format!("0.000 / unsent 1: event `asked` {why}"),
        "0.000 / disconnected: transport close, will reconnect",
    ]);
    reconnect(&mut sim);
    assert_eq!(sent(&sim), [r#"42["kept"]"#]);
}

#[test]
fn what_a_lost_connection_did_not_take_goes_before_what_was_emitted_later() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.is_lazy = true;
    sim.emit(id, "first");
    sim.emit(id, "second");
    // What is emitted from here on waits for the next connection from the first.
    sim.disconnect(id);
    sim.connect(id);
    sim.emit(id, "third");
    assert_eq!(sim.buffered(id), ["third 11 0.000 0"]);
    let channel = sim.server.channel();
    sim.input(Input::Closed { channel, code: None });
    assert_eq!(sim.buffered(id), ["first 11 0.000 0", "second 12 0.000 0", "third 11 0.000 0"]);
    sim.is_lazy = false;
    sim.server.forget_connection();
    reconnect(&mut sim);
    assert_eq!(sent(&sim), [r#"42["first"]"#, r#"42["second"]"#, r#"42["third"]"#]);
}

#[test]
fn what_a_lost_connection_gives_back_too_late_is_told_at_once() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.is_lazy = true;
    sim.emit_as(id, "short-lived", living(300));
    let policy = EmitPolicy { retries: 2, ..living(300) };
    sim.emit_with_ack_as(id, "retried", Some(ms(1000)), policy);
    sim.sleep(ms(400));
    let channel = sim.server.channel();
    sim.input(Input::Closed { channel, code: None });
    // No timer is needed for that, and none is left in the past.
    assert!(sim.next_timeout().is_some_and(|at| at > ms(400)), "{:?}", sim.next_timeout());
    assert_eq!(sim.held_bytes(), 0);
    sim.is_lazy = false;
    sim.server.forget_connection();
    sim.server.dials = Dials::Fail;
    sim.settle();
    sim.assert_events(&[
        "0.400 / invalid: event `short-lived` was not sent within its time to live of 300ms",
        "0.400 / unsent 1: event `retried` was not sent within its time to live of 300ms",
        "0.400 / disconnected: transport close, will reconnect",
    ]);
}

#[test]
fn a_forgotten_event_is_not_lost_with_its_timeout_on_a_network_that_takes_nothing() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.is_lazy = true;
    let ack = sim.emit_with_ack(id, "forgotten", Some(ms(300)));
    sim.forget_ack(id, ack);
    sim.sleep(ms(400));
    sim.manager.handle_timeout(sim.now());
    let channel = sim.server.channel();
    sim.input(Input::Closed { channel, code: None });
    sim.is_lazy = false;
    sim.server.forget_connection();
    reconnect(&mut sim);
    assert_eq!(sent(&sim), [r#"421["forgotten"]"#]);
}

#[test]
fn a_forgotten_event_that_is_not_sent_after_a_disconnect_is_told() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.is_lazy = true;
    let ack = sim.emit_with_ack(id, "forgotten", None);
    sim.forget_ack(id, ack);
    sim.disconnect(id);
    let channel = sim.server.channel();
    sim.input(Input::Closed { channel, code: None });
    sim.is_lazy = false;
    sim.server.forget_connection();
    sim.settle();
    sim.assert_events(&[
        "0.000 / disconnected: io client disconnect",
        "0.000 / invalid: event `forgotten` was not sent: the socket is disconnected (io client disconnect)",
    ]);
}

#[test]
fn what_has_waited_for_its_time_to_live_is_not_sent() {
    let (mut sim, id) = offline();
    sim.emit_as(id, "short", living(400));
    sim.emit_with_ack_as(id, "asked", Some(ms(20_000)), living(300));
    sim.emit_as(id, "longer", living(400_000));
    assert_eq!(sim.next_timeout(), Some(ms(300)));
    sim.run_until(ms(399));
    sim.assert_events(&[
        "0.300 / unsent 1: event `asked` was not sent within its time to live of 300ms",
    ]);
    sim.run_until(ms(400));
    sim.assert_events(&[
        "0.400 / invalid: event `short` was not sent within its time to live of 400ms",
    ]);
    assert_eq!(sim.manager.held_bytes(), r#"42["longer"]"#.len());
    reconnect(&mut sim);
    assert_eq!(sent(&sim), [r#"42["longer"]"#]);
}

#[test]
fn a_time_to_live_that_ended_in_a_suspend_is_over() {
    let mut sim = Sim::new(Config::default());
    sim.server.words.insert("/", Word::Later);
    let id = sim.add("/");
    sim.connect(id);
    sim.emit_as(id, "old", living(400));
    sim.emit(id, "kept");
    // The server's word is handled before any timer.
    sim.sleep(ms(1000));
    let channel = sim.server.channel();
    let frame = Frame::Text(r#"40{"sid":"1"}"#.into());
    sim.server.words.insert("/", Word::Accept);
    sim.manager.handle_input(sim.now(), Input::Frame { channel, frame });
    let mut texts = Vec::new();
    while let Some(transmit) = sim.manager.poll_transmit(sim.now()) {
        texts.push(format!("{transmit:?}"));
    }
    assert!(texts.len() == 1 && texts[0].contains("kept"), "{texts:?}");
}

#[test]
fn a_time_to_live_does_not_matter_once_the_event_is_on_its_way() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_answering = false;
    sim.emit_with_ack_as(id, "asked", Some(ms(5000)), living(100));
    sim.run_until(ms(5000));
    sim.assert_events(&["5.000 / unanswered 1: timeout"]);
}

#[test]
fn what_waits_can_be_seen_and_thrown_away_before_it_is_sent() {
    let (mut sim, id) = offline();
    sim.emit(id, "plain");
    sim.run_until(ms(250));
    sim.emit_with_ack(id, "asked", Some(ms(20_000)));
    sim.emit_retried(id, "retried", 2);
    sim.run_until(ms(300));
    assert_eq!(
        sim.buffered(id),
        ["plain 11 0.300 0", "asked 12 0.050 ack 0", "retried 14 0.050 ack 0"]
    );
    assert_eq!(sim.clear_buffered(id), 3);
    sim.assert_events(&[
        "0.300 / unsent 2: event `retried` was not sent: it was cleared from the buffer",
        "0.300 / unsent 1: event `asked` was not sent: it was cleared from the buffer",
    ]);
    assert_eq!((sim.manager.held_bytes(), sim.buffered(id).len()), (0, 0));
    sim.emit(id, "later");
    reconnect(&mut sim);
    assert_eq!(sent(&sim), [r#"42["later"]"#]);
    assert_eq!(sim.clear_buffered(id), 0);
}

#[test]
fn a_socket_may_have_a_limit_of_its_own() {
    let (mut sim, id) = offline();
    let size = r#"42["a"]"#.len();
    sim.manager.limit_held(id, 2 * size);
    sim.emit(id, "a");
    sim.emit(id, "b");
    sim.emit(id, "c");
    sim.emit_with_ack(id, "d", None);
    sim.emit_retried(id, "e", 1);
    sim.assert_events(&[
        "0.000 / invalid: event `c` of 7 bytes does not fit the send buffer: 14 of 14 bytes are waiting",
        "0.000 / unsent 1: event `d` of 8 bytes does not fit the send buffer: 14 of 14 bytes are waiting",
        "0.000 / unsent 2: event `e` of 8 bytes does not fit the send buffer: 14 of 14 bytes are waiting",
    ]);
    sim.clear_buffered(id);
    sim.emit(id, "one alone, however large");
    sim.assert_events(&[]);
    reconnect(&mut sim);
    // Online there is nothing to hold back.
    sim.forget();
    for _ in 0..3 {
        sim.emit(id, "online");
    }
    assert_eq!(sent(&sim).len(), 3);
}

#[test]
fn a_cancelled_emit_is_withdrawn_if_it_still_waits() {
    let (mut sim, id) = offline();
    let waiting = sim.emit_with_ack(id, "waiting", Some(ms(400)));
    sim.emit(id, "kept");
    assert_eq!(sim.cancel(id, waiting), Cancellation::Withdrawn);
    assert_eq!(sim.cancel(id, waiting), Cancellation::TooLate, "it is gone");
    assert_eq!(sim.manager.held_bytes(), r#"42["kept"]"#.len());
    reconnect(&mut sim);
    assert_eq!(sent(&sim), [r#"42["kept"]"#]);

    sim.server.is_answering = false;
    let sent = sim.emit_with_ack(id, "sent", Some(ms(400)));
    sim.forget();
    assert_eq!(sim.cancel(id, sent), Cancellation::TooLate);
    sim.server_sends(&format!("43{}[]", sent.0));
    sim.run_for(ms(1000));
    sim.assert_events(&[]);
}

#[test]
fn a_forgotten_answer_leaves_its_event_and_no_timer() {
    let (mut sim, id) = offline();
    let forgotten = sim.emit_with_ack(id, "forgotten", Some(ms(400)));
    sim.forget_ack(id, forgotten);
    assert_eq!(sim.buffered(id), ["forgotten 16 0.000 0"]);
    sim.run_until(ms(400));
    reconnect(&mut sim);
    assert_eq!(sent(&sim), [r#"421["forgotten"]"#]);

    sim.server.is_answering = false;
    let timeout = sim.next_timeout();
    let forgotten = sim.emit_with_ack(id, "forgotten", Some(ms(400)));
    sim.forget_ack(id, forgotten);
    assert_eq!(sim.next_timeout(), timeout);
}
