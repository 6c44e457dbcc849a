//! The pages of a catalogue hold together, whatever a schema says.
//!
//! Must not know: how a page is written.
#![cfg(feature = "json-schema")]

mod html;
mod markdown;
mod service;

use socketio_runtime::catalogue::{Catalogue, model::Event};

/// The names of all events.
fn names(catalogue: &Catalogue) -> Vec<&str> {
    let namespaces = catalogue.namespaces.iter();
    let directions =
        namespaces.flat_map(|namespace| namespace.listens.iter().chain(&namespace.emits));
    let events = directions.flat_map(|events| &events.events);
    events.map(|event: &Event| &*event.name).collect()
}

#[test]
fn the_same_catalogue_gives_the_same_pages() {
    let [first, second] = [service::catalogue(), service::catalogue()];
    assert_eq!(first.markdown(), second.markdown());
    assert_eq!(first.html(), second.html());
}

#[test]
fn a_catalogue_read_back_from_its_file_gives_all_but_typescript() {
    let json = serde_json::to_string(&service::catalogue()).expect("it is JSON");
    let read: Catalogue = serde_json::from_str(&json).expect("it is a catalogue");
    let (markdown, html) = (read.markdown(), read.html());
    assert!(!markdown.contains(") => void"));
    assert!(!html.contains(") =&gt; void"));
    assert!(markdown.contains("fn order_place("));
    assert!(html.contains("fn order_place("));
    assert!(!html.contains("<summary>TypeScript</summary>"));
}

#[cfg(feature = "typescript")]
#[test]
fn signatures_and_types_are_shown_in_typescript() {
    let (markdown, html) = (service::catalogue().markdown(), service::catalogue().html());
    assert!(markdown.contains("\nnote: (text: string) => void;\n"));
    assert!(html.contains("<code>note: (text: string) =&gt; void;</code>"));
    assert!(markdown.contains("log: (level: number, ...values: JsonValue[]) => void;"));
    assert!(html.contains("<summary>TypeScript</summary>"));
}

/// A service that says nothing has pages, too.
#[test]
fn an_empty_catalogue_has_pages() {
    let catalogue = Catalogue::builder("Nothing", "0").build();
    assert_eq!(catalogue.markdown(), "# Nothing\n\nVersion 0\n");
    html::check(&catalogue.html());
}
