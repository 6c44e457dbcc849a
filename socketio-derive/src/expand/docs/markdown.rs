//! Pieces of Markdown, whatever the text in them contains.
//!
//! Must not know: events.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Attribute, Expr, ExprLit, GenericArgument, Generics, Lit, Meta, PathArguments, Type,
    spanned::Spanned as _,
};

use crate::model::text;

/// Paragraphs, with a blank line between them.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn paragraph(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        for line in text.lines() {
            // As `///` leaves it: rustdoc takes one column off all lines.
            if !line.is_empty() {
                self.0.push(' ');
            }
            self.0.push_str(line);
            self.0.push('\n');
        }
    }

    pub(super) fn fence(&mut self, language: &str, code: &str) {
        self.paragraph(&format!("```{language}\n{code}\n```"));
    }

    /// A line that goes on with the last paragraph.
    pub(super) fn line(&mut self, text: &str) {
        self.0.extend([" ", text, "\n"]);
    }

    pub(super) fn into_attribute(self) -> TokenStream {
        let text = self.0.trim_end();
        quote!(#[doc = #text])
    }

    /// The user's words, and the page behind them; one string, where the words are known.
    pub(super) fn after(self, words: &[Attribute]) -> TokenStream {
        let (texts, others): (Vec<_>, Vec<_>) =
            words.iter().partition(|attribute| matches!(attribute.meta, Meta::NameValue(_)));
        let literals: Option<Vec<String>> = texts.iter().map(|text| line_of(text)).collect();
        let is_known = others.iter().all(|attribute| attribute.path().is_ident("doc"));
        match (literals, words) {
            (_, []) => self.into_attribute(),
            (Some(lines), [first, ..]) if is_known && !lines.is_empty() => {
                let text = format!("{}\n\n{}", lines.join("\n"), self.0.trim_end());
                // At the user's place, for what rustdoc says of the words.
                let span = first.span().resolved_at(Span::call_site());
                let mut text = Literal::string(&text);
                text.set_span(span);
                quote_spanned!(span=> #(#others)* #[doc = #text])
            }
            (_, words) => {
                let page = self.into_attribute();
                quote!(#(#words)* #[doc = ""] #page)
            }
        }
    }
}

/// The text of a documentation of one line. One of several is a block comment, whose margin is
/// still to be taken off.
fn line_of(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else { return None };
    match &meta.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            Some(text.value()).filter(|text| !text.contains('\n'))
        }
        _ => None,
    }
}

/// Inline code.
pub(super) fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    if longest == 0 {
        return format!("`{text}`");
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence} {text} {fence}")
}

/// Text as a cell of a table.
pub(super) fn cell(text: &str) -> String {
    let mut cell = String::new();
    for c in text.chars() {
        if c == '|' && !cell.ends_with('\\') {
            cell.push('\\');
        }
        cell.push(if c == '\n' { ' ' } else { c });
    }
    cell
}

/// One row of a table.
pub(super) fn row<S: AsRef<str>>(cells: impl IntoIterator<Item = S>) -> String {
    let mut row = String::from("|");
    for cell in cells {
        row.extend([" ", &self::cell(cell.as_ref()), " |"]);
    }
    row
}

/// The row of titles of a table.
pub(super) fn head<const N: usize>(titles: [&str; N]) -> String {
    format!("{}\n{}", row(titles), row([":---"; N]))
}

/// A type as code, which links to what it is made of where that has a page of its own.
pub(super) fn ty(ty: &Type, generics: &Generics) -> String {
    linked(&text::of(ty), ty, generics)
}

/// The type that owns what `ty` borrows, likewise.
pub(super) fn owned(ty: &Type, generics: &Generics) -> String {
    linked(&text::owned(ty), ty, generics)
}

fn linked(text: &str, ty: &Type, generics: &Generics) -> String {
    let text = code(text);
    match target(ty).filter(|target| !is_parameter(target, generics)) {
        Some(target) => format!("[{text}](type@{target})"),
        None => text,
    }
}

/// The path of the one type that a type is about: `User` in `&User`, `Option<User>`, `Vec<User>`.
fn target(ty: &Type) -> Option<String> {
    let path = match ty {
        Type::Reference(reference) => return target(&reference.elem),
        Type::Slice(slice) => return target(&slice.elem),
        Type::Paren(inner) => return target(&inner.elem),
        Type::Group(inner) => return target(&inner.elem),
        Type::Path(path) if path.qself.is_none() && path.path.leading_colon.is_none() => &path.path,
        _ => return None,
    };
    let last = path.segments.last()?;
    match &last.arguments {
        PathArguments::None => {}
        PathArguments::AngleBracketed(arguments)
            if ["Option", "Vec"].iter().any(|name| last.ident == name) =>
        {
            let [GenericArgument::Type(ty)] = &*arguments.args.iter().collect::<Vec<_>>() else {
                return None;
            };
            return target(ty);
        }
        _ => return None,
    }
    let is_plain = path.segments.iter().rev().skip(1).all(|segment| segment.arguments.is_none());
    let words: Vec<String> = path.segments.iter().map(|it| it.ident.to_string()).collect();
    let is_builtin = words.len() == 1 && BUILTIN.contains(&&*words[0]);
    // `$crate` means something to the compiler only.
    let is_known = is_plain && !is_builtin && words[0] != "$crate" && words[0] != "Self";
    is_known.then(|| words.join("::"))
}

fn is_parameter(name: &str, generics: &Generics) -> bool {
    let name = name.split("::").next().unwrap_or_default();
    generics.type_params().any(|parameter| parameter.ident == name)
}

/// Everybody knows these.
const BUILTIN: &[&str] = &[
    "String", "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str",
    "u128", "u16", "u32", "u64", "u8", "usize",
];

#[cfg(test)]
mod tests {
    use super::{cell, code, ty};

    #[test]
    fn types_link_to_what_they_are_made_of() {
        let linked = [
            ("User", "[`User`](type@User)"),
            ("&User", "[`&User`](type@User)"),
            ("&[model::User]", "[`&[model::User]`](type@model::User)"),
            ("Option<Vec<User>>", "[`Option<Vec<User>>`](type@User)"),
            ("&str", "`&str`"),
            ("u64", "`u64`"),
            ("HashMap<String, User>", "`HashMap<String, User>`"),
            ("(User, u8)", "`(User, u8)`"),
            ("::model::User", "`::model::User`"),
            ("<User as Owned>::Type", "`<User as Owned>::Type`"),
            ("T", "`T`"),
            ("impl Serialize", "`impl Serialize`"),
        ];
        let generics = syn::parse_str("<T>").expect("generics");
        for (written, expected) in linked {
            let written = syn::parse_str(written).expect("a type");
            assert_eq!(ty(&written, &generics), expected);
        }
    }

    #[test]
    fn code_holds_backquotes_and_cells_hold_pipes() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b"), "``` a``b ```");
        assert_eq!(cell("a | b\nc"), "a \\| b c");
        assert_eq!(cell("a \\| b"), "a \\| b");
    }
}
