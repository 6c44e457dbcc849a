//! The named types on the page.
//!
//! Must not know: events.

use super::{Page, TYPES, fenced, folded, link, table, text, text::code, type_line};
use crate::catalogue::outline::{
    BINARY, Form, NamedType, Outline, User, description, pretty, type_id,
};

impl Page<'_> {
    pub(super) fn types(&mut self, outline: &Outline<'_>) {
        if outline.types.is_empty() {
            return;
        }
        self.anchor(TYPES);
        self.block("## Types");
        for ty in &outline.types {
            self.anchor(&ty.id);
            self.block(&format!("### {}", code(ty.name)));
            let form = Form::of(ty.schema);
            if form.is_binary {
                self.block(BINARY);
            } else {
                self.docs(description(ty.schema), "", 3);
                self.form(&form);
            }
            if let Some((sentence, twin)) = ty.twin {
                self.block(&format!("{sentence} {}.", link(&code(twin), &type_id(twin))));
            }
            self.users(ty);
            if let Some(declaration) = &ty.typescript {
                self.block(&folded("TypeScript", &fenced("typescript", declaration)));
            }
            let schema = fenced("json", &pretty(ty.schema));
            self.block(&folded("JSON Schema", &schema));
        }
    }

    pub(super) fn form(&mut self, form: &Form<'_>) {
        if let Some(line) = &form.line {
            self.block(&capitalised(&type_line(line)));
        }
        if !form.fields.is_empty() {
            let table = self.fields(form);
            self.block(&table);
        }
        for also in &form.also {
            self.block(&format!("All fields of {} as well.", type_line(also)));
        }
        if let Some(further) = &form.further {
            self.block(&format!("Further fields: {}.", type_line(further)));
        }
        if form.is_closed {
            self.block("No other fields.");
        }
        if !form.variants.is_empty() {
            self.variants(form);
        }
    }

    fn variants(&mut self, form: &Form<'_>) {
        let is_list = form.variants.iter().all(|variant| variant.form.is_nothing());
        self.block("One of:");
        if is_list {
            let values = form.variants.iter().map(|variant| {
                let docs = self.inline(variant.docs, "");
                let title = type_line(&variant.title);
                if docs.is_empty() { format!("- {title}") } else { format!("- {title}: {docs}") }
            });
            let values = values.collect::<Vec<_>>().join("\n");
            return self.block(&values);
        }
        for (at, variant) in form.variants.iter().enumerate() {
            self.block(&format!("**{}.** {}", at + 1, type_line(&variant.title)));
            self.docs(variant.docs, "", 3);
            self.form(&variant.form);
        }
    }

    fn fields(&self, form: &Form<'_>) -> String {
        let rows = form.fields.iter().map(|field| {
            let required = match field.default {
                _ if field.is_required => "yes".to_owned(),
                Some(default) if !default.is_null() => {
                    format!("no, {}", code(&default.to_string()))
                }
                _ => "no".to_owned(),
            };
            [
                text::cell(&code(field.name)),
                text::cell(&type_line(&field.ty)),
                text::cell(&required),
                self.inline(field.docs, ""),
            ]
        });
        table(["Field", "Type", "Required", "Description"], &rows.collect::<Vec<_>>())
    }

    fn users(&mut self, ty: &NamedType<'_>) {
        let users = ty.users.iter().map(|user| match user {
            User::Connection { id, path } => format!("connecting to {}", link(&code(path), id)),
            User::Event { id, name } | User::Type { id, name } => link(&code(name), id),
        });
        let users: Vec<_> = users.collect();
        if !users.is_empty() {
            self.block(&format!("Used by: {}.", users.join(", ")));
        }
    }
}

/// A line that begins with a word.
fn capitalised(line: &str) -> String {
    let mut characters = line.chars();
    match characters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), characters.as_str()),
        None => String::new(),
    }
}
