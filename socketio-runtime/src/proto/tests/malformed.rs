//! A server that breaks the protocol: what it costs, and whom.
//!
//! Must not know: the state machine's inside.

use super::{
    super::Config,
    sim::{Sim, ms},
};

#[test]
fn a_packet_that_cannot_be_understood_ends_the_connection() {
    let table = [
        ("x", "unknown Engine.IO packet type 'x'"),
        ("", "empty packet"),
        ("4", "empty packet"),
        ("49", "unknown Socket.IO packet type '9'"),
        ("42", "invalid payload at byte 2: expected an array that begins with the event's name"),
        ("42[]", "invalid payload at byte 3: expected the event's name"),
        (r#"42["connect"]"#, "invalid payload at byte 3: expected a name that is not reserved"),
        ("431", "invalid payload at byte 3: expected an array of values"),
        ("41{}", "invalid payload at byte 2: expected nothing"),
        ("45-[\"a\"]", "illegal number of attachments"),
        ("4511-[\"a\"]", "11 attachments are over the limit of 10"),
        ("429007199254740993[\"a\"]", "ack id at byte 2 is out of range"),
    ];
    for (packet, error) in table {
        let (mut sim, _) =
            Sim::connected(Config { randomization_factor: 0.0, ..Config::default() }, ["/"]);
        sim.server_sends(packet);
        // The peer is there, so the connection is closed in good order.
        sim.assert_wire(&["0.000 close 1"]);
        sim.run_until(ms(1000));
        sim.assert_events(&[
            &format!("0.000 / disconnected: parse error: {error}, will reconnect"),
            "1.000 / attempt 1",
            "1.000 / connected by attempt 1",
        ]);
    }
}

#[test]
fn frames_behind_one_that_cannot_be_understood_are_not_read() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_closing = false;
    sim.server_sends("x");
    sim.forget();
    sim.server_sends(r#"42["news"]"#);
    sim.server_sends("x");
    sim.server_sends("2");
    sim.assert_events(&[]);
    sim.assert_wire(&[]);
}

#[test]
fn a_peer_that_does_not_agree_to_the_close_does_not_delay_the_retry() {
    let (mut sim, _) =
        Sim::connected(Config { randomization_factor: 0.0, ..Config::default() }, ["/"]);
    sim.server.is_closing = false;
    sim.server_sends("x");
    sim.run_until(ms(1000));
    sim.assert_wire(&["0.000 close 1", "1.000 abort 1", "1.000 dial 2", "1.000 40"]);
}

#[test]
fn a_packet_whose_values_are_broken_is_its_events_business() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/"]);
    sim.server_sends(r#"42["a""#);
    sim.server_sends(r#"42["a",}{"#);
    sim.server_sends(r#"42["a","\ud800"]"#);
    sim.assert_events(&["0.000 / received a", "0.000 / received a", "0.000 / received a"]);
}

#[test]
fn packets_for_unknown_namespaces_are_nobodys() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/a"]);
    for packet in [r#"42["x"]"#, r#"42/b,["x"]"#, "41", r#"40{"sid":"x"}"#, "44{}", "430[]"] {
        sim.server_sends(packet);
    }
    sim.assert_events(&[]);
    sim.assert_wire(&[]);
}

#[test]
fn missing_attachments_cost_their_packet_alone() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/"]);
    sim.server_sends(r#"452-["cut"]"#);
    sim.server_sends_binary(&[1]);
    sim.server_sends(r#"42["next"]"#);
    sim.server_sends_binary(&[2]);
    sim.server_sends(r#"451-["whole"]"#);
    sim.server_sends_binary(&[3]);
    sim.assert_events(&[
        "0.000 / invalid: a packet was dropped: 1 of 2 attachments are missing",
        "0.000 / received next",
        "0.000 / invalid: a packet was dropped: binary data without a packet that announced it",
        "0.000 / received whole with 1 attachments",
    ]);
    sim.assert_wire(&[]);
}

#[test]
fn a_ping_between_attachments_is_no_interruption() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/"]);
    sim.server_sends(r#"452-["file"]"#);
    sim.server_sends("2");
    sim.server_sends_binary(&[1]);
    sim.server_sends("6");
    sim.server_sends_binary(&[2]);
    sim.assert_events(&["0.000 / received file with 2 attachments"]);
}

#[test]
fn a_partial_packet_does_not_outlive_its_connection() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/"]);
    sim.server_sends(r#"452-["cut"]"#);
    sim.server_sends_binary(&[1]);
    sim.drop_connection();
    sim.run_until(ms(1500));
    sim.forget();
    sim.server_sends(r#"42["news"]"#);
    assert_eq!(sim.events().len(), 1, "{:?}", sim.events());
    sim.server_sends_binary(&[2]);
    assert!(sim.events()[1].contains("binary data without a packet"), "{:?}", sim.events());
}

#[test]
fn a_partial_packet_does_not_outlive_a_close_either() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server_sends(r#"451-["cut"]"#);
    sim.disconnect(id);
    sim.server.words.insert("/", super::sim::Word::Later);
    sim.connect(id);
    sim.forget();
    sim.server_sends_binary(&[1]);
    sim.server_accepts("/");
    sim.assert_events(&["0.000 / connected"]);
}

#[test]
fn a_second_connect_from_the_server_is_told_and_ignored() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.emit_with_ack(id, "kept", None);
    sim.forget();
    sim.server_sends(r#"40{"sid":"other"}"#);
    sim.assert_events(&[
        "0.000 / invalid: a packet was dropped: CONNECT for a namespace that is connected",
    ]);
    sim.server_sends(r#"44{"message":"no"}"#);
    sim.assert_events(&[]);
}

#[test]
fn a_broken_reply_to_a_connect_is_a_packet_that_cannot_be_understood() {
    let mut sim = Sim::new(Config { randomization_factor: 0.0, ..Config::default() });
    sim.server.words.insert("/", super::sim::Word::Later);
    let id = sim.add("/");
    sim.connect(id);
    sim.server_sends(r#"40{"sid":"a""#);
    sim.assert_wire(&["0.000 dial 1", "0.000 40", "0.000 close 1"]);
    assert_eq!(sim.next_timeout(), Some(ms(1000)), "{:?}", sim.events());
}
