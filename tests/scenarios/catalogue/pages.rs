//! The pages of the chat service.

use std::{fs, process::Command};

use serde_json::{Value, json};

#[test]
fn the_page_of_the_chat_service_is_small_enough_to_send_around() {
    let page = schema_examples::catalogue().html();
    assert!(page.contains("id=\"/chat:client/message:send\""));
    assert!(page.len() < 100 * 1024, "{} bytes", page.len());
}

/// What the page's search finds, best first: names, and why.
fn search(entries: &Value, query: &str) -> Vec<(String, String)> {
    let script =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../socketio-runtime/src/catalogue/html/page.js");
    assert!(fs::exists(script).expect("its folder can be read"));
    let program = format!(
        "const {{ search }} = require({});\
         const found = search({entries}, {});\
         console.log(JSON.stringify(found.map(({{ entry, where }}) => [entry.name, where])));",
        json!(script),
        json!(query),
    );
    let output = Command::new("node").args(["-e", &program]).output().expect("Node.js runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{errors}"))
}

fn entries() -> Value {
    let entry = |name: &str, arguments: &[&str], types: &[&str], docs: &str| json!({ "name": name, "arguments": arguments, "types": types, "docs": docs });
    json!([
        entry("user:joined", &["user"], &["User"], "Someone entered a room."),
        entry("room:join", &["roomId"], &["JoinResult"], "Enters a room."),
        entry("room", &[], &[], ""),
        entry("Raum:ÄNDERN", &["größe"], &[], ""),
    ])
}

fn names(query: &str) -> Vec<String> {
    search(&entries(), query).into_iter().map(|(name, _)| name).collect()
}

#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn the_search_finds_names_first_then_arguments_types_and_docs() {
    assert_eq!(names("room"), ["room", "room:join", "user:joined"]);
    assert_eq!(names("join"), ["room:join", "user:joined"]);
    assert_eq!(search(&entries(), "roomid"), [("room:join".to_owned(), "roomId".to_owned())]);
    assert_eq!(search(&entries(), "result"), [("room:join".to_owned(), "JoinResult".to_owned())]);
}

#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn the_search_wants_every_word_whatever_its_case() {
    assert_eq!(names("ENTERED room"), ["user:joined"]);
    assert_eq!(names("ändern GRÖSSE"), Vec::<String>::new());
    assert_eq!(names("  ändern  größe "), ["Raum:ÄNDERN"]);
    assert_eq!(names("nothing of the kind"), Vec::<String>::new());
    assert_eq!(names("   "), Vec::<String>::new());
}
