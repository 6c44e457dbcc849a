//! Emits: what is held back, dropped or refused, and in which order the rest is sent.
//!
//! Must not know: the state machine's inside.

use bytes::Bytes;

use super::{
    super::{Config, Frame, Input, outbox::KEPT_ENTRIES},
    sim::{Sim, Word, ms},
};

#[test]
fn emits_before_the_connection_are_sent_in_order_once_it_is_there() {
    let mut sim = Sim::new(Config::default());
    sim.server.words.insert("/", Word::Later);
    let id = sim.add("/");
    sim.emit(id, "before connect");
    sim.connect(id);
    sim.emit(id, "before the word");
    let ack = sim.emit_with_ack(id, "asked", None);
    assert_eq!(ack.0, 1);
    sim.assert_wire(&["0.000 dial 1", "0.000 40"]);
    assert_eq!(sim.manager.held_bytes(), 20 + 21 + 12);
    sim.server_accepts("/");
    sim.emit(id, "later");
    sim.assert_wire(&[
        r#"0.000 42["before connect"]"#,
        r#"0.000 42["before the word"]"#,
        r#"0.000 421["asked"]"#,
        r#"0.000 42["later"]"#,
    ]);
    assert_eq!(sim.manager.held_bytes(), 0);
}

#[test]
fn emits_while_the_connection_is_lost_are_sent_after_it() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.drop_connection();
    sim.emit(id, "first");
    sim.emit(id, "second");
    sim.assert_wire(&[]);
    sim.run_until(ms(1500));
    let frames: Vec<_> = sim.wire().iter().filter_map(|line| line.split_once(' ')).collect();
    let frames: Vec<_> = frames.into_iter().map(|(_, frame)| frame).collect();
    assert_eq!(frames, ["dial 2", "40", r#"42["first"]"#, r#"42["second"]"#]);
}

#[test]
fn what_was_sent_is_not_sent_again() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.emit(id, "once");
    sim.drop_connection();
    sim.forget();
    sim.run_until(ms(1500));
    assert!(!sim.wire().iter().any(|line| line.contains("once")), "{:?}", sim.wire());
}

