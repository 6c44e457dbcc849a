//! Doc comments: Markdown in which names of Rust items are links.
//!
//! On a page such a link leads to the type's or the event's own place, or it is no link at all.
//!
//! Must not know: where a doc comment stands.

use std::{borrow::Cow, collections::BTreeMap};

use pulldown_cmark::{
    BrokenLink, CodeBlockKind, CowStr, Event, LinkType, OffsetIter, Options, Parser, Tag,
};

use super::{Outline, type_id};

/// What doc comments may refer to.
pub(crate) struct Docs {
    /// Anchors by `Type` and `Schema::function`.
    anchors: BTreeMap<String, String>,
}

/// Where a link leads.
#[derive(Debug, PartialEq)]
pub(crate) enum Target<'a> {
    Web(&'a str),
    Anchor(&'a str),
    /// Nowhere that a reader could go.
    Nowhere,
}

impl Docs {
    pub(crate) fn of(outline: &Outline<'_>) -> Self {
        let types = outline.types.iter().map(|ty| (ty.name.to_owned(), type_id(ty.name)));
        let directions = outline.sections.iter().flat_map(|section| &section.directions);
        let events = directions
            .flat_map(|direction| &direction.entries)
            .map(|entry| (format!("{}::{}", entry.schema, entry.event.ident), entry.id.clone()));
        Self { anchors: events.chain(types).collect() }
    }

    /// Where `[text](destination)` leads, in a doc comment inside `schema`.
    pub(crate) fn target<'a>(&'a self, destination: &'a str, schema: &str) -> Target<'a> {
        if is_web(destination) {
            return Target::Web(destination);
        }
        match self.anchor(destination, schema) {
            Some(anchor) => Target::Anchor(anchor),
            None => Target::Nowhere,
        }
    }

    /// Finds `Type`, `path::Type`, `Type::field`, `Schema::event` and `Self::event`.
    fn anchor(&self, path: &str, schema: &str) -> Option<&str> {
        let path = path.trim_matches('`');
        // Rustdoc's disambiguators: `struct@Type`, `function()`, `macro!`.
        let path = path.split_once('@').map_or(path, |(_, path)| path);
        let path = path.trim_end_matches("()").trim_end_matches('!');
        let mut names = path.rsplit("::");
        let (last, before) = (names.next()?, names.next());
        if let Some(before) = before {
            let before = if before == "Self" { schema } else { before };
            if let Some(anchor) = self.anchors.get(&format!("{before}::{last}")) {
                return Some(anchor);
            }
            // A field or a variant stands with its type.
            return self.anchors.get(last).or_else(|| self.anchors.get(before)).map(|id| &**id);
        }
        self.anchors.get(last).map(|id| &**id)
    }

    /// Reads Markdown as rustdoc would, names of items being links.
    pub(crate) fn parse<'a>(
        &'a self,
        markdown: &'a str,
        schema: &'a str,
    ) -> OffsetIter<'a, impl FnMut(BrokenLink<'a>) -> Option<(CowStr<'a>, CowStr<'a>)>> {
        let resolve = move |link: BrokenLink<'a>| {
            let name = link.reference.trim_matches('`');
            let is_code = link.reference.starts_with('`');
            let names_item = is_code
                || self.anchor(name, schema).is_some()
                || (link.link_type == LinkType::Reference && is_path(name));
            names_item.then(|| (CowStr::from(name.to_owned()), CowStr::from("")))
        };
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        Parser::new_with_broken_link_callback(markdown, options, Some(resolve)).into_offset_iter()
    }
}

/// By how much the headings of a doc comment are demoted, so that the highest stands under one of
/// `level`.
pub(crate) fn heading_shift<'a>(
    events: impl Iterator<Item = &'a Event<'a>>,
    level: usize,
) -> isize {
    let levels = events.filter_map(|event| match event {
        Event::Start(Tag::Heading { level, .. }) => Some(*level as isize),
        _ => None,
    });
    let highest = levels.min().unwrap_or(1);
    isize::try_from(level).unwrap_or(0) + 1 - highest
}

/// Whether rustdoc would take the code block as Rust, in which lines can be hidden.
pub(crate) fn is_rust(kind: &CodeBlockKind<'_>) -> bool {
    const RUST: [&str; 6] =
        ["rust", "no_run", "ignore", "should_panic", "compile_fail", "edition2024"];
    match kind {
        CodeBlockKind::Indented => false,
        CodeBlockKind::Fenced(info) => {
            let mut words = info.split([',', ' ']).filter(|word| !word.is_empty());
            words.all(|word| RUST.contains(&word))
        }
    }
}

/// Rust as rustdoc shows it.
pub(crate) fn without_hidden_lines(code: &str) -> Cow<'_, str> {
    let is_hidden = |line: &str| {
        let line = line.trim();
        line == "#" || line.starts_with("# ")
    };
    if !code.lines().any(is_hidden) {
        return Cow::Borrowed(code);
    }
    code.split_inclusive('\n').filter(|line| !is_hidden(line)).collect()
}

/// Whether a link can be followed without harm.
pub(super) fn is_web(destination: &str) -> bool {
    let scheme = destination.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| ["http", "https", "mailto"].contains(&&*scheme))
}

fn is_path(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || "_:@!()<>".contains(c))
}
