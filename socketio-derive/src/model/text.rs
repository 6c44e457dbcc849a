//! A type as text, spaced as rustfmt would.
//!
//! Must not know: what the type is.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Type, ext::IdentExt as _};

/// The text of a type as written.
pub(crate) fn of(ty: &Type) -> String {
    let mut text = String::new();
    write(ty.to_token_stream(), &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => match (punct.as_char(), punct.spacing()) {
                (c @ (',' | ';'), _) => text.extend([c, ' ']),
                ('+', _) => text.push_str(" + "),
                ('=', _) => text.push_str(" = "),
                ('-', Spacing::Joint) => text.push_str(" -"),
                ('>', _) if text.ends_with(" -") => text.push_str("> "),
                (c, _) => text.push(c),
            },
            word => {
                if text.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                    text.push(' ');
                }
                let word = word.to_string();
                text.push_str(&word);
                if matches!(&*word, "const" | "dyn" | "impl" | "mut") {
                    text.push(' ');
                }
            }
        }
    }
    // A trailing comma, as in `(A,)`, has no space behind it.
    text.truncate(text.trim_end().len());
}

/// The type that owns what `ty` borrows, as it is written by hand.
pub(crate) fn owned(ty: &Type) -> String {
    match ty {
        Type::Reference(reference) => match &*reference.elem {
            Type::Slice(slice) => format!("Vec<{}>", owned(&slice.elem)),
            Type::Path(path) => {
                let name = of(&reference.elem);
                let last = path.path.segments.last().map(|last| last.ident.unraw().to_string());
                let known = UNSIZED.iter().find(|(borrowed, _)| Some(*borrowed) == last.as_deref());
                known.map_or(name, |(_, owned)| (*owned).to_owned())
            }
            referent => owned(referent),
        },
        Type::Tuple(tuple) if !tuple.elems.is_empty() => {
            let elements: Vec<String> = tuple.elems.iter().map(owned).collect();
            let comma = if elements.len() == 1 { "," } else { "" };
            format!("({}{comma})", elements.join(", "))
        }
        ty => {
            let text = of(ty);
            let inner = text.strip_prefix("Option<").and_then(|text| text.strip_suffix('>'));
            match inner.and_then(|inner| syn::parse_str(inner).ok()) {
                Some(inner) => format!("Option<{}>", owned(&inner)),
                None => text,
            }
        }
    }
}

/// Whether a value of the type can be borrowed from a variable of it.
pub(crate) fn is_sized(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| !UNSIZED.iter().any(|(name, _)| last.ident == name))
}

/// The types without a size that serde knows, and what owns them.
const UNSIZED: &[(&str, &str)] = &[
    ("CStr", "CString"),
    ("OsStr", "OsString"),
    ("Path", "PathBuf"),
    ("RawValue", "Box<RawValue>"),
    ("str", "String"),
];

#[cfg(test)]
mod tests {
    #[test]
    fn types_are_spaced_as_written() {
        let types = [
            "User",
            "&str",
            "&'a str",
            "&mut [u8]",
            "Vec<Option<&User>>",
            "(A, B)",
            "(A,)",
            "()",
            "[u8; 4]",
            "HashMap<String, Vec<u32>>",
            "impl Serialize + Send",
            "<A as B>::C",
            "fn(A) -> B",
            "std::string::String",
        ];
        for ty in types {
            assert_eq!(super::of(&syn::parse_str(ty).expect("a type")), ty);
        }
    }
    #[test]
    fn owned_types_are_written_as_by_hand() {
        let types = [
            ("&str", "String"),
            ("&User", "User"),
            ("&[&str]", "Vec<String>"),
            ("Option<&std::path::Path>", "Option<PathBuf>"),
            ("(&str, u8)", "(String, u8)"),
            ("(&str,)", "(String,)"),
            ("()", "()"),
            ("HashMap<String, u8>", "HashMap<String, u8>"),
        ];
        for (ty, expected) in types {
            assert_eq!(super::owned(&syn::parse_str(ty).expect("a type")), expected);
        }
    }
}
