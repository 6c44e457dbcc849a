//! A type as text, spaced as rustfmt would.
//!
//! Must not know: what the type is.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::Type;

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
}
