//! Doc comments as HTML.
//!
//! Must not know: where a doc comment stands.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Tag, TagEnd, html};

use crate::catalogue::outline::{Docs, Target, heading_shift, is_rust, without_hidden_lines};

/// A doc comment under a heading of that level.
pub(super) fn block(docs: &Docs, markdown: &str, schema: &str, level: usize) -> String {
    let events: Vec<_> = docs.parse(markdown, schema).map(|(event, _)| event).collect();
    let shift = heading_shift(events.iter(), level);
    let mut reader = Reader { docs, schema, shift, is_link: Vec::new(), is_rust: false };
    let mut page = String::new();
    html::push_html(&mut page, events.into_iter().filter_map(|event| reader.read(event)));
    page
}

/// A doc comment in a cell or a line: a single paragraph is no block there.
pub(super) fn inline(docs: &Docs, markdown: &str, schema: &str) -> String {
    let block = block(docs, markdown, schema, 6);
    let block = block.trim_end();
    let paragraph = block.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>"));
    paragraph.filter(|text| !text.contains("<p>")).unwrap_or(block).to_owned()
}

struct Reader<'a> {
    docs: &'a Docs,
    schema: &'a str,
    shift: isize,
    /// Of the links and images around, whether each is shown as a link.
    is_link: Vec<bool>,
    /// Whether this is code in Rust.
    is_rust: bool,
}

impl<'a> Reader<'a> {
    /// What the page shows; `None` for nothing.
    fn read(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        Some(match event {
            Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
                level: self.demoted(level),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            }),
            Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(self.demoted(level))),
            Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                let is_email = link_type == LinkType::Email;
                return self.link(dest_url, title, is_email);
            }
            // An image would have to be loaded.
            Event::Start(Tag::Image { dest_url, title, .. }) => {
                return self.link(dest_url, title, false);
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                return self.is_link.pop()?.then_some(Event::End(TagEnd::Link));
            }
            // Alignments would be `style` attributes, which the page's policy blocks.
            Event::Start(Tag::Table(_)) => Event::Start(Tag::Table(Vec::new())),
            Event::Start(Tag::CodeBlock(kind)) => {
                self.is_rust = is_rust(&kind);
                // The language is of no use here.
                Event::Start(Tag::CodeBlock(CodeBlockKind::Indented))
            }
            Event::Text(code) if self.is_rust => {
                Event::Text(CowStr::from(without_hidden_lines(&code).into_owned()))
            }
            Event::End(TagEnd::CodeBlock) => {
                self.is_rust = false;
                Event::End(TagEnd::CodeBlock)
            }
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
            other => other,
        })
    }

    fn link(&mut self, url: CowStr<'a>, title: CowStr<'a>, is_email: bool) -> Option<Event<'a>> {
        // A link inside a link is none.
        let is_inside = self.is_link.contains(&true);
        let url = if is_email { CowStr::from(format!("mailto:{url}")) } else { url };
        let target = match self.docs.target(&url, self.schema) {
            _ if is_inside => None,
            Target::Web(_) => Some(url.clone()),
            Target::Anchor(id) => Some(CowStr::from(format!("#{id}"))),
            Target::Nowhere => None,
        };
        self.is_link.push(target.is_some());
        Some(Event::Start(Tag::Link {
            link_type: LinkType::Inline,
            dest_url: target?,
            title,
            id: CowStr::from(""),
        }))
    }

    fn demoted(&self, level: HeadingLevel) -> HeadingLevel {
        let level = (level as isize + self.shift).clamp(1, 6);
        usize::try_from(level)
            .ok()
            .and_then(|level| level.try_into().ok())
            .unwrap_or(HeadingLevel::H6)
    }
}
