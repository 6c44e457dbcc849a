//! What is tried again and what is not, and what a connection has to have lasted to count.
//!
//! Must not know: the state machine's inside.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use super::{
    super::{Config, Frame, Input, RetryPolicy, STABLE_CONNECTION},
    sim::{Auth, Dials, Sim, Word, ms},
};
use crate::error::{
    ConnectError, DisconnectReason, Failure, RetryDecision, Transport, TransportError,
};

fn steady() -> Config {
    Config { randomization_factor: 0.0, ..Config::default() }
}

fn with_policy(policy: impl Fn(Failure<'_>) -> RetryDecision + Send + Sync + 'static) -> Config {
    Config { retry_policy: Some(RetryPolicy(Arc::new(policy))), ..steady() }
}

/// When each line that says so was told.
fn times(lines: &[String], what: &str) -> Vec<String> {
    let lines = lines.iter().filter(|line| line.contains(what));
    lines.filter_map(|line| Some(line.split_once(' ')?.0.to_owned())).collect()
}

// --- stable connections ---

#[test]
fn a_server_that_accepts_and_drops_at_once_meets_growing_delays() {
    let (mut sim, _) = Sim::connected(steady(), ["/"]);
    for _ in 0..5 {
        sim.drop_connection();
        let next = sim.next_timeout().expect("a retry");
        sim.run_until(next);
        assert!(sim.server.has_joined("/"));
    }
    assert_eq!(times(sim.wire(), "dial"), ["1.000", "3.000", "7.000", "12.000", "17.000"]);
    let connected = times(sim.events(), "connected by attempt");
    assert_eq!(connected, ["1.000", "3.000", "7.000", "12.000", "17.000"]);
}

#[test]
fn a_server_that_accepts_and_drops_at_once_uses_up_the_attempts() {
    let config = Config { reconnection_attempts: Some(2), ..steady() };
    let (mut sim, _) = Sim::connected(config, ["/"]);
    for _ in 0..3 {
        sim.drop_connection();
        sim.run_for(ms(2000));
    }
    sim.assert_events(&[
        "0.000 / disconnected: transport close (code 1006), will reconnect",
        "1.000 / attempt 1",
        "1.000 / connected by attempt 1",
        "2.000 / disconnected: transport close (code 1006), will reconnect",
        "4.000 / attempt 2",
        "4.000 / connected by attempt 2",
        "4.000 / disconnected: transport close (code 1006)",
        "4.000 / reconnect failed",
    ]);
    sim.assert_nothing_left();
}

#[test]
fn delays_begin_anew_after_a_connection_of_exactly_the_stable_time() {
    for (lasted, delay) in
        [(STABLE_CONNECTION, ms(1000)), (STABLE_CONNECTION.saturating_sub(ms(1)), ms(2000))]
    {
        let (mut sim, _) = Sim::connected(steady(), ["/"]);
        sim.drop_connection();
        sim.run_for(ms(1000));
        sim.run_for(lasted);
        sim.drop_connection();
        assert_eq!(sim.next_timeout(), Some(sim.elapsed() + delay), "after {lasted:?}");
    }
}

#[test]
fn one_namespace_that_has_lasted_proves_the_connection_good_for_all() {
    let (mut sim, [_, late]) = Sim::connected(steady(), ["/a", "/b"]);
    sim.disconnect(late);
    sim.drop_connection();
    sim.run_for(STABLE_CONNECTION + ms(1000));
    sim.connect(late);
    sim.drop_connection();
    assert_eq!(sim.next_timeout(), Some(sim.elapsed() + ms(1000)));
}

#[test]
fn a_namespace_that_leaves_after_its_time_has_proved_the_connection_good() {
    let (mut sim, [first, _]) = Sim::connected(steady(), ["/a", "/b"]);
    sim.server.words.insert("/b", Word::Later);
    sim.drop_connection();
    sim.run_for(STABLE_CONNECTION + ms(1000));
    sim.disconnect(first);
    sim.drop_connection();
    assert_eq!(sim.next_timeout(), Some(sim.elapsed() + ms(1000)));
}

#[test]
fn authentication_that_fails_on_a_flapping_connection_keeps_its_delays() {
    let mut sim = Sim::new(steady());
    sim.auth = Auth::Fails;
    let id = sim.add("/a");
    sim.connect(id);
    sim.run_until(ms(2999));
    sim.auth = Auth::Nothing;
    sim.run_until(ms(3000));
    assert!(sim.server.has_joined("/a"));
    sim.auth = Auth::Fails;
    sim.drop_connection();
    sim.run_until(ms(4000));
    // The third delay of its own.
    assert_eq!(sim.next_timeout(), Some(ms(8000)), "{:?}", sim.events());
}

#[test]
fn connect_after_the_attempts_were_used_up_begins_with_short_delays() {
    let config = Config { reconnection_attempts: Some(1), ..steady() };
    let (mut sim, [id]) = Sim::connected(config, ["/"]);
    sim.drop_connection();
    sim.run_for(ms(1000));
    sim.drop_connection();
    sim.assert_nothing_left();
    sim.forget();
    sim.connect(id);
    sim.drop_connection();
    assert_eq!(sim.next_timeout(), Some(sim.elapsed() + ms(1000)));
}

// --- what is tried again ---

fn forbidden() -> TransportError {
    let (transport, refusal) = (Transport::WebSocket, None);
    TransportError::Status { transport, status: 403, refusal, body: String::new() }
}

/// A dial that is answered with HTTP 403.
fn is_forbidden(sim: &mut Sim) {
    let channel = sim.server.channel();
    sim.server.forget_connection();
    sim.input(Input::Failed { channel, error: forbidden() });
}

#[test]
fn an_http_403_ends_the_attempts() {
    let mut sim = Sim::new(steady());
    sim.server.dials = Dials::Ignore;
    let ids = [sim.add("/a"), sim.add("/b")];
    for id in ids {
        sim.connect(id);
    }
    let ack = sim.emit_with_ack(ids[0], "held", None);
    is_forbidden(&mut sim);
    let error = "the server answered the websocket request with HTTP status 403";
    sim.assert_events(&[
        &format!("0.000 /a connect error: {error}"),
        &format!(
            "0.000 /a unsent {}: event `held` was not sent: the socket is disconnected \
             (transport error: {error})",
            ack.0
        ),
        &format!("0.000 /b connect error: {error}"),
    ]);
    sim.assert_nothing_left();

    sim.server.dials = Dials::Accept;
    sim.connect(ids[0]);
    sim.assert_events(&["0.000 /a connected"]);
}

#[test]
fn a_policy_may_retry_what_is_not_retried_by_default() {
    let mut sim = Sim::new(with_policy(|failure| match failure {
        Failure::Attempt(ConnectError::Transport(TransportError::Status {
            status: 403, ..
        })) => RetryDecision::Retry,
        _ => RetryDecision::Default,
    }));
    sim.server.dials = Dials::Ignore;
    let id = sim.add("/");
    sim.connect(id);
    is_forbidden(&mut sim);
    assert!(sim.events()[0].ends_with("will retry"), "{:?}", sim.events());
    assert_eq!(sim.next_timeout(), Some(ms(1000)));
}

#[test]
fn a_policy_may_give_up_what_is_retried_by_default() {
    let config = with_policy(|failure| match failure {
        Failure::Loss(DisconnectReason::TransportClose { .. }) => RetryDecision::GiveUp,
        _ => RetryDecision::Default,
    });
    let (mut sim, _) = Sim::connected(config, ["/"]);
    sim.drop_connection();
    sim.assert_events(&["0.000 / disconnected: transport close (code 1006)"]);
    sim.assert_nothing_left();
}

#[test]
fn a_policy_judges_each_socket_and_those_left_share_the_attempts() {
    let gave_up = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&gave_up);
    let config = with_policy(move |_| match count.fetch_add(1, Ordering::Relaxed) {
        0 => RetryDecision::GiveUp,
        _ => RetryDecision::Default,
    });
    let (mut sim, _) = Sim::connected(config, ["/a", "/b"]);
    sim.drop_connection();
    sim.run_for(ms(1000));
    sim.assert_events(&[
        "0.000 /a disconnected: transport close (code 1006)",
        "0.000 /b disconnected: transport close (code 1006), will reconnect",
        "1.000 /b attempt 1",
        "1.000 /b connected by attempt 1",
    ]);
    assert_eq!(gave_up.load(Ordering::Relaxed), 2, "each is asked for once");
}

