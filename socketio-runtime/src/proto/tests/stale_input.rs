//! Inputs that come late, and calls that come too often.
//!
//! Must not know: the state machine's inside.

use super::{
    super::{Config, Frame, Input},
    sim::{Dials, Sim, ms},
};
use crate::error::TransportError;

#[test]
fn inputs_of_a_former_connection_do_nothing() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/"]);
    let old = sim.server.channel();
    sim.drop_connection();
    // During the backoff, during the dial, and on the new connection.
    for until in [ms(100), ms(1500), ms(2000)] {
        if until == ms(1500) {
            sim.server.dials = Dials::Ignore;
        }
        sim.run_until(until);
        let timeout = sim.next_timeout();
        sim.forget();
        for input in stale_inputs(old) {
            sim.input(input);
        }
        sim.assert_events(&[]);
        sim.assert_wire(&[]);
        assert_eq!(sim.next_timeout(), timeout);
        if until == ms(1500) {
            sim.server_sends(sim.server.handshake);
            assert!(sim.server.has_joined("/"));
        }
    }
}

fn stale_inputs(channel: super::super::ChannelId) -> Vec<Input> {
    let text = |text: &str| Input::Frame { channel, frame: Frame::Text(text.into()) };
    vec![
        Input::Opened { channel },
        text("0{}"),
        text("2"),
        text(r#"42["news"]"#),
        text("x"),
        Input::Frame { channel, frame: Frame::Binary(bytes::Bytes::new()) },
        Input::Writable { channel, writable: false },
        Input::Failed { channel, error: TransportError::Closed { code: None } },
        Input::Closed { channel, code: None },
    ]
}

#[test]
fn handle_timeout_a_thousand_times_too_often_changes_nothing() {
    let mut sim = Sim::new(Config::default());
    let first = sim.add("/a");
    let second = sim.add("/b");
    sim.connect(first);
    sim.emit_with_ack(second, "x", Some(ms(5000)));
    sim.drop_connection();
    sim.run_until(ms(200));
    let timeout = sim.next_timeout();
    sim.forget();
    for _ in 0..1000 {
        sim.manager.handle_timeout(sim.now());
    }
    sim.settle();
    sim.assert_events(&[]);
    sim.assert_wire(&[]);
    assert_eq!(sim.next_timeout(), timeout);
}

#[test]
fn commands_for_namespaces_that_are_gone_do_nothing() {
    let (mut sim, [kept, gone]) = Sim::connected(Config::default(), ["/a", "/b"]);
    sim.server_sends(r#"42/b,1["asked"]"#);
    let token = sim.tokens.remove(0);
    sim.remove(gone);
    sim.forget();
    sim.connect(gone);
    sim.disconnect(gone);
    sim.remove(gone);
    sim.emit(gone, "x");
    sim.answer(gone, &token);
    sim.set_ack_timeout(gone, super::super::AckId(1), ms(1));
    sim.assert_events(&[]);
    sim.assert_wire(&[]);
    sim.disconnect(kept);
    sim.assert_nothing_left();
}
