//! The named types on the page.
//!
//! Must not know: events.

use super::{
    Page, TYPES, docs,
    text::{Text, append},
    type_line,
};
use crate::catalogue::outline::{
    BINARY, Form, NamedType, Outline, Part, User, Variant, description, pretty,
};

impl Page<'_> {
    pub(super) fn types(&mut self, outline: &Outline<'_>) {
        if outline.types.is_empty() {
            return;
        }
        append!(self.html, "<section class=\"types\" id=\"{TYPES}\">\n<h2>Types</h2>\n");
        for ty in &outline.types {
            let id = Text(&ty.id);
            append!(
                self.html,
                "<article class=\"type\" id=\"{id}\">\n<header>\n\
                 <h3><a href=\"#{id}\"><code>{}</code></a></h3>\n</header>\n",
                Text(ty.name)
            );
            let form = Form::of(ty.schema);
            if form.is_binary {
                self.docs(BINARY, "", 3);
            } else {
                self.docs(description(ty.schema), "", 3);
                self.form(&form);
            }
            if let Some((sentence, twin)) = ty.twin {
                let twin = type_line(&[Part::Named(twin.to_owned())]);
                append!(self.html, "<p class=\"users\">{sentence} {twin}.</p>\n");
            }
            self.users(ty);
            if let Some(declaration) = &ty.typescript {
                self.folded("TypeScript", declaration);
            }
            self.folded("JSON Schema", &pretty(ty.schema));
            self.html.push_str("</article>\n");
        }
        self.html.push_str("</section>\n");
    }

    pub(super) fn form(&mut self, form: &Form<'_>) {
        if let Some(line) = &form.line {
            append!(self.html, "<p class=\"line\">{}</p>\n", type_line(line));
        }
        if !form.fields.is_empty() {
            self.fields(form);
        }
        for also in &form.also {
            append!(self.html, "<p>All fields of {} as well.</p>\n", type_line(also));
        }
        if let Some(further) = &form.further {
            append!(self.html, "<p>Further fields: {}.</p>\n", type_line(further));
        }
        if form.is_closed {
            self.html.push_str("<p class=\"quiet\">No other fields.</p>\n");
        }
        if !form.variants.is_empty() {
            self.html.push_str("<p>One of:</p>\n<ul class=\"variants\">\n");
            for variant in &form.variants {
                self.variant(variant);
            }
            self.html.push_str("</ul>\n");
        }
    }

    fn variant(&mut self, variant: &Variant<'_>) {
        append!(self.html, "<li><p class=\"variant\">{}</p>\n", type_line(&variant.title));
        self.docs(variant.docs, "", 3);
        self.form(&variant.form);
        self.html.push_str("</li>\n");
    }

    fn fields(&mut self, form: &Form<'_>) {
        self.html.push_str(
            "<table class=\"fields\">\n<thead><tr><th scope=\"col\">Field</th>\
             <th scope=\"col\">Type</th>",
        );
        let has_docs = form.fields.iter().any(|field| !field.docs.is_empty());
        self.html.push_str(if has_docs { "<th scope=\"col\">Description</th>" } else { "" });
        self.html.push_str("</tr></thead>\n<tbody>\n");
        for field in &form.fields {
            append!(self.html, "<tr><th scope=\"row\"><code>{}</code>", Text(field.name));
            match field.default {
                _ if field.is_required => {}
                Some(default) if !default.is_null() => append!(
                    self.html,
                    " <span class=\"quiet\">optional, else <code>{}</code></span>",
                    Text(&default.to_string())
                ),
                _ => self.html.push_str(" <span class=\"quiet\">optional</span>"),
            }
            append!(self.html, "</th><td>{}</td>", type_line(&field.ty));
            if has_docs {
                append!(self.html, "<td>{}</td>", docs::inline(self.docs, field.docs, ""));
            }
            self.html.push_str("</tr>\n");
        }
        self.html.push_str("</tbody>\n</table>\n");
    }

    fn users(&mut self, ty: &NamedType<'_>) {
        if ty.users.is_empty() {
            return;
        }
        self.html.push_str("<p class=\"users\">Used by ");
        for (at, user) in ty.users.iter().enumerate() {
            let (before, id, name) = match user {
                User::Event { id, name } | User::Type { id, name } => ("", id, name),
                User::Connection { id, path } => ("connecting to ", id, path),
            };
            let comma = if at == 0 { "" } else { ", " };
            append!(
                self.html,
                "{comma}{before}<a href=\"#{}\"><code>{}</code></a>",
                Text(id),
                Text(name)
            );
        }
        self.html.push_str(".</p>\n");
    }
}
