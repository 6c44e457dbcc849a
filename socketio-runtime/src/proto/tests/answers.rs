//! Answers of this side to the server's events.
//!
//! Must not know: the state machine's inside.

use super::{
    super::Config,
    sim::{Sim, ms},
};

#[test]
fn an_event_is_answered_under_its_id() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/a"]);
    sim.server_sends(r#"42/a,17["asked"]"#);
    sim.server_sends(r#"42/a,["not asked"]"#);
    sim.assert_events(&["0.000 /a received asked", "0.000 /a received not asked"]);
    let token = sim.tokens.remove(0);
    assert!(sim.tokens.is_empty());
    sim.answer(id, &token);
    sim.assert_wire(&[r#"0.000 43/a,17["answer"]"#]);
}

#[test]
fn an_answer_is_not_sent_on_another_connection() {
    let (mut sim, [id]) = Sim::connected(Config::default(), ["/"]);
    sim.server_sends(r#"427["asked"]"#);
    let token = sim.tokens.remove(0);
    sim.drop_connection();
    sim.forget();
    sim.answer(id, &token);
    let told =
        "invalid: an answer was not sent: its event came on a connection that is gone (ack id 7)";
    sim.assert_events(&[&format!("0.000 / {told}")]);
    sim.run_until(ms(1500));
    sim.forget();
    sim.answer(id, &token);
    sim.assert_wire(&[]);
    sim.assert_events(&[&format!("1.500 / {told}")]);
    // The same id on this connection is another question.
    sim.server_sends(r#"427["asked"]"#);
    let token = sim.tokens.remove(0);
    sim.answer(id, &token);
    assert_eq!(sim.wire().len(), 1);
}

#[test]
fn an_answer_is_not_sent_after_the_namespace_was_left_and_entered_again() {
    let (mut sim, [_, id]) = Sim::connected(Config::default(), ["/a", "/b"]);
    sim.server_sends(r#"42/b,7["asked"]"#);
    let token = sim.tokens.remove(0);
    sim.disconnect(id);
    sim.answer(id, &token);
    sim.connect(id);
    sim.answer(id, &token);
    sim.assert_wire(&["0.000 41/b,", "0.000 ping 1", "0.000 40/b,"]);
}

#[test]
fn an_answer_over_the_servers_limit_is_told() {
    let mut sim = Sim::new(Config::default());
    sim.server.handshake =
        r#"0{"sid":"s","pingInterval":25000,"pingTimeout":20000,"maxPayload":10}"#;
    let id = sim.add("/");
    sim.connect(id);
    sim.server_sends(r#"427["asked"]"#);
    sim.forget();
    let token = sim.tokens.remove(0);
    sim.answer(id, &token);
    sim.assert_wire(&[]);
    sim.assert_events(&[
        "0.000 / invalid: event `(answer)` has a part of 13 bytes, over the server's `maxPayload` of 10",
    ]);
}
