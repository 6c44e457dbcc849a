//! Who watches what is sent hears of each event once, when the transport takes it.
//!
//! Must not know: the state machine's inside.

use bytes::Bytes;

use super::{
    super::{Config, Input},
    sim::{Sim, Word, ms},
};

#[test]
fn nothing_is_told_unless_somebody_watches() {
    let (mut sim, [main, other]) = Sim::connected(Config::default(), ["/", "/other"]);
    sim.emit(main, "unseen");
    sim.manager.watch_sent(other, true);
    sim.emit(main, "unseen too");
    sim.emit(other, "seen");
    sim.manager.watch_sent(other, false);
    sim.emit(other, "unseen at last");
    sim.assert_events(&["0.000 /other sent event seen with 0"]);
}

#[test]
fn an_event_that_was_held_back_is_told_when_it_is_sent() {
    let mut sim = Sim::new(Config::default());
    sim.server.words.insert("/", Word::Later);
    let id = sim.add("/");
    sim.manager.watch_sent(id, true);
    sim.emit(id, "held");
    sim.emit_volatile(id, "dropped");
    sim.connect(id);
    sim.assert_events(&[]);
    sim.server_accepts("/");
    sim.emit_packet(id, "binary", vec![Bytes::from_static(b"x")], None, true);
    sim.assert_events(&[
        "0.000 / connected",
        "0.000 / sent event held with 0",
        "0.000 / sent event binary with 1",
    ]);
}

#[test]
fn a_question_is_an_event_and_an_answer_is_none() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.manager.watch_sent(id, true);
    sim.emit_with_ack(id, "asked", None);
    sim.server_sends(r#"427["asks"]"#);
    let token = sim.tokens.pop().expect("the server asked");
    sim.answer(id, &token);
    sim.assert_events(&[
        "0.000 / sent question asked with 0",
        r#"0.000 / answered 1: ["ok"]"#,
        "0.000 / received asks",
    ]);
}

#[test]
fn what_a_lost_connection_did_not_take_is_told_once() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.manager.watch_sent(id, true);
    sim.is_lazy = true;
    sim.emit(id, "late");
    sim.emit_volatile(id, "lost");
    let channel = sim.server.channel();
    sim.input(Input::Closed { channel, code: None });
    sim.is_lazy = false;
    sim.server.forget_connection();
    sim.run_until(ms(2000));
    let told: Vec<_> = sim.events().iter().filter(|line| line.contains("sent")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("sent event late with 0"), "{told:?}");
}

#[test]
fn what_is_on_its_way_is_told_when_the_watching_ends() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.manager.watch_sent(id, true);
    sim.is_lazy = true;
    sim.emit(id, "last words");
    sim.emit_volatile(id, "and more");
    sim.manager.watch_sent(id, false);
    sim.is_lazy = false;
    sim.disconnect(id);
    sim.assert_events(&[
        "0.000 / sent event last words with 0",
        "0.000 / sent event and more with 0",
        "0.000 / disconnected: io client disconnect",
    ]);
}
