//! The end of a connection that nobody needs.
//!
//! Must not know: the state machine's inside.

use super::{
    super::{BARRIER_TIMEOUT, Config, Input},
    sim::{Auth, Sim, Word, ms},
};
use crate::codec::Transport;

#[test]
fn a_close_that_the_server_agrees_to_leaves_nothing() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.emit(id, "last words");
    sim.disconnect(id);
    let wire = [r#"0.000 42["last words"]"#, "0.000 ping 1", "0.000 41", "0.000 close 1"];
    sim.assert_wire(&wire);
    sim.assert_nothing_left();
}

#[test]
fn a_close_that_the_server_does_not_agree_to_is_cut_short() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_closing = false;
    sim.disconnect(id);
    sim.forget();
    sim.run_until(ms(4999));
    sim.assert_wire(&[]);
    sim.run_until(ms(5000));
    sim.assert_wire(&["5.000 abort 1"]);
    sim.assert_nothing_left();
}

#[test]
fn a_connection_that_breaks_while_it_closes_is_closed() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_closing = false;
    sim.disconnect(id);
    sim.forget();
    sim.drop_connection();
    sim.assert_events(&[]);
    sim.assert_nothing_left();
}

#[test]
fn connect_during_a_close_dials_after_it() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_closing = false;
    sim.disconnect(id);
    sim.run_until(ms(1000));
    sim.connect(id);
    sim.forget();
    let channel = sim.server.channel();
    sim.server.drop_connection();
    sim.input(Input::Closed { channel, code: None });
    sim.assert_wire(&["1.000 dial 2", "1.000 40"]);
    sim.assert_events(&["1.000 / connected"]);
}

#[test]
fn connect_during_a_close_dials_at_its_timeout_at_the_latest() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server.is_closing = false;
    sim.disconnect(id);
    sim.run_until(ms(1000));
    sim.connect(id);
    sim.forget();
    sim.run_until(ms(5000));
    sim.assert_wire(&["5.000 abort 1", "5.000 dial 2", "5.000 40"]);
}

#[test]
fn the_server_is_not_told_of_a_namespace_that_it_does_not_know() {
    let mut sim = Sim::new(Config::default());
    sim.auth = Auth::Silent;
    let id = sim.add("/");
    sim.connect(id);
    sim.disconnect(id);
    sim.assert_wire(&["0.000 dial 1", "0.000 close 1"]);
    sim.assert_nothing_left();
}

#[test]
fn a_socket_that_was_never_connected_leaves_no_trace() {
    let mut sim = Sim::new(Config::default());
    let id = sim.add("/");
    sim.emit(id, "x");
    sim.emit_with_ack(id, "y", Some(ms(1000)));
    sim.remove(id);
    sim.assert_wire(&[]);
    sim.assert_nothing_left();
}

