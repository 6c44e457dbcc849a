//! The command `catalogue diff`, as CI runs it.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use serde_json::Value;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_catalogue"));
    command.arg("diff").args(arguments).output().expect("the command runs")
}

fn status(output: &Output) -> Option<i32> {
    output.status.code()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The committed file with one thing replaced.
fn changed(name: &str, from: &str, to: &str) -> String {
    let schema = fs::read_to_string(SCHEMA).expect("the committed file");
    assert!(schema.contains(from), "{from}");
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, schema.replace(from, to)).expect("a file for the test");
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn a_schema_has_not_changed_from_itself() {
    let output = run(&[SCHEMA, SCHEMA, "--deny", "info"]);
    assert_eq!((status(&output), text(&output.stdout).as_str()), (Some(0), "no change\n"));
}

#[test]
fn what_is_denied_fails() {
    let renamed = changed("renamed.json", r#""name": "room:leave""#, r#""name": "room:exit""#);
    for (deny, expected) in [
        (vec![], 0),
        (vec!["--deny", "breaking"], 1),
        (vec!["--deny", "dangerous"], 1),
        (vec!["--deny", "wire:breaking"], 1),
        // Rust code is the same.
        (vec!["--deny", "rust:breaking"], 0),
        (vec!["--deny", "rust:breaking", "--deny", "wire:minor"], 1),
    ] {
        let output = run(&[vec![SCHEMA, &renamed], deny.clone()].concat());
        assert_eq!(status(&output), Some(expected), "{deny:?}");
        let told = text(&output.stdout);
        assert!(told.contains("`room:leave` to `room:exit` [event-renamed-on-wire]"), "{told}");
        assert!(told.contains("- event-renamed-on-wire: "), "{told}");
    }
}

#[test]
fn programs_read_json() {
    let added = changed("added.json", r#""required": ["#, r#""required": ["avatar","#);
    let output = run(&[SCHEMA, &added, "--format", "json"]);
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(told["worst"]["wire"], "breaking");
    let change = &told["changes"][0];
    for key in ["rule", "wire", "rust", "place", "what", "line", "reason", "docs"] {
        assert!(!change[key].is_null(), "{key}: {change:#}");
    }
}

#[test]
fn what_cannot_be_compared_is_another_status() {
    let broken = changed("broken.json", "{", "[");
    let future = changed("future.json", r#""format": 1"#, r#""format": 9"#);
    for (arguments, expected) in [
        (vec![SCHEMA], "two files are compared"),
        (vec![SCHEMA, SCHEMA, SCHEMA], "two files are compared"),
        (vec![SCHEMA, SCHEMA, "--deny"], "`--deny` needs a value"),
        (vec![SCHEMA, SCHEMA, "--deny", "all"], "`all`: it is `nothing`, or one of"),
        (vec![SCHEMA, SCHEMA, "--format", "xml"], "`xml` is no format of a diff"),
        (vec![SCHEMA, SCHEMA, "--quiet"], "`--quiet` is no option"),
        (vec![SCHEMA, "nowhere.json"], "nowhere.json: "),
        (vec![SCHEMA, &broken], "this is not a `schema.json`: "),
        (vec![SCHEMA, &future], "has format 9"),
    ] {
        let output = run(&arguments);
        let told = text(&output.stderr);
        assert_eq!(status(&output), Some(2), "{arguments:?}");
        assert!(told.contains(expected), "{told}");
    }
}
