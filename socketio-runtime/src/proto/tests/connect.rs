//! From the handshake to the server's word: authentication, timeouts, refusals.
//!
//! Must not know: the state machine's inside.

use super::{
    super::{Config, EARLY_BYTES, EARLY_EVENTS},
    sim::{Auth, Sim, Word, ms},
};

fn steady() -> Config {
    Config { randomization_factor: 0.0, ..Config::default() }
}

#[test]
fn a_namespace_that_is_not_accepted_in_time_is_tried_on_a_new_connection() {
    let mut sim = Sim::new(steady());
    sim.server.words.insert("/a", Word::Later);
    let id = sim.add("/a");
    sim.connect(id);
    sim.run_until(ms(19_999));
    sim.assert_events(&[]);
    sim.server.words.clear();
    sim.run_until(ms(21_000));
    sim.assert_events(&[
        "20.000 /a connect error: the server did not accept namespace `/a` within 20s, will retry",
        "21.000 /a attempt 1",
        "21.000 /a connected by attempt 1",
    ]);
    sim.assert_wire(&[
        "0.000 dial 1",
        "0.000 40/a,",
        "20.000 abort 1",
        "21.000 dial 2",
        "21.000 40/a,",
    ]);
}

#[test]
fn a_namespace_that_is_not_accepted_in_time_does_not_take_others_their_connection() {
    let (mut sim, [other]) = Sim::connected(steady(), ["/a"]);
    sim.server.words.insert("/b", Word::Later);
    let id = sim.add("/b");
    sim.connect(id);
    sim.emit(id, "held");
    sim.run_until(ms(20_000));
    sim.assert_events(&[
        "20.000 /b connect error: the server did not accept namespace `/b` within 20s, will retry",
    ]);
    sim.run_until(ms(300_000));
    sim.assert_events(&[]);
    sim.emit(other, "x");
    sim.forget();
    // A late word is welcome.
    sim.server_accepts("/b");
    sim.assert_events(&["300.000 /b connected"]);
    sim.assert_wire(&[r#"300.000 42/b,["held"]"#]);
}

#[test]
fn a_namespace_that_waits_alone_gets_a_new_connection() {
    let (mut sim, [other]) = Sim::connected(steady(), ["/a"]);
    sim.server.words.insert("/b", Word::Later);
    let id = sim.add("/b");
    sim.connect(id);
    sim.run_until(ms(30_000));
    sim.disconnect(other);
    sim.server.words.clear();
    // Nobody else needs this connection now, and it has shown that it leads nowhere.
    sim.run_until(ms(60_000));
    assert!(sim.server.has_joined("/b"), "{:?}", sim.events());
}

#[test]
fn each_namespace_is_told_of_its_own_timeout() {
    let mut sim = Sim::new(steady());
    sim.server.words.extend([("/a", Word::Later), ("/b", Word::Later)]);
    for path in ["/a", "/b"] {
        let id = sim.add(path);
        sim.connect(id);
    }
    sim.run_until(ms(20_000));
    sim.assert_events(&[
        "20.000 /a connect error: the server did not accept namespace `/a` within 20s, will retry",
        "20.000 /b connect error: the server did not accept namespace `/b` within 20s, will retry",
    ]);
    sim.run_until(ms(21_000));
    sim.assert_events(&["21.000 /a attempt 1", "21.000 /b attempt 1"]);
}

#[test]
fn authentication_is_asked_anew_for_each_connect() {
    let mut sim = Sim::new(steady());
    sim.auth = Auth::Counting(0);
    let id = sim.add("/");
    sim.connect(id);
    sim.drop_connection();
    sim.run_until(ms(1000));
    sim.server_disconnects("/");
    sim.connect(id);
    sim.assert_wire(&[
        "0.000 dial 1",
        r#"0.000 40{"n":1}"#,
        "1.000 dial 2",
        r#"1.000 40{"n":2}"#,
        "1.000 close 2",
        "1.000 dial 3",
        r#"1.000 40{"n":3}"#,
    ]);
}

#[test]
fn an_answer_to_an_old_question_is_ignored() {
    let mut sim = Sim::new(steady());
    sim.auth = Auth::Silent;
    let id = sim.add("/");
    sim.connect(id);
    sim.drop_connection();
    sim.run_until(ms(1000));
    let [old, new] = sim.questions[..] else { panic!("{:?}", sim.questions) };
    sim.forget();
    sim.authenticate(old, Ok(Some("{\"old\":true}")));
    sim.authenticate(old, Err("too late"));
    sim.assert_wire(&[]);
    sim.assert_events(&[]);
    sim.authenticate(new, Ok(Some("{\"new\":true}")));
    sim.authenticate(new, Ok(Some("{\"new\":true}")));
    sim.assert_wire(&[r#"1.000 40{"new":true}"#]);
}

#[test]
fn an_answer_after_disconnect_is_ignored() {
    let (mut sim, _) = Sim::connected(steady(), ["/a"]);
    sim.auth = Auth::Silent;
    let id = sim.add("/b");
    sim.connect(id);
    sim.disconnect(id);
    let question = sim.questions.remove(0);
    sim.authenticate(question, Ok(None));
    sim.assert_wire(&[]);
    // Nothing was sent, so nothing has to be waited for.
    sim.connect(id);
    let question = sim.questions.remove(0);
    sim.authenticate(question, Ok(None));
    sim.assert_wire(&["0.000 40/b,"]);
}

#[test]
fn failed_authentication_is_retried_with_backoff_on_the_same_connection() {
    let mut sim = Sim::new(steady());
    sim.auth = Auth::Fails;
    let id = sim.add("/a");
    sim.connect(id);
    sim.run_until(ms(6999));
    sim.auth = Auth::Nothing;
    sim.run_until(ms(7000));
    let error = "connect error: the authentication payload could not be made: no token, will retry";
    sim.assert_events(&[
        &format!("0.000 /a {error}"),
        "1.000 /a attempt 1",
        &format!("1.000 /a {error}"),
        "3.000 /a attempt 2",
        &format!("3.000 /a {error}"),
        "7.000 /a attempt 3",
        "7.000 /a connected by attempt 3",
    ]);
    sim.assert_wire(&["0.000 dial 1", "7.000 40/a,"]);
}

#[test]
fn authentication_begins_anew_with_short_delays_once_it_led_somewhere() {
    let (mut sim, _) = Sim::connected(steady(), ["/a"]);
    let id = sim.add("/b");
    let fail_for_a_while = |sim: &mut Sim| {
        sim.auth = Auth::Fails;
        sim.connect(id);
        sim.run_for(ms(1000 + 2000 + 4000 - 1));
        assert!(sim.events().last().is_some_and(|line| line.contains("will retry")));
    };
    // It was accepted and then disconnected by the server.
    fail_for_a_while(&mut sim);
    sim.auth = Auth::Nothing;
    sim.run_for(ms(1));
    assert!(sim.server.has_joined("/b"));
    sim.server_disconnects("/b");
    // It was given up by the user.
    fail_for_a_while(&mut sim);
    sim.disconnect(id);
    fail_for_a_while(&mut sim);
    assert_eq!(sim.next_timeout(), Some(sim.elapsed() + ms(1)), "the third delay ends");
}

#[test]
fn a_connection_that_lost_its_turn_keeps_the_delays_of_authentication_short() {
    let mut sim = Sim::new(steady());
    sim.auth = Auth::Fails;
    let id = sim.add("/a");
    sim.connect(id);
    sim.run_until(ms(2999));
    sim.auth = Auth::Nothing;
    sim.run_until(ms(3000));
    assert!(sim.server.has_joined("/a"));
    sim.auth = Auth::Fails;
    sim.run_until(ms(10_000));
    sim.drop_connection();
    sim.run_until(ms(11_000));
    assert_eq!(sim.next_timeout(), Some(ms(12_000)), "{:?}", sim.events());
}

#[test]
fn a_connection_is_closed_if_its_only_namespace_fails_to_authenticate() {
    let mut sim = Sim::new(Config { reconnection_attempts: Some(1), ..steady() });
    sim.auth = Auth::Fails;
    let id = sim.add("/a");
    sim.connect(id);
    sim.run_until(ms(1000));
    sim.assert_wire(&["0.000 dial 1", "1.000 close 1"]);
    sim.assert_nothing_left();
}

#[test]
fn failed_authentication_uses_up_its_own_attempts() {
    let (mut sim, [other]) =
        Sim::connected(Config { reconnection_attempts: Some(1), ..steady() }, ["/a"]);
    sim.auth = Auth::Fails;
    let id = sim.add("/b");
    sim.connect(id);
    sim.run_until(ms(10_000));
    let error = "connect error: the authentication payload could not be made: no token";
    sim.assert_events(&[
        &format!("0.000 /b {error}, will retry"),
        "1.000 /b attempt 1",
        &format!("1.000 /b {error}"),
        "1.000 /b reconnect failed",
    ]);
    assert!(sim.server.has_joined("/a"));
    sim.disconnect(other);
    sim.assert_nothing_left();
}

#[test]
fn authentication_that_takes_too_long_has_failed() {
    let mut sim = Sim::new(steady());
    sim.auth = Auth::Silent;
    let id = sim.add("/a");
    sim.connect(id);
    sim.run_until(ms(21_000));
    sim.assert_events(&[
        "20.000 /a connect error: the server did not accept namespace `/a` within 20s, will retry",
        "21.000 /a attempt 1",
    ]);
    sim.assert_wire(&["0.000 dial 1"]);
    assert_eq!(sim.questions.len(), 2);
}

#[test]
fn authentication_and_the_servers_word_share_one_timeout() {
    let mut sim = Sim::new(steady());
    sim.auth = Auth::Silent;
    sim.server.words.insert("/a", Word::Later);
    let id = sim.add("/a");
    sim.connect(id);
    sim.run_until(ms(15_000));
    let question = sim.questions.remove(0);
    sim.authenticate(question, Ok(None));
    assert_eq!(sim.next_timeout(), Some(ms(20_000)));
}

#[test]
fn a_reply_without_a_sid_is_an_old_server() {
    let mut sim = Sim::new(steady());
    sim.server.words.insert("/", Word::AcceptWithoutSid);
    let id = sim.add("/");
    sim.connect(id);
    sim.assert_events(&[
        "0.000 / connect error: the server speaks an older revision of the Socket.IO protocol: its CONNECT reply has no `sid`",
    ]);
    sim.assert_nothing_left();
}

#[test]
fn an_old_servers_socket_is_left_so_that_it_can_be_asked_again() {
    let mut sim = Sim::new(steady());
    sim.server.words.insert("/old", Word::AcceptWithoutSid);
    let (other, old) = (sim.add("/"), sim.add("/old"));
    sim.connect(other);
    sim.connect(old);
    sim.connect(old);
    let asked: Vec<_> = sim.wire().iter().filter(|line| line.contains("/old")).cloned().collect();
    assert_eq!(asked, ["0.000 40/old,", "0.000 41/old,", "0.000 40/old,", "0.000 41/old,"]);
    assert!(sim.server.has_joined("/"));
}

#[test]
fn a_refusal_is_told_with_its_message_and_ends_the_attempts() {
    let table = [
        (r#"{"message":"no","data":{"code":7}}"#, "no"),
        (r#""Unauthorized""#, "Unauthorized"),
        ("", "no reason given"),
    ];
    for (payload, message) in table {
        let mut sim = Sim::new(steady());
        sim.server.words.insert("/", Word::Refuse(payload));
        let id = sim.add("/");
        sim.connect(id);
        let error = format!("0.000 / connect error: the server refused namespace `/`: {message}");
        sim.assert_events(&[&error]);
        sim.assert_wire(&["0.000 dial 1", "0.000 40", "0.000 close 1"]);
        sim.assert_nothing_left();
    }
}

#[test]
fn a_handshake_that_is_none_is_a_failed_attempt() {
    let table = ["0{}", "40", "2", "x", "", r#"0{"sid":"a","pingInterval":0,"pingTimeout":1}"#];
    for handshake in table {
        let mut sim = Sim::new(steady());
        sim.server.handshake = handshake;
        let id = sim.add("/");
        sim.connect(id);
        assert!(sim.events()[0].contains("handshake is not valid"), "{:?}", sim.events());
        sim.assert_wire(&["0.000 dial 1", "0.000 abort 1"]);
        assert_eq!(sim.next_timeout(), Some(ms(1000)));
    }
}

#[test]
fn events_before_the_servers_word_are_kept_until_then() {
    let mut sim = Sim::new(steady());
    sim.server.words.insert("/", Word::Later);
    let id = sim.add("/");
    sim.connect(id);
    sim.server_sends(r#"42["missed",1]"#);
    sim.server_sends(r#"425["asked"]"#);
    sim.assert_events(&[]);
    sim.server_accepts("/");
    sim.server_sends(r#"42["news"]"#);
    sim.assert_events(&[
        "0.000 / received missed",
        "0.000 / received asked",
        "0.000 / connected",
        "0.000 / received news",
    ]);
    assert_eq!(sim.tokens.len(), 1);
}

#[test]
fn events_before_the_servers_word_have_a_limit() {
    let mut sim = Sim::new(steady());
    sim.server.words.insert("/", Word::Later);
    let id = sim.add("/");
    sim.connect(id);
    for _ in 0..=EARLY_EVENTS {
        sim.server_sends(r#"42["missed"]"#);
    }
    let dropped =
        "a packet was dropped: more events before the namespace was accepted than are kept";
    sim.assert_events(&[&format!("0.000 / invalid: {dropped}")]);
    sim.server_accepts("/");
    assert_eq!(sim.events().len(), EARLY_EVENTS + 1);
}

#[test]
fn bytes_before_the_servers_word_have_a_limit() {
    let mut sim = Sim::new(steady());
    sim.server.words.insert("/", Word::Later);
    let id = sim.add("/");
    sim.connect(id);
    let large = format!(r#"42["missed","{}"]"#, "x".repeat(EARLY_BYTES / 2));
    for _ in 0..2 {
        sim.server_sends(&large);
    }
    let dropped =
        "a packet was dropped: more events before the namespace was accepted than are kept";
    sim.assert_events(&[&format!("0.000 / invalid: {dropped}")]);
}

#[test]
fn events_before_the_servers_word_do_not_outlive_its_connect() {
    for ending in ["lost", "left", "refused", "disconnected", "timed out"] {
        let mut sim = Sim::new(steady());
        sim.server.words.insert("/", Word::Later);
        let id = sim.add("/");
        sim.connect(id);
        sim.server_sends(r#"42["missed"]"#);
        sim.server.words.clear();
        match ending {
            "lost" => sim.drop_connection(),
            "left" => sim.disconnect(id),
            "refused" => sim.server_refuses("/", "{}"),
            "disconnected" => sim.server_disconnects("/"),
            _ => sim.run_until(ms(20_000)),
        }
        // For those that are not reconnected by themselves.
        sim.connect(id);
        sim.run_for(ms(1000));
        assert!(sim.server.has_joined("/"), "{ending}");
        let missed = sim.events().iter().find(|line| line.contains("missed"));
        assert_eq!(missed, None, "{ending}");
    }
}
