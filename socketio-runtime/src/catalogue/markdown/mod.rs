//! The catalogue as one Markdown file.
//!
//! Must not know: HTML pages.

mod docs;
mod event;
mod text;
mod types;

use self::text::{code, destination, plain};
use super::{
    Catalogue,
    model::ValueType,
    outline::{Direction, Docs, Outline, Part, Reference, Section, line, references, type_id},
};

impl Catalogue {
    /// The catalogue as one Markdown file (with GitHub's tables): for a repository, a
    /// wiki or a site's generator.
    ///
    /// Namespaces, events and types have anchors that are made from their names on the wire alone,
    /// so links from elsewhere stay good. Doc comments stand as they were written, their headings
    /// demoted; what they link to is linked here if it is in the catalogue. The same catalogue
    /// gives the same bytes.
    ///
    /// Signatures in TypeScript are there with the feature `typescript`, unless the catalogue was
    /// read back from `schema.json`.
    ///
    /// ```
    /// # use socketio_runtime::{catalogue::Catalogue, client_to_server, namespace};
    /// #[client_to_server(export)]
    /// pub trait ClientToServer {
    ///     /// Says something to everybody.
    ///     #[event("message:send", timeout = "5s")]
    ///     fn message_send(content: &str) -> u32;
    /// }
    ///
    /// #[namespace("/chat", emits = ClientToServer, export)]
    /// pub struct Chat;
    ///
    /// let catalogue = Catalogue::builder("Chat", "1.0.0").namespace::<Chat>().build();
    /// let page = catalogue.markdown();
    /// assert!(page.starts_with("# Chat\n"));
    /// assert!(page.contains("#### `message:send`\n\nSays something to everybody.\n"));
    /// assert!(page.contains("The answer is awaited for 5 seconds."));
    /// ```
    #[must_use]
    pub fn markdown(&self) -> String {
        let outline = Outline::of(self);
        let docs = Docs::of(&outline);
        let mut page = Page { docs: &docs, text: String::new() };
        page.head(self);
        page.contents(&outline);
        for section in &outline.sections {
            page.section(section);
        }
        page.types(&outline);
        page.text.truncate(page.text.trim_end().len());
        page.text.push('\n');
        page.text
    }
}

/// The page as far as it is written.
struct Page<'a> {
    docs: &'a Docs,
    text: String,
}

