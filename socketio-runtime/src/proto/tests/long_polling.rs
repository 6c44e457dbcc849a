//! Long-polling, the change to a WebSocket, and the choice between the two.
//!
//! Must not know: the state machine's inside.

use bytes::Bytes;

use super::{
    super::{Config, Input},
    sim::{Dials, Probes, Sim, ms},
};
use crate::{
    codec::Transport::{self, Polling, WebSocket},
    error::TransportError,
};

/// A client of these transports whose delays are exact.
pub(super) fn config(transports: &[Transport]) -> Config {
    Config {
        transports: transports.to_vec(),
        try_all_transports: true,
        randomization_factor: 0.0,
        ..Config::default()
    }
}

/// A server that offers to change to a WebSocket.
const UPGRADABLE: &str = concat!(
    r#"0{"sid":"session","upgrades":["websocket"],"pingInterval":25000,"#,
    r#""pingTimeout":20000,"maxPayload":1000000}"#
);

fn upgradable(transports: &[Transport]) -> Sim {
    let mut sim = Sim::new(config(transports));
    sim.server.handshake = UPGRADABLE;
    sim
}

// --- long-polling ---

#[test]
fn a_session_is_opened_joined_and_left_over_long_polling() {
    let mut sim = Sim::new(config(&[Polling]));
    let id = sim.add("/a");
    sim.connect(id);
    sim.assert_events(&["0.000 /a connected"]);
    sim.assert_wire(&["0.000 get 1", "0.000 get 1", "0.000 post 40/a,", "0.000 get 1"]);
    sim.server_sends(r#"42/a,["news"]"#);
    sim.emit(id, "x");
    sim.assert_events(&["0.000 /a received news"]);
    sim.assert_wire(&["0.000 get 1", r#"0.000 post 42/a,["x"]"#]);
    sim.disconnect(id);
    sim.assert_wire(&["0.000 post 41/a, + 1", "0.000 abort 1"]);
    sim.assert_nothing_left();
}

#[test]
fn heartbeats_are_answered_over_long_polling_for_days() {
    let (mut sim, _) = Sim::connected(config(&[Polling]), ["/"]);
    sim.run_until(ms(50_000));
    sim.assert_wire(&["25.000 get 1", "25.000 post 3", "50.000 get 1", "50.000 post 3"]);
    sim.run_until(ms(2 * 24 * 60 * 60 * 1000));
    sim.assert_events(&[]);
    sim.server.is_pinging = false;
    sim.run_for(ms(45_000));
    assert!(sim.events()[0].ends_with("ping timeout, will reconnect"), "{:?}", sim.events());
}

#[test]
fn packets_wait_for_the_post_under_way_and_then_go_together() {
    let (mut sim, [id]) = Sim::connected(config(&[Polling]), ["/"]);
    sim.server.long_polling.answers_posts = false;
    sim.emit(id, "a");
    sim.emit_packet(id, "b", vec![Bytes::from_static(&[1, 2, 3, 4])], None, false);
    sim.emit(id, "c");
    sim.assert_wire(&[r#"0.000 post 42["a"]"#]);
    sim.server.answer_post();
    sim.settle();
    sim.assert_wire(&[r#"0.000 post 451-["b"] + bAQIDBA== + 42["c"]"#]);
}

#[test]
fn a_post_is_no_larger_than_the_server_takes() {
    let mut sim = Sim::new(config(&[Polling]));
    sim.server.handshake = concat!(
        r#"0{"sid":"session","upgrades":[],"pingInterval":25000,"#,
        r#""pingTimeout":20000,"maxPayload":30}"#
    );
    let id = sim.add("/");
    for event in ["aaaaa", "bbbbb", "ccccc", "dddddddddddddd", "eeeee"] {
        sim.emit(id, event);
    }
    sim.connect(id);
    let posts: Vec<_> = sim.wire().iter().filter(|line| line.contains("post")).collect();
    assert_eq!(
        posts,
        [
            "0.000 post 40",
            r#"0.000 post 42["aaaaa"] + 42["bbbbb"]"#,
            r#"0.000 post 42["ccccc"]"#,
            r#"0.000 post 42["dddddddddddddd"]"#,
            r#"0.000 post 42["eeeee"]"#,
        ]
    );
}

#[test]
fn binary_data_counts_by_its_size_in_base64_where_it_travels_as_such() {
    for (transport, is_sent) in [(WebSocket, true), (Polling, false)] {
        let mut sim = Sim::new(config(&[transport]));
        sim.server.handshake = concat!(
            r#"0{"sid":"session","upgrades":[],"pingInterval":25000,"#,
            r#""pingTimeout":20000,"maxPayload":100}"#
        );
        let id = sim.add("/");
        sim.connect(id);
        sim.forget();
        sim.emit_packet(id, "file", vec![Bytes::from_static(&[0; 90])], None, false);
        assert_eq!(sim.events().is_empty(), is_sent, "{transport}: {:?}", sim.events());
        assert_eq!(sim.wire().is_empty(), !is_sent, "{transport}: {:?}", sim.wire());
    }
}

#[test]
fn a_volatile_emit_is_dropped_while_a_post_is_under_way() {
    let (mut sim, [id]) = Sim::connected(config(&[Polling]), ["/"]);
    sim.server.long_polling.answers_posts = false;
    sim.emit(id, "x");
    sim.emit_volatile(id, "dropped");
    sim.server.long_polling.answers_posts = true;
    sim.server.answer_post();
    sim.settle();
    sim.emit_volatile(id, "sent");
    sim.assert_wire(&[r#"0.000 post 42["x"]"#, r#"0.000 post 42["sent"]"#]);
}

#[test]
fn a_session_that_the_server_ends_is_opened_anew() {
    let (mut sim, _) = Sim::connected(config(&[Polling]), ["/"]);
    sim.server.close_polling();
    sim.settle();
    sim.assert_events(&["0.000 / disconnected: transport close, will reconnect"]);
    sim.assert_wire(&["0.000 abort 1"]);
    sim.run_until(ms(1000));
    sim.assert_events(&["1.000 / attempt 1", "1.000 / connected by attempt 1"]);
}

#[test]
fn packets_behind_the_servers_close_do_not_count() {
    let (mut sim, _) = Sim::connected(config(&[Polling]), ["/"]);
    sim.server.long_polling.packets = vec!["1".into(), r#"42["behind"]"#.into()];
    sim.server_sends("x");
    sim.assert_events(&["0.000 / disconnected: transport close, will reconnect"]);
}

#[test]
fn a_request_that_fails_loses_the_session_and_ends_the_other_one() {
    for is_get in [true, false] {
        let (mut sim, [id]) = Sim::connected(config(&[Polling]), ["/"]);
        sim.server.long_polling.answers_posts = false;
        sim.server.is_answering = false;
        let ack = sim.emit_with_ack(id, "x", None);
        sim.emit(id, "waits");
        sim.forget();
        let (channel, error) = (sim.server.channel(), TransportError::Closed { code: None });
        sim.input(if is_get {
            Input::Polled { channel, result: Err(error) }
        } else {
            Input::Posted { channel, result: Err(error) }
        });
        assert_eq!(ack.0, 1);
        sim.assert_events(&[
            "0.000 / unanswered 1: transport error: the server closed the connection",
            "0.000 / disconnected: transport error: the server closed the connection, will reconnect",
        ]);
        sim.assert_wire(&["0.000 abort 1"]);
        sim.server.long_polling.answers_posts = true;
        sim.run_until(ms(1000));
        assert!(sim.wire().contains(&r#"1.000 post 42["waits"]"#.to_owned()), "{:?}", sim.wire());
    }
}

#[test]
fn a_request_that_takes_too_long_loses_the_session() {
    let config = Config { request_timeout: Some(ms(7000)), ..config(&[Polling]) };
    let (mut sim, _) = Sim::connected(config, ["/"]);
    sim.run_until(ms(7000));
    sim.assert_events(&[
        "7.000 / disconnected: transport error: a long-polling request was not answered within 7s, will reconnect",
    ]);
}

#[test]
fn what_is_no_packet_costs_the_session_once() {
    let (mut sim, _) = Sim::connected(config(&[Polling]), ["/"]);
    sim.server.long_polling.packets = vec!["b!".into(), "x".into()];
    sim.server_sends("b!");
    sim.assert_events(&[
        "0.000 / disconnected: parse error: binary data that is not base64, will reconnect",
    ]);
    sim.assert_wire(&["0.000 post 1", "0.000 abort 1"]);
}

#[test]
fn a_close_waits_for_the_post_under_way() {
    let (mut sim, [id]) = Sim::connected(config(&[Polling]), ["/"]);
    sim.server.long_polling.answers_posts = false;
    sim.emit(id, "x");
    sim.emit(id, "last words");
    sim.disconnect(id);
    sim.assert_wire(&[r#"0.000 post 42["x"]"#]);
    sim.server.answer_post();
    sim.settle();
    sim.assert_wire(&[r#"0.000 post 42["last words"]"#]);
    // A server that read both at once would drop the event.
    sim.server.answer_post();
    sim.settle();
    sim.assert_wire(&["0.000 post 41 + 1", "0.000 abort 1"]);
    sim.assert_nothing_left();
}

#[test]
fn a_close_that_is_not_answered_is_cut_short() {
    let (mut sim, [id]) = Sim::connected(config(&[Polling]), ["/"]);
    sim.server.long_polling.answers_posts = false;
    sim.emit(id, "x");
    sim.disconnect(id);
    sim.forget();
    sim.run_until(ms(5000));
    sim.assert_wire(&["5.000 abort 1"]);
    sim.assert_nothing_left();
}

#[test]
fn a_binary_message_comes_as_one_over_long_polling() {
    let (mut sim, _) = Sim::connected(config(&[Polling]), ["/"]);
    sim.server.long_polling.packets = vec![r#"451-["file",{"_placeholder":true,"num":0}]"#.into()];
    sim.server_sends_binary(b"data");
    sim.assert_events(&["0.000 / received file with 1 attachments"]);
}

// --- the change to a WebSocket ---

#[test]
fn a_websocket_takes_over_from_long_polling() {
    let mut sim = upgradable(&[Polling, WebSocket]);
    let id = sim.add("/");
    sim.connect(id);
    sim.assert_events(&["0.000 / connected", "0.000 / upgraded to websocket"]);
    let wire = sim.wire().join("\n");
    assert!(wire.contains("0.000 probe 2\n"), "{wire}");
    assert!(wire.ends_with("0.000 5\n0.000 abort 1"), "{wire}");
    sim.forget();
    sim.emit(id, "x");
    sim.assert_wire(&[r#"0.000 42["x"]"#]);
    sim.run_until(ms(25_000));
    sim.assert_wire(&["25.000 3"]);
    sim.disconnect(id);
    sim.assert_nothing_left();
}

#[test]
fn the_change_waits_for_the_requests_under_way_and_keeps_the_order() {
    let mut sim = upgradable(&[Polling, WebSocket]);
    sim.server.long_polling.upgrades = Probes::Ignore;
    let id = sim.add("/");
    sim.connect(id);
    sim.server.long_polling.answers_posts = false;
    sim.emit(id, "posted");
    sim.emit(id, "waits");
    sim.forget();
    let channel = sim.server.long_polling.upgrade.expect("a probe");
    sim.server.long_polling.upgrades = Probes::Answer;
    sim.server.on_upgrade_frame(channel, crate::codec::Frame::Text("2probe".into()));
    sim.settle();
    // The GET has ended; the POST has not.
    sim.assert_wire(&[]);
    sim.emit(id, "waits too");
    sim.server.answer_post();
    sim.settle();
    sim.assert_wire(&[
        "0.000 5",
        "0.000 abort 1",
        r#"0.000 42["waits"]"#,
        r#"0.000 42["waits too"]"#,
    ]);
}

#[test]
fn events_that_come_during_the_change_are_delivered_in_order() {
    let mut sim = upgradable(&[Polling, WebSocket]);
    sim.server.long_polling.upgrades = Probes::Ignore;
    let id = sim.add("/");
    sim.connect(id);
    sim.server.long_polling.answers_posts = false;
    sim.emit(id, "posted");
    sim.forget();
    let channel = sim.server.long_polling.upgrade.expect("a probe");
    sim.server.long_polling.upgrades = Probes::Answer;
    sim.server.on_upgrade_frame(channel, crate::codec::Frame::Text("2probe".into()));
    sim.server_sends(r#"42["over the GET"]"#);
    sim.server_sends(r#"42["kept for the WebSocket"]"#);
    sim.assert_events(&[]);
    sim.server.answer_post();
    sim.settle();
    sim.assert_events(&[
        "0.000 / upgraded to websocket",
        "0.000 / received over the GET",
        "0.000 / received kept for the WebSocket",
    ]);
}

#[test]
fn a_probe_that_fails_leaves_the_session_on_long_polling() {
    for upgrades in [Probes::Fail, Probes::AnswerWrongly, Probes::Ignore] {
        let mut sim = upgradable(&[Polling, WebSocket]);
        sim.server.long_polling.upgrades = upgrades;
        let id = sim.add("/");
        sim.connect(id);
        sim.run_until(ms(10_000));
        sim.assert_events(&["0.000 / connected"]);
        sim.forget();
        sim.emit_with_ack(id, "x", None);
        sim.assert_wire(&[r#"10.000 post 421["x"]"#, "10.000 get 1"]);
        sim.run_until(ms(24 * 60 * 60 * 1000));
        sim.assert_events(&["10.000 / answered 1: [\"ok\"]"]);
    }
}

#[test]
fn a_websocket_that_goes_while_long_polling_pauses_lets_it_go_on() {
    let mut sim = upgradable(&[Polling, WebSocket]);
    sim.server.long_polling.upgrades = Probes::Ignore;
    let id = sim.add("/");
    sim.connect(id);
    sim.server.long_polling.answers_posts = false;
    sim.emit(id, "x");
    sim.forget();
    let channel = sim.server.long_polling.upgrade.take().expect("a probe");
    let frame = crate::codec::Frame::Text("3probe".into());
    sim.input(Input::Frame { channel, frame });
    sim.server_sends("6");
    sim.assert_wire(&[]);
    sim.input(Input::Closed { channel, code: Some(1006) });
    sim.assert_wire(&["0.000 abort 2", "0.000 get 1"]);
    sim.assert_events(&[]);
}

#[test]
fn a_close_during_the_change_gives_the_change_up() {
    let mut sim = upgradable(&[Polling, WebSocket]);
    sim.server.long_polling.upgrades = Probes::Ignore;
    let id = sim.add("/");
    sim.connect(id);
    sim.forget();
    sim.emit(id, "last words");
    sim.disconnect(id);
    sim.assert_wire(&[
        r#"0.000 post 42["last words"]"#,
        "0.000 abort 2",
        "0.000 post 41 + 1",
        "0.000 abort 1",
    ]);
    sim.assert_nothing_left();
}

#[test]
fn a_session_that_is_lost_during_the_change_takes_the_websocket_with_it() {
    let mut sim = upgradable(&[Polling, WebSocket]);
    sim.server.long_polling.upgrades = Probes::Ignore;
    let id = sim.add("/");
    sim.connect(id);
    sim.forget();
    sim.drop_connection();
    sim.assert_wire(&["0.000 abort 1", "0.000 abort 2"]);
    sim.run_until(ms(1000));
    assert!(sim.server.has_joined("/"));
}

#[test]
fn nothing_is_probed_that_the_server_does_not_offer_or_the_user_does_not_want() {
    let mut silent = Sim::new(config(&[Polling, WebSocket]));
    let mut unwanted = upgradable(&[Polling]);
    let off = Config { upgrade: false, ..config(&[Polling, WebSocket]) };
    let mut switched_off = Sim::new(off);
    switched_off.server.handshake = UPGRADABLE;
    for sim in [&mut silent, &mut unwanted, &mut switched_off] {
        let id = sim.add("/");
        sim.connect(id);
        sim.assert_wire(&["0.000 get 1", "0.000 get 1", "0.000 post 40", "0.000 get 1"]);
    }
}

// --- the choice of transport ---

#[test]
fn where_no_websocket_can_be_opened_long_polling_takes_its_place_at_once() {
    let mut sim = upgradable(&[WebSocket, Polling]);
    sim.server.dials = Dials::Fail;
    let id = sim.add("/");
    sim.connect(id);
    sim.assert_events(&["0.000 / connected"]);
    // What has just failed is not probed.
    sim.assert_wire(&[
        "0.000 dial 1",
        "0.000 get 2",
        "0.000 get 2",
        "0.000 post 40",
        "0.000 get 2",
    ]);
    // The next attempt begins with the WebSocket again.
    sim.server.dials = Dials::Accept;
    sim.drop_connection();
    sim.forget();
    sim.run_until(ms(1000));
    sim.assert_wire(&["1.000 dial 3", "1.000 40"]);
}

#[test]
fn when_every_transport_fails_the_first_one_says_why() {
    let mut sim = Sim::new(Config { reconnection: false, ..config(&[WebSocket, Polling]) });
    sim.server.handshake = "no handshake";
    sim.server.long_polling.gets = Dials::Fail;
    let id = sim.add("/");
    sim.connect(id);
    sim.assert_events(&[
        "0.000 / connect error: the server's Engine.IO handshake is not valid: expected an OPEN packet: unknown Engine.IO packet type 'n'",
    ]);
    sim.assert_nothing_left();
}

#[test]
fn a_transport_that_was_closed_without_a_word_leaves_it_to_the_next_one_to_say_why() {
    let not_found = TransportError::Status {
        transport: Polling,
        status: 404,
        refusal: None,
        body: String::new(),
    };
    // What would be the end of all attempts is not believed of the second one.
    let forbidden = TransportError::Status {
        transport: Polling,
        status: 403,
        refusal: None,
        body: String::new(),
    };
    for (error, told) in [
        (not_found, "the server answered the polling request with HTTP status 404"),
        (forbidden, "the server closed the connection"),
    ] {
        let mut sim = Sim::new(config(&[WebSocket, Polling]));
        sim.server.dials = Dials::Ignore;
        sim.server.long_polling.gets = Dials::Ignore;
        let id = sim.add("/");
        sim.connect(id);
        let channel = sim.server.channel();
        sim.server.forget_connection();
        sim.input(Input::Failed { channel, error: TransportError::Closed { code: None } });
        let channel = sim.server.channel();
        sim.server.forget_connection();
        sim.input(Input::Polled { channel, result: Err(error) });
        sim.assert_events(&[&format!("0.000 / connect error: {told}, will retry")]);
    }
}

#[test]
fn no_other_transport_is_tried_where_it_cannot_help_or_is_not_wanted() {
    let mut sim = Sim::new(config(&[WebSocket, Polling]));
    let id = sim.add("/");
    sim.server.dials = Dials::Ignore;
    sim.connect(id);
    let source = std::sync::Arc::new(std::io::ErrorKind::ConnectionRefused.into());
    let error = TransportError::Connect { address: "here".into(), source };
    let channel = sim.server.channel();
    sim.server.forget_connection();
    sim.input(Input::Failed { channel, error });
    sim.assert_wire(&["0.000 dial 1"]);

    let config = Config { try_all_transports: false, ..config(&[WebSocket, Polling]) };
    let mut sim = Sim::new(config);
    sim.server.dials = Dials::Fail;
    let id = sim.add("/");
    sim.connect(id);
    sim.assert_wire(&["0.000 dial 1"]);
}

#[test]
fn a_websocket_that_is_swallowed_lets_the_next_attempt_begin_with_long_polling() {
    let mut sim = Sim::new(config(&[WebSocket, Polling]));
    sim.server.dials = Dials::Ignore;
    let id = sim.add("/");
    sim.connect(id);
    sim.run_until(ms(21_000));
    sim.assert_events(&[
        "20.000 / connect error: the connection did not open within 20s, will retry",
        "21.000 / attempt 1",
        "21.000 / connected by attempt 1",
    ]);
}

#[test]
fn the_time_for_opening_is_one_for_all_transports() {
    let mut sim = Sim::new(config(&[WebSocket, Polling]));
    sim.server.dials = Dials::Ignore;
    sim.server.long_polling.gets = Dials::Ignore;
    let id = sim.add("/");
    sim.connect(id);
    sim.run_until(ms(15_000));
    let channel = sim.server.channel();
    sim.server.forget_connection();
    sim.input(Input::Failed { channel, error: TransportError::Closed { code: None } });
    sim.run_until(ms(20_000));
    // What the preferred one met says more than that another one was in vain.
    sim.assert_events(&["20.000 / connect error: the server closed the connection, will retry"]);
}

#[test]
fn an_upgrade_is_remembered_if_the_user_wants_it() {
    for (remember_upgrade, first) in [(true, "1.000 dial 3"), (false, "1.000 get 3")] {
        let config = Config { remember_upgrade, ..config(&[Polling, WebSocket]) };
        let mut sim = Sim::new(config);
        sim.server.handshake = UPGRADABLE;
        let id = sim.add("/");
        sim.connect(id);
        sim.disconnect(id);
        sim.run_until(ms(1000));
        sim.forget();
        sim.connect(id);
        assert_eq!(sim.wire()[0], first);
    }
}

#[test]
fn binary_packets_travel_as_text_on_a_websocket_where_the_user_wants_it() {
    let config = Config { force_base64: true, ..config(&[WebSocket]) };
    let (mut sim, [id]) = Sim::connected(config, ["/"]);
    sim.emit_packet(id, "file", vec![Bytes::from_static(&[1, 2, 3, 4])], None, false);
    sim.assert_wire(&[r#"0.000 451-["file"]"#, "0.000 bAQIDBA=="]);
    sim.server_sends(r#"451-["file",{"_placeholder":true,"num":0}]"#);
    sim.server_sends("bAQIDBA==");
    sim.assert_events(&["0.000 / received file with 1 attachments"]);
}

// --- what waits behind a POST ---

#[test]
fn what_waits_for_a_namespace_that_the_server_left_is_not_sent() {
    let (mut sim, [id, other]) = Sim::connected(config(&[Polling]), ["/a", "/b"]);
    sim.server.long_polling.answers_posts = false;
    sim.emit(other, "x");
    sim.emit(id, "waits");
    sim.emit_with_ack(id, "asked", None);
    sim.server_disconnects("/a");
    sim.server.answer_post();
    sim.settle();
    sim.assert_events(&[
        "0.000 /a disconnected: io server disconnect",
        "0.000 /a invalid: event `waits` was not sent: the socket is disconnected (io server disconnect)",
        "0.000 /a unsent 1: event `asked` was not sent: the socket is disconnected (io server disconnect)",
    ]);
    let posts = sim.wire().iter().filter(|line| line.contains("post")).count();
    assert_eq!(posts, 1, "{:?}", sim.wire());
}

#[test]
fn an_emit_whose_time_is_up_while_it_waits_is_settled_once_and_not_sent_later() {
    let (mut sim, [id]) = Sim::connected(config(&[Polling]), ["/"]);
    sim.server.long_polling.answers_posts = false;
    sim.emit(id, "x");
    sim.emit_with_ack(id, "asked", Some(ms(1000)));
    sim.run_until(ms(1000));
    sim.assert_events(&["1.000 / unanswered 1: timeout"]);
    sim.server.long_polling.answers_posts = true;
    sim.drop_connection();
    sim.forget();
    sim.run_until(ms(3000));
    assert!(sim.server.has_joined("/"));
    assert!(!sim.wire().iter().any(|line| line.contains("asked")), "{:?}", sim.wire());
}
