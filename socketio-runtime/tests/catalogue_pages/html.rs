//! The HTML page, read strictly.
//!
//! Must not know: Markdown pages.

use std::collections::BTreeSet;

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use crate::{names, service};

/// A tag, as it is written.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    is_end: bool,
}

const VOID: [&str; 5] = ["meta", "input", "br", "hr", "!DOCTYPE"];
/// The attributes that the page is written with. None of them is an event handler, a source or a
/// style.
const ATTRIBUTES: [&str; 21] = [
    "aria-describedby",
    "aria-hidden",
    "aria-keyshortcuts",
    "aria-label",
    "autocomplete",
    "charset",
    "class",
    "content",
    "data-sender",
    "for",
    "hidden",
    "href",
    "html",
    "http-equiv",
    "id",
    "lang",
    "name",
    "open",
    "placeholder",
    "role",
    "scope",
];
const MORE_ATTRIBUTES: [&str; 5] = ["spellcheck", "start", "tabindex", "title", "type"];

/// Fails unless each tag is closed in order, ids are unique, links inside lead to one, and the page
/// has but its own style and script, and loads nothing.
pub(super) fn check(page: &str) {
    let tags = tags(page);
    let mut open = Vec::new();
    for tag in &tags {
        match tag.is_end {
            _ if VOID.contains(&tag.name) => {}
            false => open.push(tag.name),
            true => assert_eq!(open.pop(), Some(tag.name)),
        }
    }
    assert_eq!(open, Vec::<&str>::new());

    let attributes = || tags.iter().flat_map(|tag| &tag.attributes);
    for (name, _) in attributes() {
        assert!(ATTRIBUTES.contains(name) || MORE_ATTRIBUTES.contains(name), "{name}");
    }
    let ids: Vec<_> = attributes().filter(|(name, _)| *name == "id").map(|(_, id)| *id).collect();
    let unique: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
    for (_, link) in attributes().filter(|(name, _)| *name == "href") {
        match link.strip_prefix('#') {
            Some(id) => assert!(unique.contains(id), "{link}"),
            None => assert!(
                ["https:", "mailto:"].iter().any(|scheme| link.starts_with(scheme)),
                "{link}"
            ),
        }
    }

    for name in ["style", "script"] {
        assert_eq!(tags.iter().filter(|tag| tag.name == name && !tag.is_end).count(), 1);
        let source = element(page, name);
        let hash = BASE64.encode(&Sha256::digest(source));
        assert!(page.contains(&format!("{name}-src 'sha256-{hash}'")), "{name}");
        assert!(!source.contains("url(") && !source.contains("@import"));
    }
    for name in ["img", "link", "iframe", "object", "embed", "base", "form", "svg"] {
        assert!(tags.iter().all(|tag| tag.name != name), "{name}");
    }
}

fn element<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("<{name}>")).expect("it is there");
    rest.split_once(&format!("</{name}>")).expect("it is closed").0
}

/// All tags. `<` and `>` stand for nothing else, but in the style and the script.
fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some((text, after)) = rest.split_once('<') {
        assert!(!text.contains('>'), "{text}");
        let (tag, after) = after.split_once('>').expect("the tag ends");
        rest = after;
        let is_end = tag.starts_with('/');
        let tag = tag.strip_suffix(" /").unwrap_or(tag);
        let (name, mut attributes) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
        let name = name.trim_start_matches('/');
        let mut found = Vec::new();
        while !attributes.is_empty() {
            let end = attributes.find([' ', '=']).unwrap_or(attributes.len());
            let (attribute, value) = attributes.split_at(end);
            if let Some(value) = value.strip_prefix("=\"") {
                let (value, after) = value.split_once('"').expect("the value ends");
                found.push((attribute, value));
                attributes = after.trim_start();
            } else {
                found.push((attribute, ""));
                attributes = value.trim_start();
            }
        }
        tags.push(Tag { name, attributes: found, is_end });
        if !is_end && ["style", "script"].contains(&name) {
            rest = &rest[rest.find(&format!("</{name}>")).expect("it is closed")..];
        }
    }
    tags
}

#[test]
fn the_page_is_well_formed_and_loads_nothing() {
    check(&service::catalogue().html());
}

#[test]
fn nothing_that_a_schema_says_is_obeyed() {
    let page = service::catalogue().html();
    assert!(page.contains("<code>&lt;script&gt;alert(&quot;name&quot;)&lt;/script&gt;</code>"));
    let docs = "&lt;script&gt;alert(\"docs\")&lt;/script&gt; &lt;/style&gt;&lt;style&gt;";
    assert!(page.contains(docs));
    assert!(page.contains("&lt;/article&gt;&lt;/main&gt;&lt;h1&gt;out&lt;/h1&gt;"));
    let hrefs = tags(&page);
    let hrefs = hrefs.iter().flat_map(|tag| &tag.attributes).filter(|(name, _)| *name == "href");
    let outside: Vec<_> =
        hrefs.map(|(_, link)| *link).filter(|link| !link.starts_with('#')).collect();
    // What is left of an image, a link with a quote in it, and a good one.
    assert_eq!(
        outside,
        [
            "mailto:team@shop.example.com",
            "https://evil.example/x.png",
            "https://example.com/%22onclick=%22alert(1)",
            "https://example.com/guide"
        ]
    );
}

#[test]
fn every_event_and_type_is_an_article_and_in_the_contents() {
    let catalogue = service::catalogue();
    let page = catalogue.html();
    let tags = tags(&page);
    let articles = tags.iter().filter(|tag| tag.name == "article" && !tag.is_end);
    let ids: Vec<_> = articles
        .map(|tag| tag.attributes.iter().find(|(name, _)| *name == "id").expect("an anchor").1)
        .collect();
    assert_eq!(ids.len(), names(&catalogue).len() + catalogue.definitions.len());
    let contents =
        element(&page.replace("<nav aria-label=\"Contents\">", "<nav>"), "nav").to_owned();
    for id in ids {
        assert!(contents.contains(&format!("href=\"#{id}\"")), "{id}");
    }
}

#[test]
fn docs_are_rendered_below_the_headings_of_the_page() {
    let page = service::catalogue().html();
    assert!(page.contains("<h5>A heading</h5>\n<h5>A setext one</h5>"));
    assert!(page.contains("<h3>How to begin</h3>"));
    assert!(page.contains("good for <em>one hour</em>"));
    assert!(
        page.contains("<pre><code>let shown = 2; // &lt;b&gt;not bold&lt;/b&gt;\n</code></pre>")
    );
    assert!(page.contains("<a href=\"#type:OrderError\"><code>OrderError</code></a> says what"));
    assert!(page.contains("<code>Nowhere::at_all</code> are not on this page"));
}

#[test]
fn a_type_names_the_events_that_use_it() {
    let page = service::catalogue().html();
    let order = page.split_once("id=\"type:OrderSent\"").expect("it is there").1;
    let users = order.split_once("Used by ").expect("it is used").1;
    let place = "<a href=\"#/shop:client/order:place\"><code>order:place</code></a>.";
    assert!(users.starts_with(place), "{}", &users[..200]);
}