impl Page<'_> {
    fn head(&mut self, catalogue: &Catalogue) {
        self.block(&format!("# {}", plain(&catalogue.title)));
        self.block(&format!("Version {}", plain(&catalogue.version)));
        self.docs(&catalogue.description, "", 1);
        let references = references(catalogue);
        let references = references.iter().map(|Reference { name, text, url }| match url {
            Some(url) => format!("- {}: [{}](<{}>)", plain(name), plain(text), destination(url)),
            None => format!("- {}: {}", plain(name), code(text)),
        });
        let references = references.collect::<Vec<_>>().join("\n");
        if !references.is_empty() {
            self.block(&references);
        }
    }

    fn contents(&mut self, outline: &Outline<'_>) {
        let mut list = Vec::new();
        for section in &outline.sections {
            list.push(format!("- {}", link(&code(&section.namespace.path), &section.id)));
            for direction in &section.directions {
                list.push(format!("  - {}", link(direction.sender.title(), &direction.id)));
                list.extend(direction.entries.iter().map(|entry| {
                    let struck =
                        if entry.event.deprecated.is_some() { " (deprecated)" } else { "" };
                    format!("    - {}{struck}", link(&code(&entry.event.name), &entry.id))
                }));
            }
        }
        if !outline.types.is_empty() {
            list.push(format!("- {}", link("Types", TYPES)));
            let types = outline.types.iter();
            list.extend(types.map(|ty| format!("  - {}", link(&code(ty.name), &ty.id))));
        }
        if !list.is_empty() {
            self.block("## Contents");
            self.block(&list.join("\n"));
        }
    }

    fn section(&mut self, section: &Section<'_>) {
        let namespace = section.namespace;
        self.anchor(&section.id);
        self.block(&format!("## Namespace {}", code(&namespace.path)));
        self.docs(&namespace.docs, "", 2);
        self.connecting(section);
        for direction in &section.directions {
            self.direction(direction);
        }
    }

    fn connecting(&mut self, section: &Section<'_>) {
        let namespace = section.namespace;
        self.block("### Connecting");
        let payload = |ty: &Option<ValueType>| match ty {
            Some(ty) => type_line(&line(&ty.schema)),
            None => "anything; the schema does not say".to_owned(),
        };
        let auth = payload(&namespace.auth);
        self.block(&format!("The client sends as `auth`: {auth}."));
        if let Some(auth) = &section.auth {
            self.form(auth);
        }
        let refusal = payload(&namespace.refusal);
        self.block(&format!("A refusal's `data`: {refusal}."));
        let auth = if namespace.auth.is_some() { ".auth(auth)" } else { "" };
        let rust = format!("client.socket::<{}>(){auth}.build()?", namespace.ident);
        self.fence("rust", &rust);
        let options = if namespace.auth.is_some() { ", { auth }" } else { "" };
        self.fence("typescript", &format!("io({:?}{options})", namespace.path));
    }

    fn direction(&mut self, direction: &Direction<'_>) {
        let events = direction.events;
        self.anchor(&direction.id);
        self.block(&format!("### {}", direction.sender.title()));
        self.docs(&events.docs, &events.ident, 3);
        for entry in &direction.entries {
            self.event(entry);
        }
        if !events.retired.is_empty() {
            let names: Vec<_> = events.retired.iter().map(|name| code(name)).collect();
            self.block(&format!(
                "Retired names, which no event may have any more: {}.",
                names.join(", ")
            ));
        }
    }

    /// A block of Markdown, with a blank line after it.
    fn block(&mut self, block: &str) {
        self.text.push_str(block);
        self.text.push_str("\n\n");
    }

    /// A place that links can lead to.
    fn anchor(&mut self, id: &str) {
        self.block(&format!("<a id=\"{id}\"></a>"));
    }

    /// A doc comment, under a heading of that level.
    fn docs(&mut self, markdown: &str, schema: &str, level: usize) {
        let text = docs::block(self.docs, markdown, schema, level);
        if !text.is_empty() {
            self.block(&text);
        }
    }

    /// Text as it is, in a fence that it cannot close.
    fn fence(&mut self, language: &str, text: &str) {
        self.block(&fenced(language, text));
    }
}

/// A block of code.
fn fenced(language: &str, text: &str) -> String {
    let fence = text::fence(text, 3);
    format!("{fence}{language}\n{}\n{fence}", text.trim_end())
}

/// What GitHub shows folded.
fn folded(summary: &str, content: &str) -> String {
    format!("<details>\n<summary>{summary}</summary>\n\n{content}\n\n</details>")
}

fn link(text: &str, id: &str) -> String {
    format!("[{text}](#{id})")
}

/// A type, with links.
fn type_line(ty: &[Part]) -> String {
    ty.iter()
        .map(|part| match part {
            Part::Text(text) => plain(text),
            Part::Literal(json) => code(json),
            Part::Named(name) => link(&code(name), &type_id(name)),
        })
        .collect()
}

/// A table; its last column is left out where it is empty.
fn table<const COLUMNS: usize>(head: [&str; COLUMNS], rows: &[[String; COLUMNS]]) -> String {
    let is_full = rows.iter().any(|row| row.last().is_some_and(|cell| !cell.is_empty()));
    let columns = if is_full { COLUMNS } else { COLUMNS - 1 };
    let head = [head.map(str::to_owned), [const { "---" }; COLUMNS].map(str::to_owned)];
    let rows = head.iter().chain(rows).map(|row| format!("| {} |", row[..columns].join(" | ")));
    rows.collect::<Vec<_>>().join("\n")
}

/// The anchor of the types' heading. Namespaces begin with a slash, types with `type:`.
const TYPES: &str = "types";
