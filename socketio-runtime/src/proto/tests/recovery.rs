//! Lost sessions that the server restores.
//!
//! Must not know: the state machine's inside.

use super::{
    super::{Arity, Config, NamespaceId, RECOVERY_BYTES},
    sim::{Auth, Sim, ms},
};

/// A namespace in a session that can be restored.
fn recoverable() -> (Sim, NamespaceId) {
    recoverable_at("/")
}

fn recoverable_at(path: &str) -> (Sim, NamespaceId) {
    let mut sim = Sim::new(Config { randomization_factor: 0.0, ..Config::default() });
    sim.server.pid = Some("P");
    let id = sim.add(path);
    sim.connect(id);
    sim.forget();
    (sim, id)
}

#[expect(clippy::unnecessary_wraps, reason = "beside those that have none in a table")]
fn fixed(arguments: usize) -> Option<Arity> {
    Some(Arity { required: arguments, most: arguments })
}

/// What stands in the CONNECT packets.
fn connects(sim: &Sim) -> Vec<String> {
    let lines = sim.wire().iter().filter_map(|line| line.split_once(" 40"));
    lines.map(|(_, payload)| payload.to_owned()).collect()
}

/// The CONNECT that follows a lost connection.
fn next_connect(sim: &mut Sim) -> String {
    sim.forget();
    sim.drop_connection();
    // Delays grow while no connection lasts.
    sim.run_for(ms(5000));
    connects(sim).concat()
}

