//! `SECURITY.md` names tests and limits that exist.

use std::{collections::BTreeSet, fs, path::Path};

use crate::harness::conformance;

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../SECURITY.md");
    fs::read_to_string(path).expect("the document is there")
}

/// What stands in backticks is every second part.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn the_tests_that_hold_its_promises_exist() {
    let document = document();
    let is_test = |name: &&str| name.contains("::") && !name.starts_with("limits::");
    let names: BTreeSet<_> = quoted(&document).filter(is_test).collect();
    assert!(names.len() > 40, "the document is not what it was: {names:?}");
    let lost: Vec<_> = names.into_iter().filter(|name| !conformance::exists(name)).collect();
    assert!(lost.is_empty(), "no such tests: {lost:#?}");
}

#[test]
fn the_limits_it_names_exist_and_are_those_of_the_code() {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../socketio-runtime/src");
    let read = |file: &str| fs::read_to_string(runtime.join(file)).expect("the file is there");
    let code = ["limits.rs", "proto/config.rs", "proto/policy.rs"].map(read).concat();
    let document = document();
    let names: BTreeSet<_> =
        quoted(&document).filter_map(|name| name.strip_prefix("limits::")).collect();
    assert!(names.len() >= 8, "the document is not what it was: {names:?}");
    let is_lost = |name: &&&str| !code.contains(&format!("pub const {name}:"));
    let lost: Vec<_> = names.iter().filter(is_lost).collect();
    assert!(lost.is_empty(), "no such limits: {lost:#?}");
}
