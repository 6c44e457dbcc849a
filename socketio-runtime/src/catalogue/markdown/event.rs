//! An event on the page.
//!
//! Must not know: the page around it.

use super::{Page, docs, fenced, folded, table, text, text::code, type_line};
use crate::catalogue::{
    json_schema,
    model::{Ack, Argument, ArgumentKind, Event},
    outline::{Entry, Example, facts, line, pretty, rust, steps},
};

impl Page<'_> {
    pub(super) fn event(&mut self, entry: &Entry<'_>) {
        let event = entry.event;
        self.anchor(&entry.id);
        self.block(&format!("#### {}", code(&event.name)));
        if let Some(note) = &event.deprecated {
            let note = self.inline(note, entry.schema);
            self.block(format!("**Deprecated.** {note}").trim_end());
        }
        self.docs(&event.docs, entry.schema, 4);
        self.arguments(entry);
        self.answer(entry);
        self.delivery(entry);
        self.fence("rust", &rust(event));
        if let Some(typescript) = &entry.typescript {
            self.fence("typescript", typescript);
        }
        self.example("Example", Example::event(entry));
        self.example("Example of the answer", Example::answer(entry));
        if !event.arguments.is_empty() {
            let schema = fenced("json", &pretty(&json_schema::arguments(event).into()));
            self.block(&folded("JSON Schema of the arguments", &schema));
        }
        if let Some(ack) = &event.ack {
            let schema = fenced("json", &pretty(&json_schema::answer(ack).into()));
            self.block(&folded("JSON Schema of the acknowledgement", &schema));
        }
    }

    fn arguments(&mut self, entry: &Entry<'_>) {
        let event: &Event = entry.event;
        let sender = entry.sender.name();
        if event.arguments.is_empty() {
            self.block(&format!("Sent by the {sender}, without arguments."));
            return;
        }
        self.block(&format!("Sent by the {sender}, with:"));
        let rows = event.arguments.iter().map(|argument| {
            [
                name(argument),
                text::cell(&type_line(&line(&argument.ty.schema))),
                self.inline(&argument.docs, entry.schema),
            ]
        });
        self.block(&table(["Argument", "Type", "Description"], &rows.collect::<Vec<_>>()));
    }

    fn answer(&mut self, entry: &Entry<'_>) {
        let Some(ack) = &entry.event.ack else { return };
        let receiver = entry.sender.receiver().name();
        let values = match ack {
            Ack::Values(values) => match &values[..] {
                [] => format!("The {receiver} answers, without a value."),
                [value] => {
                    format!("The {receiver} answers: {}", type_line(&line(&value.schema)))
                }
                values => {
                    let values = values.iter().enumerate().map(|(at, value)| {
                        format!("\n{}. {}", at + 1, type_line(&line(&value.schema)))
                    });
                    format!("The {receiver} answers, with:\n{}", values.collect::<String>())
                }
            },
            Ack::ErrorFirst { value, error } => format!(
                "The {receiver} answers as Node.js callbacks are called, `(error, value)`:\n\n\
                 - value: {}\n- error: {}",
                type_line(&line(&value.schema)),
                type_line(&line(&error.schema)),
            ),
        };
        self.block(&values);
        let steps = steps(entry);
        let steps = steps.iter().enumerate().map(|(at, step)| format!("{}. {step}", at + 1));
        self.block(&folded("Step by step", &steps.collect::<Vec<_>>().join("\n")));
    }

    fn delivery(&mut self, entry: &Entry<'_>) {
        let facts = facts(entry);
        let facts = facts.iter().map(|fact| format!("- {}: {}", fact.name, fact.text));
        let facts: Vec<_> = facts.collect();
        if !facts.is_empty() {
            self.block(&facts.join("\n"));
        }
    }

    fn example(&mut self, title: &str, example: Option<Example>) {
        let Some(Example { json, frame, attachments }) = example else { return };
        let followed = match attachments {
            0 => String::new(),
            1 => ", followed by one binary frame".to_owned(),
            count => format!(", followed by {count} binary frames"),
        };
        self.block(&format!("{title}:"));
        self.fence("json", &json);
        let frame = fenced("text", &frame);
        self.block(&folded(&format!("As a WebSocket frame{followed}"), &frame));
    }

    /// A doc comment in a cell, or in a line.
    pub(super) fn inline(&self, markdown: &str, schema: &str) -> String {
        text::cell(&docs::block(self.docs, markdown, schema, 6))
    }
}

fn name(argument: &Argument) -> String {
    let name = text::cell(&code(&argument.name));
    match argument.kind {
        ArgumentKind::Required => name,
        ArgumentKind::Optional => format!("{name}, optional"),
        ArgumentKind::Rest => format!("{name}, any number"),
    }
}