#[test]
fn without_reconnection_no_policy_is_asked() {
    let config = with_policy(|failure| panic!("asked about {failure:?}"));
    let (mut sim, _) = Sim::connected(Config { reconnection: false, ..config }, ["/"]);
    sim.drop_connection();
    sim.assert_events(&["0.000 / disconnected: transport close (code 1006)"]);
    sim.assert_nothing_left();
}

#[test]
fn a_refusal_that_is_retried_goes_through_delays_and_attempts() {
    let config = with_policy(|failure| match failure {
        Failure::Attempt(ConnectError::Refused { .. }) => RetryDecision::Retry,
        _ => RetryDecision::Default,
    });
    let mut sim = Sim::new(Config { reconnection_attempts: Some(2), ..config });
    sim.server.words.insert("/", Word::Refuse(r#""full""#));
    let id = sim.add("/");
    sim.connect(id);
    sim.run_until(ms(60_000));
    let error = "connect error: the server refused namespace `/`: full";
    sim.assert_events(&[
        &format!("0.000 / {error}, will retry"),
        "1.000 / attempt 1",
        &format!("1.000 / {error}, will retry"),
        "3.000 / attempt 2",
        &format!("3.000 / {error}"),
        "3.000 / reconnect failed",
    ]);
    sim.assert_wire(&["0.000 dial 1", "0.000 40", "1.000 40", "3.000 40", "3.000 close 1"]);
    sim.assert_nothing_left();
}

#[test]
fn a_refusal_that_is_retried_and_then_accepted_is_a_connection() {
    let config = with_policy(|_| RetryDecision::Retry);
    let (mut sim, _) = Sim::connected(config, ["/other"]);
    sim.server.words.insert("/", Word::Refuse("{}"));
    let id = sim.add("/");
    sim.connect(id);
    sim.emit(id, "held");
    sim.server.words.insert("/", Word::Accept);
    sim.forget();
    sim.run_for(ms(1000));
    sim.assert_events(&["1.000 / attempt 1", "1.000 / connected by attempt 1"]);
    sim.assert_wire(&["1.000 40", "1.000 42[\"held\"]"]);
}

fn comes_back() -> Config {
    with_policy(|failure| match failure {
        Failure::Loss(DisconnectReason::ServerDisconnect) => RetryDecision::Retry,
        _ => RetryDecision::Default,
    })
}

#[test]
fn who_is_sent_away_and_may_come_back_enters_again_on_the_same_connection() {
    let (mut sim, [id]) = Sim::connected(comes_back(), ["/"]);
    sim.server.is_answering = false;
    let ack = sim.emit_with_ack(id, "asked", None);
    sim.server_disconnects("/");
    sim.emit(id, "held");
    sim.run_for(ms(1000));
    sim.assert_events(&[
        &format!("0.000 / unanswered {}: io server disconnect", ack.0),
        "0.000 / disconnected: io server disconnect, will reconnect",
        "1.000 / attempt 1",
        "1.000 / connected by attempt 1",
    ]);
    sim.assert_wire(&["0.000 421[\"asked\"]", "1.000 40", "1.000 42[\"held\"]"]);
}

#[test]
fn what_was_not_sent_when_the_server_sends_a_namespace_away_is_not_sent_to_nobody() {
    for may_return in [true, false] {
        let config = if may_return { comes_back() } else { steady() };
        let (mut sim, [id, other]) = Sim::connected(config, ["/", "/other"]);
        // The network takes nothing for a while.
        sim.is_lazy = true;
        sim.emit(id, "first");
        sim.emit(other, "other");
        let ack = sim.emit_with_ack(id, "second", None);
        let (channel, frame) = (sim.server.channel(), Frame::Text("41".into()));
        sim.server.forget_namespace("/");
        sim.input(Input::Frame { channel, frame });
        sim.is_lazy = false;
        sim.run_for(ms(1000));
        let wire = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let (first, second) = ("1.000 42[\"first\"]", format!("1.000 42{}[\"second\"]", ack.0));
        let expected = if may_return {
            wire(&["0.000 42/other,[\"other\"]", "1.000 40", first, &second])
        } else {
            wire(&["0.000 42/other,[\"other\"]"])
        };
        assert_eq!(sim.wire(), expected);
        let told = sim.events().iter().filter(|line| line.contains("was not sent")).count();
        assert_eq!(told, if may_return { 0 } else { 2 }, "{:?}", sim.events());
    }
}

#[test]
fn who_is_sent_away_each_time_meets_growing_delays_and_uses_up_the_attempts() {
    let config = Config { reconnection_attempts: Some(2), ..comes_back() };
    let (mut sim, _) = Sim::connected(config, ["/"]);
    for _ in 0..3 {
        sim.server_disconnects("/");
        sim.run_for(ms(2000));
    }
    let reason = "disconnected: io server disconnect";
    sim.assert_events(&[
        &format!("0.000 / {reason}, will reconnect"),
        "1.000 / attempt 1",
        "1.000 / connected by attempt 1",
        &format!("2.000 / {reason}, will reconnect"),
        "4.000 / attempt 2",
        "4.000 / connected by attempt 2",
        &format!("4.000 / {reason}"),
        "4.000 / reconnect failed",
    ]);
    sim.assert_nothing_left();
}

#[test]
fn who_is_sent_away_with_the_whole_connection_comes_back_on_a_new_one() {
    let (mut sim, _) = Sim::connected(comes_back(), ["/"]);
    sim.run_for(STABLE_CONNECTION);
    sim.forget();
    sim.server_disconnects("/");
    sim.drop_connection();
    sim.run_for(ms(1000));
    assert_eq!(times(sim.wire(), "dial"), ["6.000"]);
    assert!(sim.server.has_joined("/"));
}

#[test]
fn disconnect_ends_the_wait_to_come_back() {
    let (mut sim, [id]) = Sim::connected(comes_back(), ["/"]);
    sim.server_disconnects("/");
    sim.disconnect(id);
    sim.assert_nothing_left();
    sim.forget();
    sim.connect(id);
    sim.assert_events(&["0.000 / connected"]);
}

#[test]
fn a_late_namespace_that_is_given_up_is_left_once_the_server_answers() {
    let config = with_policy(|_| RetryDecision::GiveUp);
    let (mut sim, _) = Sim::connected(config, ["/"]);
    sim.server.words.insert("/late", Word::Later);
    let late = sim.add("/late");
    sim.connect(late);
    sim.run_for(ms(20_000));
    sim.assert_events(&[
        "20.000 /late connect error: the server did not accept namespace `/late` within 20s",
    ]);
    sim.server_accepts("/late");
    sim.assert_wire(&["0.000 40/late,", "20.000 41/late,"]);
    assert!(sim.server.has_joined("/"));
}

// --- connect() and disconnect() at any moment ---

#[test]
fn disconnect_and_connect_while_an_attempt_is_announced_start_over() {
    let mut sim = Sim::new(steady());
    sim.server.dials = Dials::Fail;
    let id = sim.add("/");
    sim.connect(id);
    sim.run_until(ms(2999));
    sim.server.dials = Dials::Ignore;
    sim.run_until(ms(3000));
    sim.forget();
    // The third dial is under way.
    sim.server.dials = Dials::Accept;
    sim.disconnect(id);
    sim.connect(id);
    sim.assert_wire(&["3.000 abort 3", "3.000 dial 4", "3.000 40"]);
    sim.assert_events(&["3.000 / disconnected: io client disconnect", "3.000 / connected"]);
}

#[test]
fn connecting_by_hand_while_waiting_neither_hastens_nor_doubles_the_attempt() {
    let (mut sim, [id]) = Sim::connected(steady(), ["/"]);
    sim.drop_connection();
    for _ in 0..3 {
        sim.connect(id);
    }
    sim.run_for(ms(5000));
    assert_eq!(times(sim.wire(), "dial"), ["1.000"]);
    sim.assert_events(&[
        "0.000 / disconnected: transport close (code 1006), will reconnect",
        "1.000 / attempt 1",
        "1.000 / connected by attempt 1",
    ]);
}

#[test]
fn a_connection_that_was_made_by_hand_is_reconnected_like_any_other() {
    let (mut sim, [id]) = Sim::connected(steady(), ["/"]);
    sim.disconnect(id);
    sim.connect(id);
    sim.forget();
    sim.drop_connection();
    sim.run_for(ms(1000));
    sim.assert_events(&[
        "0.000 / disconnected: transport close (code 1006), will reconnect",
        "1.000 / attempt 1",
        "1.000 / connected by attempt 1",
    ]);
}

#[test]
fn a_connection_that_was_left_is_not_made_again() {
    let (mut sim, [id]) = Sim::connected(steady(), ["/"]);
    sim.disconnect(id);
    sim.run_for(ms(100_000));
    sim.assert_wire(&["0.000 41", "0.000 close 1"]);
    sim.assert_events(&["0.000 / disconnected: io client disconnect"]);
    sim.assert_nothing_left();
}

#[test]
fn attempts_that_may_take_no_time_at_all_are_made_as_often_as_is_allowed() {
    let limits = Config { reconnection_attempts: Some(2), open_timeout: ms(0), ..steady() };
    let mut sim = Sim::new(limits);
    sim.server.dials = Dials::Ignore;
    let id = sim.add("/");
    sim.connect(id);
    sim.run_until(ms(60_000));
    assert_eq!(times(sim.wire(), "dial"), ["0.000", "1.000", "3.000"]);
    assert_eq!(times(sim.events(), "attempt"), ["1.000", "3.000"]);
    assert_eq!(times(sim.events(), "reconnect failed"), ["3.000"]);
    sim.assert_nothing_left();
}

#[test]
fn the_first_connection_counts_no_attempts() {
    let mut sim = Sim::new(steady());
    let id = sim.add("/");
    sim.connect(id);
    sim.run_until(ms(100_000));
    sim.assert_events(&["0.000 / connected"]);
}

#[test]
fn a_socket_connects_while_another_one_disconnects() {
    let (mut sim, [first]) = Sim::connected(steady(), ["/a"]);
    let second = sim.add("/b");
    sim.is_lazy = true;
    sim.disconnect(first);
    sim.connect(second);
    sim.is_lazy = false;
    sim.settle();
    assert!(sim.server.has_joined("/b") && !sim.server.has_joined("/a"), "{:?}", sim.wire());
}
