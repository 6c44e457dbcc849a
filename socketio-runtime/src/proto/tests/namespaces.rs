//! Namespaces that share a connection.
//!
//! Must not know: the state machine's inside.

use std::collections::BTreeMap;

use super::{
    super::{AckId, Config},
    sim::{Auth, Sim, Word, ms},
};

#[test]
fn namespaces_share_one_connection() {
    let mut sim = Sim::new(Config::default());
    let ids = ["/", "/a", "/b"].map(|path| sim.add(path));
    for id in ids {
        sim.connect(id);
    }
    sim.assert_wire(&["0.000 dial 1", "0.000 40", "0.000 40/a,", "0.000 40/b,"]);
    sim.assert_events(&["0.000 / connected", "0.000 /a connected", "0.000 /b connected"]);
}

#[test]
fn events_and_answers_reach_their_namespace_alone() {
    let (mut sim, [root, admin]) = Sim::connected(Config::default(), ["/", "/admin"]);
    sim.emit(root, "x");
    sim.emit(admin, "x");
    sim.emit_with_ack(admin, "ask", None);
    sim.server_sends(r#"42["news"]"#);
    sim.server_sends(r#"42/admin,["news"]"#);
    sim.server_sends(r#"42/adm,["news"]"#);
    sim.assert_wire(&[r#"0.000 42["x"]"#, r#"0.000 42/admin,["x"]"#, r#"0.000 42/admin,1["ask"]"#]);
    sim.assert_events(&[
        r#"0.000 /admin answered 1: ["ok"]"#,
        "0.000 / received news",
        "0.000 /admin received news",
    ]);
}

#[test]
fn a_refused_namespace_leaves_the_others_alone() {
    let (mut sim, [root]) = Sim::connected(Config::default(), ["/"]);
    sim.server.words.insert("/admin", Word::Refuse(r#"{"message":"no"}"#));
    let admin = sim.add("/admin");
    sim.connect(admin);
    sim.emit(root, "x");
    sim.assert_events(&["0.000 /admin connect error: the server refused namespace `/admin`: no"]);
    sim.assert_wire(&["0.000 40/admin,", r#"0.000 42["x"]"#]);
    // It is not asked again by itself.
    sim.run_until(ms(20_000));
    sim.assert_wire(&[]);
    // But at the user's wish.
    sim.server.words.clear();
    sim.connect(admin);
    sim.assert_events(&["20.000 /admin connected"]);
}

#[test]
fn the_last_namespace_to_leave_closes_the_connection() {
    let (mut sim, [first, second]) = Sim::connected(Config::default(), ["/a", "/b"]);
    sim.disconnect(first);
    sim.assert_wire(&["0.000 41/a,"]);
    sim.run_until(ms(25_000));
    sim.forget();
    sim.disconnect(second);
    sim.assert_wire(&["25.000 41/b,", "25.000 close 1"]);
    sim.assert_events(&["25.000 /b disconnected: io client disconnect"]);
    sim.assert_nothing_left();
}

#[test]
fn the_last_namespace_that_the_server_disconnects_closes_the_connection() {
    let (mut sim, [first, second]) = Sim::connected(Config::default(), ["/a", "/b"]);
    sim.server_disconnects("/a");
    sim.assert_events(&["0.000 /a disconnected: io server disconnect"]);
    sim.assert_wire(&[]);
    sim.server_disconnects("/b");
    sim.assert_events(&["0.000 /b disconnected: io server disconnect"]);
    sim.assert_wire(&["0.000 close 1"]);
    sim.assert_nothing_left();
    // Neither is reconnected before the user asks.
    sim.run_until(ms(60_000));
    sim.assert_wire(&[]);
    sim.connect(first);
    sim.connect(second);
    sim.assert_events(&["60.000 /a connected", "60.000 /b connected"]);
}

#[test]
fn a_connect_that_is_regretted_is_followed_by_a_disconnect_once_it_is_answered() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/a"]);
    sim.server.words.insert("/b", Word::Later);
    let id = sim.add("/b");
    sim.connect(id);
    sim.disconnect(id);
    sim.assert_wire(&["0.000 40/b,"]);
    sim.server_accepts("/b");
    sim.server_sends(r#"42/b,["news"]"#);
    // Exactly one of each: with a CONNECT too many the server closes the whole connection.
    sim.assert_wire(&["0.000 41/b,"]);
    sim.assert_events(&["0.000 /b disconnected: io client disconnect"]);
    sim.connect(id);
    sim.server_accepts("/b");
    sim.assert_wire(&["0.000 ping 1", "0.000 40/b,"]);
    sim.assert_events(&["0.000 /b connected"]);
}

#[test]
fn a_connect_that_is_regretted_and_wanted_again_is_another_connect_with_its_own_authentication() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/a"]);
    sim.server.words.insert("/b", Word::Later);
    sim.auth = Auth::Counting(0);
    let id = sim.add("/b");
    sim.connect(id);
    sim.disconnect(id);
    sim.connect(id);
    sim.disconnect(id);
    sim.connect(id);
    sim.emit(id, "held");
    // What the first one was authenticated as may be another user.
    sim.assert_wire(&[r#"0.000 40/b,{"n":1}"#]);
    sim.forget();
    sim.server_accepts("/b");
    sim.assert_wire(&["0.000 41/b,", "0.000 ping 1", r#"0.000 40/b,{"n":2}"#]);
    sim.assert_events(&[]);
    sim.server_accepts("/b");
    sim.assert_wire(&[r#"0.000 42/b,["held"]"#]);
    sim.assert_events(&["0.000 /b connected"]);
    // Nor does a refusal of the first one mean the other.
    let id = sim.add("/c");
    sim.server.words.insert("/c", Word::Later);
    sim.connect(id);
    sim.disconnect(id);
    sim.connect(id);
    sim.forget();
    sim.server_refuses("/c", r#"{"message":"no"}"#);
    sim.assert_wire(&[r#"0.000 40/c,{"n":4}"#]);
    sim.assert_events(&[]);
}

#[test]
fn a_connect_that_is_wanted_again_does_not_wait_for_ever_for_the_word_on_the_first() {
    let (mut sim, [other]) = Sim::connected(Config::default(), ["/a"]);
    sim.server.words.insert("/b", Word::Later);
    let id = sim.add("/b");
    sim.connect(id);
    sim.disconnect(id);
    sim.connect(id);
    sim.forget();
    sim.run_until(ms(20_000));
    sim.assert_events(&[
        "20.000 /b connect error: the server did not accept namespace `/b` within 20s, will retry",
    ]);
    // Alone, it takes a new connection.
    sim.disconnect(other);
    sim.server.words.clear();
    sim.run_until(ms(50_000));
    assert!(sim.server.has_joined("/b"), "{:?}", sim.events());
}

#[test]
fn a_connect_that_is_regretted_may_be_refused() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/a"]);
    sim.server.words.insert("/b", Word::Later);
    let id = sim.add("/b");
    sim.connect(id);
    sim.disconnect(id);
    sim.forget();
    sim.server_refuses("/b", r#"{"message":"no"}"#);
    sim.assert_events(&[]);
    sim.assert_wire(&[]);
    sim.connect(id);
    sim.assert_wire(&["0.000 40/b,"]);
}

#[test]
fn a_new_socket_of_the_same_path_waits_for_the_servers_word_to_the_old_one() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/a"]);
    sim.server.words.insert("/b", Word::Later);
    let old = sim.add("/b");
    sim.connect(old);
    sim.remove(old);
    let new = sim.add("/b");
    sim.connect(new);
    sim.emit(new, "held");
    sim.assert_wire(&["0.000 40/b,"]);
    sim.forget();
    sim.server_accepts("/b");
    sim.assert_wire(&["0.000 41/b,", "0.000 ping 1", "0.000 40/b,"]);
    sim.assert_events(&[]);
    sim.server_accepts("/b");
    sim.assert_wire(&[r#"0.000 42/b,["held"]"#]);
    sim.assert_events(&["0.000 /b connected"]);
}

#[test]
fn a_new_socket_does_not_wait_for_ever_for_a_word_that_never_comes() {
    let (mut sim, [other]) = Sim::connected(Config::default(), ["/a"]);
    sim.server.words.insert("/b", Word::Later);
    let old = sim.add("/b");
    sim.connect(old);
    sim.remove(old);
    let new = sim.add("/b");
    sim.connect(new);
    sim.forget();
    sim.run_until(ms(20_000));
    sim.assert_events(&[
        "20.000 /b connect error: the server did not accept namespace `/b` within 20s, will retry",
    ]);
    // Alone, it takes a new connection.
    sim.disconnect(other);
    sim.server.words.clear();
    sim.run_until(ms(50_000));
    assert!(sim.server.has_joined("/b"), "{:?}", sim.events());
}

#[test]
fn a_lost_connection_frees_a_path_for_its_new_socket() {
    let (mut sim, _) = Sim::connected(Config::default(), ["/a"]);
    sim.server.words.insert("/b", Word::Later);
    let old = sim.add("/b");
    sim.connect(old);
    sim.remove(old);
    let new = sim.add("/b");
    sim.connect(new);
    sim.drop_connection();
    sim.server.words.clear();
    sim.run_for(ms(1500));
    assert!(sim.server.has_joined("/b"));
}

#[test]
fn nothing_comes_for_a_namespace_that_has_left() {
    let (mut sim, [_, id]) = Sim::connected(Config::default(), ["/a", "/b"]);
    sim.emit_with_ack(id, "ask", None);
    sim.forget();
    sim.disconnect(id);
    sim.assert_events(&["0.000 /b disconnected: io client disconnect"]);
    for late in [r#"42/b,["news"]"#, r#"43/b,1["ok"]"#, "41/b,", r#"40/b,{"sid":"x"}"#, "44/b,{}"] {
        sim.server_sends(late);
    }
    sim.assert_events(&[]);
}

/// A connection may stay for months, and namespaces of any name come and go on it.
#[test]
fn a_path_that_was_left_is_forgotten_with_the_second_heartbeat() {
    let (mut sim, [_]) = Sim::connected(Config::default(), ["/"]);
    let id = sim.add("/room");
    sim.connect(id);
    sim.remove(id);
    assert_eq!(sim.left_paths(), 1);
    sim.run_until(ms(25_000));
    assert_eq!(sim.left_paths(), 1, "the server may not have read it at the first heartbeat");
    sim.run_until(ms(50_000));
    assert_eq!(sim.left_paths(), 0);
}

#[test]
fn connect_twice_is_connect_once() {
    let mut sim = Sim::new(Config::default());
    sim.auth = Auth::Silent;
    let id = sim.add("/");
    sim.connect(id);
    sim.connect(id);
    let question = sim.questions.remove(0);
    assert!(sim.questions.is_empty());
    sim.connect(id);
    sim.authenticate(question, Ok(None));
    sim.connect(id);
    sim.assert_wire(&["0.000 dial 1", "0.000 40"]);
}

/// What is asked after each packet is known of all namespaces, however many there are and in
/// whatever order they were used.
#[test]
fn of_hundreds_of_namespaces_the_sum_and_the_next_deadline_are_right() {
    const MANY: u64 = 300;
    let mut sim = Sim::new(Config::default());
    let ids: Vec<_> = (0..MANY).map(|number| (number, sim.add(&format!("/{number}")))).collect();
    // In an order that is neither theirs nor that of the deadlines.
    let mut emitted = BTreeMap::new();
    for at in 0..MANY {
        let (number, id) = ids[usize::try_from(at * 7 % MANY).expect("few")];
        let AckId(ack) = sim.emit_with_ack(id, "x", Some(ms(1000 + number)));
        emitted.insert(number, (ack, format!(r#"42/{number},{ack}["x"]"#).len()));
    }
    while let Some((number, (ack, _))) = emitted.first_key_value() {
        let due = ms(1000 + number);
        assert_eq!(sim.held_bytes(), emitted.values().map(|(_, size)| size).sum::<usize>());
        assert_eq!(sim.next_timeout(), Some(due));
        sim.run_until(due);
        // The others have time.
        sim.assert_events(&[&format!(
            "{:.3} /{number} unanswered {ack}: timeout",
            due.as_secs_f64()
        )]);
        emitted.pop_first();
    }
    assert_eq!((sim.held_bytes(), sim.next_timeout()), (0, None));
}