#[test]
fn a_session_is_restored_over_three_drops_until_the_server_forgets_it() {
    let (mut sim, _) = recoverable();
    for (event, missed, connect) in [
        (r#"42["n",1,"Q87cSa0"]"#, r#"42["n",2,"Q87cSa1"]"#, r#"{"pid":"P","offset":"Q87cSa0"}"#),
        (r#"42["n",3,"Q87cSa2"]"#, r#"42["n",4,"Q87cSa3"]"#, r#"{"pid":"P","offset":"Q87cSa2"}"#),
        (r#"42["n",5,"Q87cSa4"]"#, r#"42["n",6,"Q87cSa5"]"#, r#"{"pid":"P","offset":"Q87cSa4"}"#),
    ] {
        sim.server_sends(event);
        sim.server.missed.push(missed);
        assert_eq!(next_connect(&mut sim), connect);
    }
    sim.server.pid = Some("other");
    assert_eq!(next_connect(&mut sim), r#"{"pid":"P","offset":"Q87cSa5"}"#);
    assert_eq!(next_connect(&mut sim), r#"{"pid":"other"}"#, "an offset is of one session");
}

#[test]
fn missed_events_come_once_in_order_and_before_the_word_that_it_is_connected() {
    let (mut sim, _) = recoverable_at("/chat");
    sim.arity = fixed(1);
    sim.server_sends(r#"42/chat,["n",1,"Q87cSa0"]"#);
    sim.drop_connection();
    sim.server.missed = vec![r#"42/chat,["n",2,"Q87cSa1"]"#, r#"42/chat,["n",3,"Q87cSa2"]"#];
    sim.run_until(ms(1500));
    sim.server_sends(r#"42/chat,["n",4,"Q87cSa3"]"#);
    sim.assert_events(&[
        "0.000 /chat received n,1",
        "0.000 /chat disconnected: transport close (code 1006), will reconnect",
        "1.000 /chat attempt 1",
        "1.000 /chat received n,2",
        "1.000 /chat received n,3",
        "1.000 /chat recovered",
        "1.500 /chat received n,4",
    ]);
    assert_eq!(next_connect(&mut sim), r#"/chat,{"pid":"P","offset":"Q87cSa3"}"#);
}

#[test]
fn the_users_own_payload_is_kept_and_wins() {
    let (mut sim, _) = recoverable();
    sim.auth = Auth::Counting(0);
    sim.server_sends(r#"42["n","Q87cSa0"]"#);
    assert_eq!(next_connect(&mut sim), r#"{"pid":"P","offset":"Q87cSa0","n":1}"#);

    sim.auth = Auth::Silent;
    sim.drop_connection();
    sim.run_for(ms(5000));
    let question = sim.questions.pop().expect("asked again");
    sim.forget();
    sim.authenticate(question, Ok(Some(r#"{"pid":null,"a":1}"#)));
    assert_eq!(connects(&sim), [r#"{"offset":"Q87cSa0","pid":null,"a":1}"#]);
}

#[test]
fn a_server_that_restores_nothing_is_asked_for_nothing() {
    let mut sim = Sim::new(Config { randomization_factor: 0.0, ..Config::default() });
    let id = sim.add("/");
    sim.connect(id);
    sim.server_sends(r#"42["n","text"]"#);
    assert_eq!(next_connect(&mut sim), "");
}

#[test]
fn a_session_without_events_is_asked_for_by_its_id_alone() {
    let (mut sim, _) = recoverable();
    sim.server_sends(r#"42["n",1]"#);
    assert_eq!(next_connect(&mut sim), r#"{"pid":"P"}"#);
}

#[test]
fn what_this_side_has_left_is_not_restored() {
    let (mut sim, id) = recoverable();
    sim.server_sends(r#"42["n","Q87cSa0"]"#);
    sim.disconnect(id);
    sim.forget();
    sim.connect(id);
    assert_eq!(connects(&sim), [""]);
    sim.assert_events(&["0.000 / connected"]);
}

#[test]
fn a_connection_that_was_given_up_leaves_its_session_to_a_later_connect() {
    let config = Config { reconnection: false, ..Config::default() };
    let mut sim = Sim::new(config);
    sim.server.pid = Some("P");
    let id = sim.add("/");
    sim.connect(id);
    sim.server_sends(r#"42["n","Q87cSa0"]"#);
    sim.drop_connection();
    sim.forget();
    sim.connect(id);
    assert_eq!(connects(&sim), [r#"{"pid":"P","offset":"Q87cSa0"}"#]);
    sim.assert_events(&["0.000 / recovered"]);
}

#[test]
fn each_namespace_has_its_own_session() {
    let mut sim = Sim::new(Config { randomization_factor: 0.0, ..Config::default() });
    sim.server.pid = Some("P");
    for path in ["/a", "/b"] {
        let id = sim.add(path);
        sim.connect(id);
    }
    sim.server_sends(r#"42/b,["n","Q87cSa0"]"#);
    sim.forget();
    sim.drop_connection();
    sim.run_for(ms(1000));
    assert_eq!(connects(&sim), [r#"/a,{"pid":"P"}"#, r#"/b,{"pid":"P","offset":"Q87cSa0"}"#]);
}

#[test]
fn the_declared_arguments_tell_an_offset_from_text() {
    let optional = Some(Arity { required: 1, most: 2 });
    let rest = Some(Arity { required: 1, most: usize::MAX });
    let long = "x".repeat(RECOVERY_BYTES + 1);
    let long = format!(r#"42["e","{long}"]"#);
    // (arguments, packet, what a listener sees, whether the string is the offset)
    let table = [
        // Exactly as declared, and one more.
        (fixed(0), r#"42["e"]"#, "e", false),
        (fixed(0), r#"42["e","Q87cSa1"]"#, "e", true),
        (fixed(1), r#"42["e","hello"]"#, r#"e,"hello""#, false),
        (fixed(1), r#"42["e","hello","Q87cSa1"]"#, r#"e,"hello""#, true),
        (fixed(1), r#"42["e",{"a":["x","y"]},"Q87cSa1"]"#, r#"e,{"a":["x","y"]}"#, true),
        (fixed(2), r#"42["e",1,"hello"]"#, r#"e,1,"hello""#, false),
        // Too few: an argument is missing, and that is the listener's business.
        (fixed(2), r#"42["e","hello"]"#, r#"e,"hello""#, false),
        // Between: like the one before, which was `Q87cSa0`.
        (optional, r#"42["e",1,"Q97cSb7"]"#, "e,1", true),
        (optional, r#"42["e",1,"Q87cSa1.z"]"#, "e,1", true),
        (optional, r#"42["e",1,"hello"]"#, r#"e,1,"hello""#, false),
        (optional, r#"42["e",1,"Quite long"]"#, r#"e,1,"Quite long""#, false),
        (optional, r#"42["e",1,"hello","Q87cSa1"]"#, r#"e,1,"hello""#, true),
        (optional, r#"42["e","Q87cSa1"]"#, r#"e,"Q87cSa1""#, false),
        (rest, r#"42["e",1,"a","b"]"#, r#"e,1,"a","b""#, false),
        (rest, r#"42["e",1,"a","b","Q87cSa1"]"#, r#"e,1,"a","b""#, true),
        (Some(Arity::UNKNOWN), r#"42["e","hello"]"#, r#"e,"hello""#, false),
        (Some(Arity::UNKNOWN), r#"42["e","hello","Q87cSa1"]"#, r#"e,"hello""#, true),
        // No token at all.
        (fixed(0), r#"42["e",""]"#, r#"e,"""#, false),
        (fixed(0), r#"42["e","two words"]"#, r#"e,"two words""#, false),
        (fixed(0), r#"42["e","é"]"#, r#"e,"é""#, false),
        (fixed(0), r#"42["e","\u0041"]"#, r#"e,"\u0041""#, false),
        (fixed(0), r#"42["e",7]"#, "e,7", false),
        (fixed(0), r#"42["e",["Q87cSa1"]]"#, r#"e,["Q87cSa1"]"#, false),
        // Volatile.
        (None, r#"42["e",1,"Q87cSa1"]"#, r#"e,1,"Q87cSa1""#, false),
        // With ack.
        (fixed(0), r#"427["e","Q87cSa1"]"#, r#"e,"Q87cSa1""#, false),
    ];
    for (arity, packet, seen, is_offset) in table {
        let (mut sim, _) = recoverable();
        sim.arity = fixed(0);
        sim.server_sends(r#"42["first","Q87cSa0"]"#);
        sim.arity = arity;
        sim.server_sends(packet);
        assert_eq!(sim.events()[1].split_once("received ").expect("an event").1, seen, "{packet}");
        let connect = next_connect(&mut sim);
        assert_eq!(!connect.contains(r#""Q87cSa0""#), is_offset, "{packet}: {connect}");
    }
    let (mut sim, _) = recoverable();
    sim.arity = fixed(0);
    sim.server_sends(&long);
    assert_eq!(next_connect(&mut sim), r#"{"pid":"P"}"#);
}

#[test]
fn without_a_declaration_offsets_are_known_once_two_are_alike() {
    let (mut sim, _) = recoverable();
    let mut seen = |packet: &str| {
        sim.forget();
        sim.server_sends(packet);
        sim.events()[0].split_once("received ").expect("an event").1.to_owned()
    };
    // Volatile ones, before there is anything to compare with.
    assert_eq!(seen(r#"42["e","lobby"]"#), r#"e,"lobby""#);
    assert_eq!(seen(r#"42["e","Quality"]"#), "e", "a word that could be an offset");
    assert_eq!(seen(r#"42["e","a","Q87cSdI"]"#), r#"e,"a""#);
    assert_eq!(seen(r#"42["e","a","Q87cSdI.0"]"#), r#"e,"a""#);
    assert_eq!(seen(r#"42["e","Quality"]"#), r#"e,"Quality""#, "two were alike");
    assert_eq!(seen(r#"42["e","b","Q87cTx_"]"#), r#"e,"b""#);
    assert_eq!(next_connect(&mut sim), r#"{"pid":"P","offset":"Q87cTx_"}"#);
}

#[test]
fn offsets_of_the_known_adapters_are_known_from_the_first_one_on() {
    for (text, is_offset) in [
        ("Q87cSdI", true),
        ("Q87cSdI.1_-", true),
        ("1687515231943-0", true),
        ("1687515231943-12", true),
        ("649545a5d1f4b2c3e0a1b2c3", true),
        ("message", false),
        ("M87cSdI", false),
        ("Q87cSd", false),
        ("Q87cSdI.", false),
        ("Q87cS+I", false),
        ("1687515231943", false),
        ("1687515231943-", false),
        ("2024-05-17", false),
        ("649545a5d1f4b2c3e0a1b2cX", false),
    ] {
        let (mut sim, _) = recoverable();
        sim.server_sends(&format!(r#"42["e","{text}"]"#));
        assert_eq!(next_connect(&mut sim).contains("offset"), is_offset, "{text}");
    }
}

#[test]
fn an_id_of_no_sensible_length_is_not_kept() {
    let (mut sim, _) = recoverable();
    let long: &'static str = Box::leak("x".repeat(RECOVERY_BYTES + 1).into_boxed_str());
    sim.server.pid = Some(long);
    next_connect(&mut sim);
    assert_eq!(next_connect(&mut sim), "");
}

#[test]
fn the_secret_id_stays_out_of_the_log() {
    let (sim, _) = recoverable();
    let debug = format!("{:?}", sim.manager);
    assert!(debug.contains("Recovery"), "{debug}");
    assert!(!debug.contains("\"P\""), "{debug}");
}
