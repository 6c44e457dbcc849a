//! Long-polling with servers and networks that would make it wait, spin or overflow.
//!
//! Must not know: the state machine's inside.

use bytes::Bytes;

use super::{
    super::{Config, EMPTY_POLL_INTERVAL, EmitPolicy, Input},
    long_polling::config,
    sim::{Dials, Probes, Sim, Word, ms},
};
use crate::codec::Transport::{Polling, WebSocket};

/// A server that takes little at a time.
const SMALL: &str = concat!(
    r#"0{"sid":"session","upgrades":[],"pingInterval":25000,"#,
    r#""pingTimeout":20000,"maxPayload":30}"#
);

#[test]
fn a_close_does_not_make_a_post_larger_than_the_server_takes() {
    let mut sim = Sim::new(config(&[Polling]));
    sim.server.handshake = SMALL;
    let id = sim.add("/");
    sim.connect(id);
    sim.forget();
    sim.is_lazy = true;
    for event in ["aaaaa", "bbbbb", "ccccc", "ddddd", "eeeee"] {
        sim.emit(id, event);
    }
    sim.disconnect(id);
    sim.is_lazy = false;
    sim.settle();
    sim.assert_wire(&[
        r#"0.000 post 42["aaaaa"] + 42["bbbbb"]"#,
        r#"0.000 post 42["ccccc"] + 42["ddddd"]"#,
        r#"0.000 post 42["eeeee"]"#,
        "0.000 post 41 + 1",
        "0.000 abort 1",
    ]);
    sim.assert_nothing_left();
}

