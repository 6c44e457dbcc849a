//! The catalogue as one page for browsers.
//!
//! Everything that a schema says is text: it is escaped where it is written, by [`Text`], and a doc
//! comment's own HTML is shown, not obeyed. The page's policy lets it load nothing and run nothing
//! but its own script.
//!
//! Must not know: Markdown files.

mod contents;
mod docs;
mod event;
mod text;
mod types;

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use self::text::{Text, append};
use super::{
    Catalogue,
    model::ValueType,
    outline::{Direction, Docs, Outline, Part, Reference, Section, line, references, type_id},
};

impl Catalogue {
    /// The catalogue as one HTML page with a search, made to be read.
    ///
    /// The page is a single file that loads nothing, so it can be opened from a disk, sent by mail
    /// or served from anywhere. It follows the reader's choice of light or dark, fits a phone and
    /// paper, and can be read without JavaScript, which only adds the search and buttons that copy
    /// examples. `/` goes to the search. Anchors are made from names on the wire, such as
    /// `#/chat:client/message:send`, so links from elsewhere stay good.
    ///
    /// Doc comments are rendered from their Markdown. HTML in them is shown as text, and images as
    /// links. The same catalogue gives the same bytes.
    ///
    /// Signatures in TypeScript are there with the feature `typescript`, unless the catalogue was
    /// read back from `schema.json`.
    ///
    /// ```
    /// # use socketio_runtime::{catalogue::Catalogue, client_to_server, namespace};
    /// #[client_to_server(export)]
    /// pub trait ClientToServer {
    ///     /// Says something to **everybody**.
    ///     #[event("message:send", timeout = "5s")]
    ///     fn message_send(content: &str) -> u32;
    /// }
    ///
    /// #[namespace("/chat", emits = ClientToServer, export)]
    /// pub struct Chat;
    ///
    /// let catalogue = Catalogue::builder("Chat", "1.0.0").namespace::<Chat>().build();
    /// let page = catalogue.html();
    /// assert!(page.contains(r#"<article class="event" id="/chat:client/message:send""#));
    /// assert!(page.contains("Says something to <strong>everybody</strong>."));
    /// ```
    #[must_use]
    pub fn html(&self) -> String {
        let outline = Outline::of(self);
        let docs = Docs::of(&outline);
        // Whoever checks the source out may have other ends of lines.
        let [style, script] = [STYLE, SCRIPT].map(|source| source.replace('\r', ""));
        let mut page = Page { docs: &docs, html: String::new() };
        page.head(self, &style, &script);
        page.contents(&outline);
        page.body(&outline);
        append!(page.html, "<script>{script}</script>\n</body>\n</html>\n");
        page.html
    }
}

/// The page as far as it is written.
struct Page<'a> {
    docs: &'a Docs,
    html: String,
}

