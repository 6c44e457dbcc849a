//! Doc comments, made to stand inside the page.
//!
//! They stay as they were written, but for what reaches beyond them: headings, links, and blocks
//! that are left open.
//!
//! Must not know: where a doc comment stands.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Tag};

use crate::catalogue::outline::{Docs, Target, heading_shift, is_rust, without_hidden_lines};

/// A doc comment under a heading of that level; under 6, its own headings are bold text.
pub(super) fn block(docs: &Docs, markdown: &str, schema: &str, level: usize) -> String {
    let parser = docs.parse(markdown, schema);
    let mut edits = Edits { source: markdown, changes: Vec::new(), end: String::new() };
    for (_, definition) in parser.reference_definitions().iter() {
        edits.replace(definition.span.clone(), "");
    }
    let events: Vec<_> = parser.collect();
    let shift = heading_shift(events.iter().map(|(event, _)| event), level);
    let mut open = Vec::new();
    for (at, (event, range)) in events.iter().enumerate() {
        match event {
            Event::Start(_) => open.push(at),
            Event::End(_) => {
                let start = open.pop().expect("events are balanced");
                let children = &events[start + 1..at];
                let content = match children {
                    [] => range.end..range.end,
                    [(_, first), ..] => first.start..children[children.len() - 1].1.end,
                };
                let Event::Start(tag) = &events[start].0 else { continue };
                let element = Element { tag, range: range.clone(), content, children };
                edits.element(&element, docs, schema, shift);
                if open.is_empty() && markdown[range.end..].trim().is_empty() {
                    edits.close(&element);
                }
            }
            _ => {}
        }
    }
    edits.done()
}

/// Part of a doc comment.
struct Element<'a> {
    tag: &'a Tag<'a>,
    range: Range<usize>,
    /// Of what is in it.
    content: Range<usize>,
    children: &'a [(Event<'a>, Range<usize>)],
}

/// What is changed in the source. No two changes overlap, since each is of the marks around
/// something.
struct Edits<'a> {
    source: &'a str,
    changes: Vec<(Range<usize>, String)>,
    /// What is added.
    end: String,
}

impl Edits<'_> {
    fn replace(&mut self, range: Range<usize>, with: impl Into<String>) {
        self.changes.push((range, with.into()));
    }

    fn surround(&mut self, element: &Element<'_>, before: &str, after: &str) {
        self.replace(element.range.start..element.content.start, before);
        self.replace(element.content.end..element.range.end, after);
    }

    fn element(&mut self, element: &Element<'_>, docs: &Docs, schema: &str, shift: isize) {
        match element.tag {
            Tag::Heading { level, .. } => self.heading(element, *level as isize + shift),
            Tag::Link { link_type, dest_url, .. } => {
                self.link(element, *link_type, dest_url, &docs.target(dest_url, schema));
            }
            Tag::Image { link_type, dest_url, .. } if *link_type != LinkType::Inline => {
                self.surround(element, "![", &destination(dest_url));
            }
            Tag::CodeBlock(kind @ CodeBlockKind::Fenced(_)) if is_rust(kind) => {
                self.rust(element);
            }
            _ => {}
        }
    }

    fn heading(&mut self, element: &Element<'_>, level: isize) {
        for (event, range) in element.children {
            if matches!(event, Event::SoftBreak | Event::HardBreak) {
                self.replace(range.clone(), " ");
            }
        }
        match usize::try_from(level) {
            Ok(level @ 1..=6) => self.surround(element, &format!("{} ", "#".repeat(level)), "\n"),
            _ => self.surround(element, "**", "**\n\n"),
        }
    }

    fn link(&mut self, element: &Element<'_>, kind: LinkType, web: &str, target: &Target<'_>) {
        let is_name = matches!(kind, LinkType::ShortcutUnknown | LinkType::CollapsedUnknown);
        let is_bare = is_name && !self.source[element.content.clone()].starts_with('`');
        let tick = if is_bare { "`" } else { "" };
        match target {
            Target::Web(_) if matches!(kind, LinkType::Autolink | LinkType::Email) => {}
            Target::Web(_) if kind == LinkType::Inline => {}
            Target::Web(_) => self.surround(element, "[", &destination(web)),
            Target::Anchor(id) => {
                self.surround(element, &format!("[{tick}"), &format!("{tick}](#{id})"));
            }
            Target::Nowhere => self.surround(element, tick, tick),
        }
    }

    /// As rustdoc shows it; the language is named, for those who are not rustdoc.
    fn rust(&mut self, element: &Element<'_>) {
        let source = &self.source[element.range.clone()];
        let line = source.lines().next().unwrap_or_default();
        let fence = opening(line);
        let end = element.range.start + line.len();
        self.replace(element.range.start..end, format!("{fence}rust"));
        for (event, range) in element.children {
            let Event::Text(code) = event else { continue };
            let shown = without_hidden_lines(code);
            if *shown != **code {
                let shown = shown.into_owned();
                self.replace(range.clone(), shown);
            }
        }
    }

    /// Closes what would otherwise go on after the doc comment.
    fn close(&mut self, element: &Element<'_>) {
        let source = self.source[element.range.clone()].trim_end();
        match element.tag {
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => {
                let fence = opening(source);
                let last = source.lines().skip(1).last().map(str::trim).unwrap_or_default();
                let mark = fence.chars().next().unwrap_or('`');
                if last.len() < fence.len() || last.chars().any(|c| c != mark) {
                    self.end = format!("\n{fence}");
                }
            }
            Tag::HtmlBlock => {
                let html = source.trim_start().to_ascii_lowercase();
                let closing = UNENDING.iter().find(|(opening, _)| html.starts_with(opening));
                if let Some((_, closing)) = closing.filter(|(_, closing)| !html.contains(closing)) {
                    self.end = format!("\n{closing}");
                }
            }
            _ => {}
        }
    }

    fn done(mut self) -> String {
        self.changes.sort_by_key(|(range, _)| (range.start, range.end));
        let mut text = String::with_capacity(self.source.len());
        let mut read = 0;
        for (range, with) in self.changes {
            if range.start < read {
                continue;
            }
            text.push_str(&self.source[read..range.start]);
            text.push_str(&with);
            read = range.end;
        }
        text.push_str(&self.source[read..]);
        let mut text = text.trim_matches('\n').trim_end().to_owned();
        text.push_str(&self.end);
        text
    }
}

/// The marks that open a block of code.
fn opening(line: &str) -> &str {
    let mark = line.chars().next().unwrap_or('`');
    &line[..line.len() - line.trim_start_matches(mark).len()]
}

fn destination(url: &str) -> String {
    let is_bare = !url.contains(|c: char| c.is_whitespace() || "()<>".contains(c));
    if is_bare { format!("]({url})") } else { format!("](<{url}>)") }
}

/// HTML blocks that an empty line does not end, and what does (section 4.6 of `CommonMark` 0.31.2).
const UNENDING: [(&str, &str); 7] = [
    ("<!--", "-->"),
    ("<![cdata[", "]]>"),
    ("<?", "?>"),
    ("<pre", "</pre>"),
    ("<script", "</script>"),
    ("<style", "</style>"),
    ("<textarea", "</textarea>"),
];