#[test]
fn a_post_that_is_not_answered_costs_the_connection_in_the_time_of_a_heartbeat() {
    let (mut sim, [id]) = Sim::connected(config(&[Polling]), ["/"]);
    sim.run_until(ms(30_000));
    sim.forget();
    sim.server.long_polling.answers_posts = false;
    sim.emit(id, "lost");
    sim.emit(id, "waits");
    // A server that goes on by itself, though it has no answer to its heartbeats.
    for seconds in [20, 20] {
        sim.run_for(ms(seconds * 1000));
        sim.server_sends("2");
    }
    sim.assert_events(&[]);
    sim.server.long_polling.answers_posts = true;
    sim.run_until(ms(76_000));
    sim.assert_events(&[
        "75.000 / disconnected: transport error: a long-polling request was not answered within 45s, will reconnect",
        "76.000 / attempt 1",
        "76.000 / connected by attempt 1",
    ]);
    assert!(sim.wire().contains(&r#"76.000 post 42["waits"]"#.to_owned()), "{:?}", sim.wire());
}

#[test]
fn a_server_that_answers_each_poll_with_nothing_is_asked_ten_times_a_second() {
    let (mut sim, _) = Sim::connected(config(&[Polling]), ["/"]);
    sim.server.long_polling.is_idling = true;
    sim.server_sends("6");
    sim.run_until(ms(1000));
    let gets = sim.wire().iter().filter(|line| line.contains("get")).count();
    assert_eq!(gets, 10, "{:?}", sim.wire());
    sim.forget();
    // What has something to say is asked again at once.
    sim.server.long_polling.is_idling = false;
    sim.server_sends(r#"42["news"]"#);
    sim.run_for(EMPTY_POLL_INTERVAL);
    sim.server_sends(r#"42["more"]"#);
    sim.server_sends(r#"42["yet more"]"#);
    let gets = sim.wire().iter().filter(|line| line.contains("get")).count();
    assert_eq!(gets, 4, "{:?}", sim.wire());
    assert_eq!(sim.events().len(), 3, "{:?}", sim.events());
}

#[test]
fn a_poll_that_brought_nothing_after_a_while_is_followed_at_once() {
    let (mut sim, _) = Sim::connected(config(&[Polling]), ["/"]);
    sim.run_until(ms(10_000));
    sim.server_sends("6");
    sim.assert_wire(&["10.000 get 1"]);
}

#[test]
fn a_websocket_takes_over_while_polls_bring_nothing() {
    for probes in [Probes::Answer, Probes::Ignore] {
        let mut sim = Sim::new(config(&[Polling, WebSocket]));
        sim.server.handshake = concat!(
            r#"0{"sid":"session","upgrades":["websocket"],"pingInterval":25000,"#,
            r#""pingTimeout":20000,"maxPayload":1000000}"#
        );
        sim.server.long_polling.upgrades = probes;
        let id = sim.add("/");
        sim.connect(id);
        sim.server_sends("6");
        sim.emit(id, "x");
        sim.run_until(ms(30_000));
        let transport = if probes == Probes::Answer { WebSocket } else { Polling };
        assert_eq!(sim.manager.transport(), Some(transport));
        sim.disconnect(id);
        sim.assert_nothing_left();
    }
}

#[test]
fn binary_data_counts_by_its_size_in_base64_where_the_user_has_it_travel_as_such() {
    let config = Config { force_base64: true, ..config(&[WebSocket]) };
    let mut sim = Sim::new(config);
    sim.server.handshake = SMALL;
    let id = sim.add("/");
    sim.connect(id);
    sim.forget();
    sim.emit_packet(id, "f", vec![Bytes::from_static(&[0; 24])], None, false);
    sim.assert_events(&[
        "0.000 / invalid: event `f` has a part of 33 bytes, over the server's `maxPayload` of 30",
    ]);
    sim.assert_wire(&[]);
}

#[test]
fn the_error_of_an_attempt_that_was_broken_off_is_not_that_of_the_next() {
    let mut sim = Sim::new(config(&[WebSocket, Polling]));
    sim.server.dials = Dials::Fail;
    sim.server.long_polling.gets = Dials::Ignore;
    let id = sim.add("/");
    sim.connect(id);
    sim.disconnect(id);
    sim.forget();
    sim.server.dials = Dials::Ignore;
    sim.connect(id);
    sim.run_for(ms(20_000));
    assert!(sim.events()[0].contains("did not open within 20s"), "{:?}", sim.events());
}

#[test]
fn no_patience_at_all_does_not_keep_the_process_busy() {
    let config = Config { connect_timeout: ms(0), ..config(&[WebSocket]) };
    let (mut sim, [_, id]) = {
        let (mut sim, [first]) = Sim::connected(config, ["/"]);
        let second = sim.add("/a");
        (sim, [first, second])
    };
    sim.server.words.insert("/a", Word::Later);
    sim.connect(id);
    let next = sim.next_timeout().expect("the heartbeat");
    assert!(next >= ms(1000), "{next:?}");
    sim.server_accepts("/a");
    assert!(sim.events().iter().any(|event| event.ends_with("/a connected")), "{:?}", sim.events());
}

#[test]
fn what_comes_late_of_a_request_that_took_too_long_does_nothing() {
    let (mut sim, [id]) = Sim::connected(config(&[Polling]), ["/"]);
    sim.server.long_polling.answers_posts = false;
    let channel = sim.server.channel();
    sim.emit(id, "x");
    sim.server.is_pinging = false;
    sim.run_until(ms(45_000));
    sim.forget();
    sim.input(Input::Posted { channel, result: Ok(()) });
    sim.input(Input::Polled { channel, result: Ok(r#"42["late"]"#.into()) });
    sim.assert_events(&[]);
    sim.assert_wire(&[]);
}

#[test]
fn what_a_stuck_post_kept_for_too_long_is_given_up_with_the_connection() {
    let config = Config { connect_timeout: ms(300), ..config(&[Polling]) };
    let (mut sim, [id, other]) = Sim::connected(config, ["/", "/b"]);
    sim.server.long_polling.answers_posts = false;
    sim.emit(id, "x");
    let policy = EmitPolicy { time_to_live: ms(200).into(), ..EmitPolicy::default() };
    sim.emit_as(id, "late", policy);
    sim.disconnect(id);
    sim.connect(id);
    sim.disconnect(other);
    sim.forget();
    sim.run_until(ms(300));
    sim.assert_events(&[
        "0.300 / invalid: event `late` was not sent within its time to live of 200ms",
        "0.300 / connect error: the server did not accept namespace `/` within 300ms, will retry",
    ]);
}