impl Page<'_> {
    fn head(&mut self, catalogue: &Catalogue, style: &str, script: &str) {
        let hash = |source: &str| BASE64.encode(&Sha256::digest(source));
        append!(
            self.html,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
             form-action 'none'\">\n<title>{} {}</title>\n<style>{style}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#content\">Skip the contents</a>\n",
            hash(style),
            hash(script),
            Text(&catalogue.title),
            Text(&catalogue.version),
        );
    }

    fn body(&mut self, outline: &Outline<'_>) {
        let catalogue = outline.catalogue;
        append!(
            self.html,
            "<main id=\"content\" tabindex=\"-1\">\n<header class=\"title\">\n<h1>{}</h1>\n\
             <p class=\"version\">Version {}</p>\n</header>\n",
            Text(&catalogue.title),
            Text(&catalogue.version),
        );
        self.docs(&catalogue.description, "", 1);
        self.references(catalogue);
        for section in &outline.sections {
            self.section(section);
        }
        self.types(outline);
        self.html.push_str("</main>\n");
    }

    fn references(&mut self, catalogue: &Catalogue) {
        let references = references(catalogue);
        if references.is_empty() {
            return;
        }
        self.html.push_str("<dl class=\"facts\">\n");
        for Reference { name, text, url } in references {
            append!(self.html, "<div><dt>{}</dt><dd>", Text(name));
            if let Some(url) = url {
                append!(self.html, "<a href=\"{}\">{}</a>", Text(&url), Text(text));
            } else {
                append!(self.html, "<code>{}</code>", Text(text));
            }
            self.html.push_str("</dd></div>\n");
        }
        self.html.push_str("</dl>\n");
    }

    fn section(&mut self, section: &Section<'_>) {
        let namespace = section.namespace;
        append!(
            self.html,
            "<section class=\"namespace\" id=\"{}\">\n<h2>Namespace <code>{}</code></h2>\n",
            Text(&section.id),
            Text(&namespace.path)
        );
        self.docs(&namespace.docs, "", 2);
        self.html.push_str("<h3>Connecting</h3>\n");
        self.payload("Sent by the client as <code>auth</code>", namespace.auth.as_ref());
        if let Some(auth) = &section.auth {
            self.form(auth);
        }
        self.payload("A refusal’s <code>data</code>", namespace.refusal.as_ref());
        let is_open = namespace.auth.is_none();
        let (auth, options) = if is_open { ("", "") } else { (".auth(auth)", ", { auth }") };
        self.code("Rust", &format!("client.socket::<{}>(){auth}.build()?", namespace.ident));
        self.code("TypeScript", &format!("io({:?}{options})", namespace.path));
        for direction in &section.directions {
            self.direction(direction);
        }
        self.html.push_str("</section>\n");
    }

    fn payload(&mut self, name: &str, ty: Option<&ValueType>) {
        let ty = match ty {
            Some(ty) => type_line(&line(&ty.schema)),
            None => "anything; the schema does not say".to_owned(),
        };
        append!(
            self.html,
            "<dl class=\"facts\">\n<div><dt>{name}</dt><dd>{ty}</dd></div>\n</dl>\n"
        );
    }

    fn direction(&mut self, direction: &Direction<'_>) {
        let events = direction.events;
        append!(
            self.html,
            "<section class=\"direction\" id=\"{}\">\n<h3>{}</h3>\n",
            Text(&direction.id),
            direction.sender.title()
        );
        self.docs(&events.docs, &events.ident, 3);
        for entry in &direction.entries {
            self.event(entry);
        }
        if !events.retired.is_empty() {
            self.html
                .push_str("<p class=\"retired\">Retired names, which no event may have any more: ");
            for (at, name) in events.retired.iter().enumerate() {
                let comma = if at == 0 { "" } else { ", " };
                append!(self.html, "{comma}<code>{}</code>", Text(name));
            }
            self.html.push_str(".</p>\n");
        }
        self.html.push_str("</section>\n");
    }

    /// A doc comment, under a heading of that level.
    fn docs(&mut self, markdown: &str, schema: &str, level: usize) {
        let html = docs::block(self.docs, markdown, schema, level);
        if !html.is_empty() {
            append!(self.html, "<div class=\"docs\">\n{html}</div>\n");
        }
    }

    /// Code, with what it is.
    fn code(&mut self, caption: &str, code: &str) {
        append!(
            self.html,
            "<figure class=\"code\"><figcaption>{caption}</figcaption><pre><code>{}</code></pre>\
             </figure>\n",
            Text(code)
        );
    }

    /// Code that few want to see.
    fn folded(&mut self, caption: &str, code: &str) {
        append!(
            self.html,
            "<details class=\"code\"><summary>{caption}</summary><pre><code>{}</code></pre>\
             </details>\n",
            Text(code)
        );
    }
}

/// A type, with links.
fn type_line(ty: &[Part]) -> String {
    let mut html = String::new();
    for part in ty {
        match part {
            Part::Text(text) => append!(html, "{}", Text(text)),
            Part::Literal(json) => append!(html, "<code>{}</code>", Text(json)),
            Part::Named(name) => {
                let id = type_id(name);
                append!(html, "<a href=\"#{}\"><code>{}</code></a>", Text(&id), Text(name));
            }
        }
    }
    html
}

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The anchor of the types' section. Namespaces begin with a slash, types with `type:`.
const TYPES: &str = "types";
