//! The Markdown page, read as GitHub reads it.
//!
//! Must not know: HTML pages.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde_json::json;

use crate::{names, service};

/// What a reader sees of the page.
#[derive(Default)]
struct Read {
    headings: Vec<(HeadingLevel, String)>,
    anchors: Vec<String>,
    links: Vec<String>,
    /// Cells per row, by table.
    tables: Vec<Vec<usize>>,
    /// Blocks of code, by language.
    code: Vec<(String, String)>,
    is_in_code: bool,
}

fn read(page: &str) -> Read {
    let mut read = Read::default();
    let mut heading = None;
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => heading = Some((level, String::new())),
            Event::End(TagEnd::Heading(_)) => read.headings.extend(heading.take()),
            Event::Start(Tag::Link { dest_url, .. }) => read.links.push(dest_url.into_string()),
            Event::Start(Tag::Table(_)) => read.tables.push(Vec::new()),
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                read.tables.last_mut().expect("a row is in a table").push(0);
            }
            Event::Start(Tag::TableCell) => {
                let rows = read.tables.last_mut().expect("a cell is in a table");
                *rows.last_mut().expect("a cell is in a row") += 1;
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match kind {
                    pulldown_cmark::CodeBlockKind::Fenced(info) => info.into_string(),
                    pulldown_cmark::CodeBlockKind::Indented => String::new(),
                };
                read.code.push((language, String::new()));
                read.is_in_code = true;
            }
            Event::End(TagEnd::CodeBlock) => read.is_in_code = false,
            Event::Text(text) | Event::Code(text) => {
                let code = read.code.last_mut().filter(|_| read.is_in_code).map(|(_, code)| code);
                if let Some(read) = heading.as_mut().map(|(_, heading)| heading).or(code) {
                    read.push_str(&text);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let id = html.split_once("<a id=\"").and_then(|(_, rest)| rest.split_once('"'));
                read.anchors.extend(id.map(|(id, _)| id.to_owned()));
            }
            _ => {}
        }
    }
    read
}