#[test]
fn a_goodbye_waits_until_the_server_has_read_what_was_said_before() {
    let (mut sim, [id, other]) = Sim::connected(Config::default(), ["/a", "/b"]);
    sim.server.is_ponging = false;
    sim.emit(id, "last words");
    sim.disconnect(id);
    sim.emit(other, "waits");
    sim.assert_wire(&[r#"0.000 42/a,["last words"]"#, "0.000 ping 1"]);
    sim.pong();
    sim.assert_wire(&["0.000 41/a,", r#"0.000 42/b,["waits"]"#]);
    // Everything has been read, and nothing was said since: there is nothing to wait for.
    sim.server.is_ponging = true;
    sim.disconnect(other);
    sim.assert_wire(&["0.000 ping 1", "0.000 41/b,", "0.000 close 1"]);
    sim.assert_nothing_left();
}

#[test]
fn a_goodbye_does_not_wait_for_ever_or_without_need() {
    let (mut sim, [id, other]) = Sim::connected(Config::default(), ["/a", "/b"]);
    sim.disconnect(other);
    sim.assert_wire(&["0.000 41/b,"]);
    sim.server.is_ponging = false;
    sim.emit(id, "last words");
    sim.disconnect(id);
    sim.forget();
    sim.run_until(ms(1999));
    sim.assert_wire(&[]);
    sim.run_until(ms(2000));
    sim.assert_wire(&["2.000 41/a,", "2.000 close 1"]);
}

#[test]
fn a_goodbye_that_waits_is_not_needed_once_the_server_has_left() {
    let (mut sim, [id, other]) = Sim::connected(Config::default(), ["/a", "/b"]);
    sim.server.is_ponging = false;
    sim.emit(id, "last words");
    sim.disconnect(id);
    sim.connect(id);
    sim.forget();
    sim.server_disconnects("/a");
    sim.assert_wire(&["0.000 40/a,"]);
    sim.assert_events(&["0.000 /a connected"]);
    sim.emit(other, "x");
    sim.assert_wire(&[r#"0.000 42/b,["x"]"#]);
}

#[test]
fn a_connection_that_closes_sends_nothing_to_a_namespace_that_the_server_has_left() {
    let (mut sim, [id, other]) = Sim::connected(Config::default(), ["/a", "/b"]);
    sim.server.is_ponging = false;
    sim.emit(id, "last words");
    sim.disconnect(id);
    sim.emit_volatile(other, "waits");
    sim.disconnect(other);
    sim.server_disconnects("/b");
    sim.forget();
    sim.pong();
    sim.assert_wire(&["0.000 41/a,", "0.000 close 1"]);
}

#[test]
fn a_namespace_is_not_entered_again_before_the_server_has_read_that_it_was_left() {
    let (mut sim, [id, _other]) = Sim::connected(Config::default(), ["/a", "/b"]);
    sim.server.is_ponging = false;
    sim.disconnect(id);
    sim.connect(id);
    // Read together, the two would cost the whole connection.
    sim.assert_wire(&["0.000 41/a,", "0.000 ping 1"]);
    sim.pong();
    sim.assert_wire(&["0.000 40/a,"]);
}

#[test]
fn a_late_answer_to_a_ping_that_was_given_up_does_not_answer_the_next() {
    let (mut sim, [id, _other]) = Sim::connected(Config::default(), ["/a", "/b"]);
    sim.server.is_ponging = false;
    sim.disconnect(id);
    sim.connect(id);
    sim.assert_wire(&["0.000 41/a,", "0.000 ping 1"]);
    let (channel, number) = (sim.server.channel(), sim.server.ping);
    sim.run_for(BARRIER_TIMEOUT);
    sim.assert_wire(&["2.000 40/a,"]);
    sim.disconnect(id);
    sim.connect(id);
    sim.assert_wire(&["2.000 41/a,", "2.000 ping 1"]);
    sim.input(Input::Ponged { channel, number });
    sim.assert_wire(&[]);
    sim.pong();
    sim.assert_wire(&["2.000 40/a,"]);
}

#[test]
fn the_answer_to_a_ping_does_not_speak_for_what_was_sent_after_it() {
    let (mut sim, [id, other]) = Sim::connected(Config::default(), ["/a", "/b"]);
    sim.server.is_ponging = false;
    sim.emit(id, "last words");
    sim.disconnect(id);
    sim.assert_wire(&[r#"0.000 42/a,["last words"]"#, "0.000 ping 1"]);
    let (channel, number) = (sim.server.channel(), sim.server.ping);
    // The goodbye that waited is not needed any more, and another event overtakes the answer.
    sim.server_disconnects("/a");
    sim.emit(other, "last words");
    sim.disconnect(other);
    sim.assert_wire(&[r#"0.000 42/b,["last words"]"#, "0.000 ping 1"]);
    sim.input(Input::Ponged { channel, number });
    sim.assert_wire(&[]);
    sim.pong();
    sim.assert_wire(&["0.000 41/b,", "0.000 close 1"]);
}

#[test]
fn what_the_server_says_before_it_is_asked_belongs_to_the_connection_that_was_left() {
    for transport in [Transport::WebSocket, Transport::Polling] {
        let config = Config { transports: vec![transport], ..Config::default() };
        let (mut sim, [id, _other]) = Sim::connected(config, ["/a", "/b"]);
        sim.server.is_ponging = false;
        sim.server.long_polling.answers_posts = false;
        sim.disconnect(id);
        sim.connect(id);
        sim.forget();
        // None of it is the answer to the CONNECT, which the server has not seen.
        for packet in
            [r#"42/a,7["old"]"#, r#"40/a,{"sid":"old"}"#, "41/a,", r#"44/a,{"message":"no"}"#]
        {
            sim.server_sends(packet);
        }
        sim.assert_events(&[]);
        if transport == Transport::WebSocket {
            sim.pong();
        } else {
            sim.server.long_polling.answers_posts = true;
            sim.server.answer_post();
            sim.settle();
        }
        sim.assert_events(&["0.000 /a connected"]);
        assert!(sim.tokens.is_empty(), "the event was for the former connection");
    }
}

#[test]
fn an_event_that_comes_late_over_long_polling_is_not_delivered_on_the_next_connection() {
    let config = Config { transports: vec![Transport::Polling], ..Config::default() };
    let (mut sim, [id, _other]) = Sim::connected(config, ["/a", "/b"]);
    sim.server.words.insert("/a", Word::Later);
    // The answer to the GET is slower than the answer to the POST.
    sim.server.long_polling.is_withholding = true;
    sim.server_sends(r#"42/a,["old"]"#);
    sim.disconnect(id);
    sim.connect(id);
    sim.assert_wire(&["0.000 post 41/a,", "0.000 post 40/a,"]);
    sim.forget();
    sim.server.long_polling.is_withholding = false;
    sim.server.answer_get();
    sim.settle();
    sim.server_accepts("/a");
    sim.server_sends(r#"42/a,["new"]"#);
    sim.assert_events(&["0.000 /a connected", "0.000 /a received new"]);
}

#[test]
fn a_goodbye_that_crosses_another_one_does_not_mean_the_next_connection() {
    let config = Config { transports: vec![Transport::Polling], ..Config::default() };
    let (mut sim, [id, _other]) = Sim::connected(config, ["/a", "/b"]);
    // What the server says is on its way, while it reads what this side says.
    sim.server.long_polling.is_withholding = true;
    sim.server_disconnects("/a");
    sim.disconnect(id);
    sim.connect(id);
    sim.forget();
    sim.server.long_polling.is_withholding = false;
    sim.server.answer_get();
    sim.settle();
    sim.assert_events(&["0.000 /a connected"]);
    // The next one counts.
    sim.server_disconnects("/a");
    sim.assert_events(&["0.000 /a disconnected: io server disconnect"]);
}
