//! An event on the page.
//!
//! Must not know: the page around it.

use super::{
    Page, docs,
    text::{Text, append},
    type_line,
};
use crate::catalogue::{
    json_schema,
    model::{Ack, Argument, ArgumentKind, ValueType},
    outline::{Entry, Example, facts, line, pretty, rust, steps, visible},
};

impl Page<'_> {
    pub(super) fn event(&mut self, entry: &Entry<'_>) {
        let event = entry.event;
        self.heading(entry);
        if let Some(note) = &event.deprecated {
            let note = docs::inline(self.docs, note, entry.schema);
            append!(
                self.html,
                "<div class=\"deprecated\"><strong>Deprecated.</strong> {note}</div>\n"
            );
        }
        self.docs(&event.docs, entry.schema, 4);
        self.arguments(entry);
        self.answer(entry);
        self.delivery(entry);
        self.html.push_str("<h5>Signature</h5>\n");
        self.code("Rust", &rust(event));
        if let Some(typescript) = &entry.typescript {
            self.code("TypeScript", typescript);
        }
        self.examples(entry);
        if !event.arguments.is_empty() {
            self.folded(
                "JSON Schema of the arguments",
                &pretty(&json_schema::arguments(event).into()),
            );
        }
        if let Some(ack) = &event.ack {
            let schema = pretty(&json_schema::answer(ack).into());
            self.folded("JSON Schema of the acknowledgement", &schema);
        }
        self.html.push_str("</article>\n");
    }

    fn heading(&mut self, entry: &Entry<'_>) {
        let (id, sender) = (Text(&entry.id), entry.sender.name());
        append!(
            self.html,
            "<article class=\"event\" id=\"{id}\" data-sender=\"{sender}\">\n<header>\n\
             <h4><a href=\"#{id}\"><code>{}</code></a></h4>\n\
             <p class=\"badges\"><span class=\"badge {sender}\">{sender} → {}</span>",
            Text(&visible(&entry.event.name)),
            entry.sender.receiver().name(),
        );
        if entry.event.ack.is_some() {
            self.html.push_str(" <span class=\"badge\">ack</span>");
        }
        if entry.event.delivery.volatile {
            self.html.push_str(" <span class=\"badge\">volatile</span>");
        }
        self.html.push_str("</p>\n</header>\n");
    }

    fn arguments(&mut self, entry: &Entry<'_>) {
        if entry.event.arguments.is_empty() {
            self.html.push_str("<p class=\"quiet\">No arguments.</p>\n");
            return;
        }
        self.html.push_str(
            "<h5>Arguments</h5>\n<table class=\"arguments\">\n<thead><tr><th scope=\"col\">Name</th>\
             <th scope=\"col\">Type</th>",
        );
        let has_docs = entry.event.arguments.iter().any(|argument| !argument.docs.is_empty());
        self.html.push_str(if has_docs { "<th scope=\"col\">Description</th>" } else { "" });
        self.html.push_str("</tr></thead>\n<tbody>\n");
        for argument in &entry.event.arguments {
            append!(
                self.html,
                "<tr><th scope=\"row\"><code>{}</code>{}</th><td>{}</td>",
                Text(&argument.name),
                kind(argument),
                type_line(&line(&argument.ty.schema)),
            );
            if has_docs {
                let docs = docs::inline(self.docs, &argument.docs, entry.schema);
                append!(self.html, "<td>{docs}</td>");
            }
            self.html.push_str("</tr>\n");
        }
        self.html.push_str("</tbody>\n</table>\n");
    }

    fn answer(&mut self, entry: &Entry<'_>) {
        let Some(ack) = &entry.event.ack else { return };
        let receiver = entry.sender.receiver().name();
        let ty = |value: &ValueType| type_line(&line(&value.schema));
        self.html.push_str("<h5>Acknowledgement</h5>\n");
        match ack {
            Ack::Values(values) => match &values[..] {
                [] => append!(self.html, "<p>The {receiver} answers, without a value.</p>\n"),
                [value] => append!(self.html, "<p>The {receiver} answers {}.</p>\n", ty(value)),
                values => {
                    append!(self.html, "<p>The {receiver} answers, with:</p>\n<ol>\n");
                    for value in values {
                        append!(self.html, "<li>{}</li>\n", ty(value));
                    }
                    self.html.push_str("</ol>\n");
                }
            },
            Ack::ErrorFirst { value, error } => append!(
                self.html,
                "<p>The {receiver} answers as Node.js callbacks are called, \
                 <code>(error, value)</code>.</p>\n<dl class=\"facts\">\n\
                 <div><dt>Value</dt><dd>{}</dd></div>\n<div><dt>Error</dt><dd>{}</dd></div>\n</dl>\n",
                ty(value),
                ty(error)
            ),
        }
        self.html.push_str("<details class=\"steps\"><summary>Step by step</summary>\n<ol>\n");
        for step in steps(entry) {
            append!(self.html, "<li>{}</li>\n", docs::inline(self.docs, &step, ""));
        }
        self.html.push_str("</ol>\n</details>\n");
    }

    fn delivery(&mut self, entry: &Entry<'_>) {
        let facts = facts(entry);
        if facts.is_empty() {
            return;
        }
        self.html.push_str("<h5>Delivery</h5>\n<dl class=\"facts\">\n");
        for fact in facts {
            append!(self.html, "<div><dt>{}</dt><dd>{}</dd></div>\n", fact.name, fact.text);
        }
        self.html.push_str("</dl>\n");
    }

    fn examples(&mut self, entry: &Entry<'_>) {
        let examples = [("Event", Example::event(entry)), ("Answer", Example::answer(entry))];
        if examples.iter().all(|(_, example)| example.is_none()) {
            return;
        }
        self.html.push_str("<h5>Example</h5>\n");
        for (name, example) in examples {
            let Some(Example { json, frame, attachments }) = example else { continue };
            self.code(&format!("{name} in JSON"), &json);
            let followed = match attachments {
                0 => String::new(),
                1 => ", followed by one binary frame".to_owned(),
                count => format!(", followed by {count} binary frames"),
            };
            self.folded(&format!("{name} as a WebSocket frame{followed}"), &frame);
        }
    }
}

fn kind(argument: &Argument) -> &'static str {
    match argument.kind {
        ArgumentKind::Required => "",
        ArgumentKind::Optional => " <span class=\"quiet\">optional</span>",
        ArgumentKind::Rest => " <span class=\"quiet\">any number</span>",
    }
}