#[test]
fn every_event_and_type_has_its_heading() {
    let catalogue = service::catalogue();
    let headings = read(&catalogue.markdown()).headings;
    let of = |level| {
        let headings = headings.iter().filter(move |(own, _)| *own == level);
        headings.map(|(_, text)| text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(of(HeadingLevel::H1), [&*catalogue.title]);
    let sections = ["Terms", "Contents", "Namespace /", "Namespace /shop", "Types"];
    assert_eq!(of(HeadingLevel::H2), sections);
    let events = of(HeadingLevel::H4);
    for name in names(&catalogue) {
        let name = name.replace('\n', "␊").replace('\t', "␉");
        let count = events.iter().filter(|heading| heading.trim() == name.trim()).count();
        assert_eq!(count, if name == "note" { 2 } else { 1 }, "{name}");
    }
    let types = of(HeadingLevel::H3);
    assert!(catalogue.definitions.keys().all(|name| types.contains(name)));
}

#[test]
fn anchors_are_unique_and_every_link_leads_to_one() {
    let read = read(&service::catalogue().markdown());
    let anchors: BTreeSet<_> = read.anchors.iter().collect();
    assert_eq!(anchors.len(), read.anchors.len(), "{:?}", read.anchors);
    let inside: Vec<_> = read.links.iter().filter_map(|link| link.strip_prefix('#')).collect();
    assert!(inside.len() > 60);
    for link in inside {
        assert!(anchors.contains(&link.to_owned()), "{link}");
    }
}

#[test]
fn anchors_are_made_of_names_on_the_wire() {
    let anchors = read(&service::catalogue().markdown()).anchors;
    for anchor in [
        "/shop",
        "/shop:server/note",
        "/shop:client/note",
        "/shop:client/order:place",
        "/shop:server/מוצרים:商品",
        "/:client/new~a~line~9~tab",
        "type:Order",
    ] {
        assert!(anchors.iter().any(|found| found == anchor), "{anchor}");
    }
}

#[test]
fn names_of_items_in_docs_lead_to_their_places_or_nowhere() {
    let page = service::catalogue().markdown();
    assert!(page.contains("[`OrderError`](#type:OrderError)"));
    assert!(page.contains("See [`Self::order_changed`](#/shop:server/order:changed)"));
    assert!(page.contains("[guide](https://example.com/guide)"));
    assert!(page.contains("`std::time::Duration` and `Nowhere::at_all` are not on this page"));
    assert!(page.contains("\nthis is no link."));
    let links = read(&page).links;
    assert!(!links.iter().any(|link| link.starts_with("javascript:")), "{links:?}");
}

#[test]
fn docs_keep_to_their_place() {
    let read = read(&service::catalogue().markdown());
    // Headings are demoted below the event's, in the order that they had.
    let at = read.headings.iter().position(|(_, text)| text == "A heading").expect("is there");
    let headings = &read.headings[at - 1..=at + 1];
    assert_eq!(headings[0].0, HeadingLevel::H4);
    assert_eq!(headings[1], (HeadingLevel::H5, "A heading".to_owned()));
    assert_eq!(headings[2], (HeadingLevel::H5, "A setext one".to_owned()));
    // A block that is never closed ends with the docs.
    assert!(read.code.contains(&("text".to_owned(), "never closed\n".to_owned())));
    assert!(read.headings.iter().any(|(_, text)| text.starts_with("new")));
}

#[test]
fn every_row_has_as_many_cells_as_the_table_has_columns() {
    let read = read(&service::catalogue().markdown());
    assert!(read.tables.len() > 20, "{}", read.tables.len());
    for rows in &read.tables {
        assert!(rows.len() > 1 && rows.iter().all(|cells| *cells == rows[0]), "{rows:?}");
    }
}

#[test]
fn examples_are_packets() {
    let page = service::catalogue().markdown();
    assert!(page.contains("\n42[\"<script>alert(\\\"name\\\")</script>\","));
    assert!(page.contains("\n42/shop,12[\"wares:choose\",1,2,3]\n"));
    assert!(page.contains("\n43/shop,12[2,\"the blue one\"]\n"));
    assert!(page.contains("frame, followed by 2 binary frames</summary>"));
    assert!(page.contains("\n452-/shop,[\"picture\",{\"_placeholder\":true,\"num\":0},"));
}

#[test]
fn what_a_schema_says_of_delivery_is_said_in_words() {
    let page = service::catalogue().markdown();
    for sentence in [
        "The answer is awaited for 1 minute 30 seconds.",
        "Waits for the connection for at most 10 minutes.",
        "Sent again up to 3 times, until an answer comes.",
        "The emit fails at once.",
        "Dropped when it cannot be sent at once; it may be lost.",
        "**Deprecated.** use `order:place` with a [`Payment`](#type:Payment) of kind `cash`",
        "Retired names, which no event may have any more: `order:shipped`, `stock|old`.",
    ] {
        assert!(page.contains(sentence), "{sentence}");
    }
}

#[test]
fn the_two_forms_of_a_type_know_each_other_where_the_first_name_is_taken() {
    let mut catalogue = service::catalogue();
    let sent = catalogue.definitions["OrderSent"].clone();
    catalogue.definitions.insert("OrderSent_".to_owned(), sent);
    catalogue.definitions.insert("OrderSent".to_owned(), json!({ "description": "Another." }));
    let page = catalogue.markdown();
    for sentence in [
        "What clients receive. They send it as [`OrderSent_`](#type:OrderSent_).",
        "What clients send. They receive it as [`Order`](#type:Order).",
    ] {
        assert!(page.contains(sentence), "{sentence}");
    }
}

#[test]
fn types_are_tables_of_fields_and_lists_of_values() {
    let page = service::catalogue().markdown();
    for row in [
        "| `isPresent` | boolean | no, `false` | `true` if it is a present. |",
        "| `parts` | array of [`Item`](#type:Item) | yes | What it is made of, to any depth. |",
        "| `prices` | object of string keys to number | yes | Prices by currency \\| ISO 4217. |",
        "- `\"SoldOut\"`: Nothing is left of it.",
        "**1.** `kind`: `\"card\"`",
        "**3.** `Text`: string",
        "What clients receive. They send it as [`OrderSent`](#type:OrderSent).",
    ] {
        assert!(page.contains(row), "{row}");
    }
    let bytes = page.split_once("### `Bytes`").expect("is there").1;
    assert!(bytes.trim_start().starts_with("Binary data. It travels as an attachment"));
}

/// Pieces of Markdown that reach beyond themselves, or nearly.
const PIECES: [&str; 30] = [
    "```",
    "~~~~",
    "````rust",
    "``` no_run\n# hidden",
    "> ```",
    "- ```",
    "1. a\n   ```js",
    "<!--",
    "<pre>",
    "<script>",
    "<details>",
    "<b>",
    "</a>",
    "# A",
    "###### F ##",
    "B\n=\n",
    "C\n---",
    "| a |\n| - |",
    "[`Text`]",
    "[Text][]",
    "[a][Text]",
    "[a]: Text",
    "[a](",
    "![b][a]",
    "**",
    "`",
    "\\",
    "&lt;",
    "    code",
    "é\u{301}֐",
];

#[test]
fn no_docs_swallow_what_follows() {
    let service = service::small();
    for first in PIECES {
        for second in PIECES {
            for between in ["\n", "\n\n"] {
                let docs = format!("{first}{between}{second}");
                let mut catalogue = service.clone();
                let namespace = &mut catalogue.namespaces[0];
                let events = namespace.emits.as_mut().expect("it emits");
                events.events[0].docs.clone_from(&docs);
                events.events[0].arguments[0].docs.clone_from(&docs);
                let page = catalogue.markdown();
                let read = read(&page);
                let has = |text| read.headings.contains(&(HeadingLevel::H4, String::from(text)));
                assert!(has("first") && has("second"), "{docs:?}:\n{page}");
                let anchors = ["/:client/first", "/:client/second", "types", "type:Text"];
                assert!(
                    anchors.iter().all(|id| read.anchors.iter().any(|own| own == id)),
                    "{docs:?}:\n{page}"
                );
                // There each doc comment is rendered by itself.
                if first == second {
                    super::html::check(&catalogue.html());
                }
            }
        }
    }
}