#[test]
fn what_the_lost_connection_did_not_take_is_sent_once_on_the_next_one() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    for end in ["dropped", "broken by a packet", "silent"] {
        sim.server.is_pinging = true;
        sim.run_for(ms(10_000));
        assert!(sim.server.has_joined("/"));
        sim.forget();
        // Nothing is taken out before the end has come.
        sim.is_lazy = true;
        sim.emit(id, "late");
        let channel = sim.server.channel();
        assert_eq!(sim.manager.unsent_bytes(), r#"42["late"]"#.len());
        match end {
            "dropped" => sim.input(Input::Closed { channel, code: None }),
            "broken by a packet" => {
                sim.input(Input::Frame { channel, frame: Frame::Text("x".into()) });
            }
            _ => {
                sim.sleep(ms(60_000));
                sim.manager.handle_timeout(sim.now());
            }
        }
        assert_eq!(sim.manager.unsent_bytes(), 0, "{end}");
        assert_eq!(sim.manager.held_bytes(), r#"42["late"]"#.len(), "{end}");
        sim.is_lazy = false;
        if end == "dropped" {
            sim.server.forget_connection();
        }
        sim.settle();
        sim.run_for(ms(10_000));
        let sent = sim.wire().iter().filter(|line| line.contains("late")).count();
        assert_eq!(sent, 1, "{end}: {:?}", sim.wire());
    }
}

#[test]
fn attachments_follow_their_packet() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/a"]);
    let attachments = vec![Bytes::from_static(b"12345"), Bytes::new()];
    sim.emit_packet(id, "file", attachments, None, false);
    sim.assert_wire(&[r#"0.000 452-/a,["file"]"#, "0.000 5 bytes", "0.000 0 bytes"]);
}

#[test]
fn volatile_emits_are_dropped_without_a_connection() {
    let mut sim = Sim::new(Config::default());
    sim.server.words.insert("/", Word::Later);
    let id = sim.add("/");
    sim.emit_volatile(id, "x");
    sim.connect(id);
    sim.emit_volatile(id, "x");
    let ack = sim.new_ack();
    sim.emit_packet(id, "asked", Vec::new(), Some((ack, None)), true);
    sim.assert_events(&[
        "0.000 / unsent 1: volatile event `asked` was dropped: it could not be sent at once",
    ]);
    sim.forget();
    sim.server_accepts("/");
    sim.assert_wire(&[]);
    sim.emit_volatile(id, "x");
    sim.assert_wire(&[r#"0.000 42["x"]"#]);
    sim.drop_connection();
    sim.emit_volatile(id, "x");
    assert_eq!(sim.manager.held_bytes(), 0);
}

#[test]
fn volatile_emits_are_dropped_while_the_network_takes_nothing() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    let channel = sim.server.channel();
    sim.input(Input::Writable { channel, writable: false });
    sim.emit_volatile(id, "dropped");
    sim.emit(id, "kept");
    sim.input(Input::Writable { channel, writable: true });
    sim.emit_volatile(id, "sent");
    sim.assert_wire(&[r#"0.000 42["kept"]"#, r#"0.000 42["sent"]"#]);
}

#[test]
fn after_a_burst_no_room_is_kept_for_another_one() {
    let mut sim = Sim::new(Config::default());
    sim.server.words.insert("/", Word::Later);
    let id = sim.add("/");
    sim.manager.watch_sent(id, true);
    sim.connect(id);
    for _ in 0..10 * KEPT_ENTRIES {
        sim.emit(id, "x");
    }
    sim.server_accepts("/");
    assert_eq!((sim.manager.unsent_bytes(), sim.manager.held_bytes()), (0, 0));
    assert!(sim.manager.out.room() <= 2 * KEPT_ENTRIES, "{}", sim.manager.out.room());
}

#[test]
fn a_new_connection_takes_frames_whatever_the_old_one_did() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    let channel = sim.server.channel();
    sim.input(Input::Writable { channel, writable: false });
    sim.drop_connection();
    sim.run_until(ms(1500));
    sim.forget();
    sim.emit_volatile(id, "sent");
    assert_eq!(sim.wire().len(), 1);
}

fn small_server(sim: &mut Sim) {
    sim.server.handshake =
        r#"0{"sid":"s","pingInterval":25000,"pingTimeout":20000,"maxPayload":10}"#;
}

#[test]
fn an_emit_over_the_servers_limit_is_refused_instead_of_costing_the_connection() {
    let mut sim = Sim::new(Config::default());
    small_server(&mut sim);
    let id = sim.add("/");
    sim.connect(id);
    sim.forget();
    sim.emit(id, "12345");
    sim.emit_with_ack(id, "123456", Some(ms(1000)));
    sim.emit_packet(id, "b", vec![Bytes::from_static(&[0; 11])], None, false);
    sim.assert_wire(&[]);
    sim.assert_events(&[
        "0.000 / invalid: event `12345` has a part of 11 bytes, over the server's `maxPayload` of 10",
        "0.000 / unsent 1: event `123456` has a part of 13 bytes, over the server's `maxPayload` of 10",
        "0.000 / invalid: event `b` has a part of 11 bytes, over the server's `maxPayload` of 10",
    ]);
    sim.emit(id, "1234");
    sim.emit_packet(id, "b", vec![Bytes::from_static(&[0; 10])], None, false);
    sim.assert_wire(&[r#"0.000 42["1234"]"#, r#"0.000 451-["b"]"#, "0.000 10 bytes"]);
    sim.run_until(ms(2000));
    sim.assert_events(&[]);
}

#[test]
fn the_servers_limit_holds_for_what_was_held_back() {
    let mut sim = Sim::new(Config::default());
    small_server(&mut sim);
    let id = sim.add("/");
    sim.emit(id, "a");
    sim.emit(id, "far too large");
    sim.emit_with_ack(id, "too large, too", Some(ms(1000)));
    sim.emit(id, "b");
    sim.connect(id);
    sim.assert_wire(&["0.000 dial 1", "0.000 40", r#"0.000 42["a"]"#, r#"0.000 42["b"]"#]);
    sim.assert_events(&[
        "0.000 / invalid: event `far too large` has a part of 19 bytes, over the server's `maxPayload` of 10",
        "0.000 / unsent 1: event `too large, too` has a part of 21 bytes, over the server's `maxPayload` of 10",
        "0.000 / connected",
    ]);
    sim.run_until(ms(2000));
    sim.assert_events(&[]);
}

#[test]
fn emits_after_disconnect_are_refused_with_the_reason() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.disconnect(id);
    sim.forget();
    sim.emit(id, "x");
    sim.emit_with_ack(id, "y", None);
    sim.emit_volatile(id, "z");
    sim.assert_events(&[
        "0.000 / invalid: event `x` was not sent: the socket is disconnected (io client disconnect)",
        "0.000 / unsent 1: event `y` was not sent: the socket is disconnected (io client disconnect)",
        "0.000 / invalid: event `z` was not sent: the socket is disconnected (io client disconnect)",
    ]);
    sim.connect(id);
    sim.forget();
    sim.emit(id, "x");
    sim.assert_wire(&[r#"0.000 42["x"]"#]);
    sim.server_disconnects("/");
    sim.forget();
    sim.emit(id, "x");
    sim.assert_events(&[
        "0.000 / invalid: event `x` was not sent: the socket is disconnected (io server disconnect)",
    ]);
}

#[test]
fn disconnect_rejects_what_was_held_back() {
    let mut sim = Sim::new(Config::default());
    sim.server.words.insert("/", Word::Later);
    let id = sim.add("/");
    sim.connect(id);
    sim.emit(id, "x");
    sim.emit_with_ack(id, "y", Some(ms(1000)));
    sim.disconnect(id);
    sim.assert_events(&[
        "0.000 / disconnected: io client disconnect",
        "0.000 / invalid: event `x` was not sent: the socket is disconnected (io client disconnect)",
        "0.000 / unsent 1: event `y` was not sent: the socket is disconnected (io client disconnect)",
    ]);
    sim.assert_nothing_left();
}

#[test]
fn emits_before_the_first_connect_are_held_back_without_end() {
    let mut sim = Sim::new(Config::default());
    let id = sim.add("/");
    sim.emit(id, "x");
    sim.run_until(ms(1_000_000));
    sim.connect(id);
    sim.assert_wire(&["1000.000 dial 1", "1000.000 40", r#"1000.000 42["x"]"#]);
}
