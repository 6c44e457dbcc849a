//! The rules as they are documented, and what a report looks like.
//!
//! Must not know: how changes are found.

use std::fmt::Write as _;

use super::{Deny, Rule, Verdict};
use crate::schema::Direction::{ClientToServer, ServerToClient};

/// The table of the guide.
fn table() -> String {
    let mut table = String::from(
        "| rule | wire, to the client | wire, to the server | Rust, to the client | Rust, to the \
         server | why |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for rule in Rule::all() {
        let id = rule.id;
        let [wire, rust] = [
            [ServerToClient, ClientToServer].map(|way| rule.wire(way)),
            [ServerToClient, ClientToServer].map(|way| rule.rust(way)),
        ];
        writeln!(
            table,
            "| <span id=\"{id}\">`{id}`</span> | {} | {} | {} | {} | {} |",
            wire[0], wire[1], rust[0], rust[1], rule.reason
        )
        .expect("a text");
    }
    table
}

#[test]
fn the_guide_has_every_rule_as_it_is() {
    let (guide, table) = (include_str!("guide.md").replace("\r\n", "\n"), table());
    assert!(guide.ends_with(&table), "the guide should end with\n\n{table}");
}

#[test]
fn a_rule_is_known_by_its_id() {
    for rule in Rule::all() {
        assert_eq!(Rule::all().filter(|other| other.id == rule.id).count(), 1, "{}", rule.id);
        assert_eq!(Rule::find(rule.id), Some(rule));
        assert!(rule.docs().ends_with(&format!("/catalogue/diff/index.html#{}", rule.id)));
        let is_kebab = rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        assert!(is_kebab && rule.reason.ends_with('.'), "{}", rule.id);
    }
}

#[test]
fn what_is_denied_is_read_from_a_word() {
    let deny = |wire, rust| Ok(Deny::worse_than(wire, rust));
    let breaking = Some(Verdict::Breaking);
    for (text, expected) in [
        ("nothing", Ok(Deny::NOTHING)),
        ("breaking", Ok(Deny::BREAKING)),
        ("dangerous", deny(Some(Verdict::Dangerous), Some(Verdict::Dangerous))),
        ("wire:breaking", deny(breaking, None)),
        ("rust:minor", deny(None, Some(Verdict::Minor))),
        ("", Err(super::DenyError)),
        ("worse", Err(super::DenyError)),
        ("server:breaking", Err(super::DenyError)),
    ] {
        assert_eq!(text.parse(), expected, "{text}");
    }
    let both = Deny::worse_than(breaking, None).and(Deny::worse_than(Some(Verdict::Minor), None));
    assert_eq!(both, Deny::worse_than(Some(Verdict::Minor), None));
}
