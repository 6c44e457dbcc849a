//! The list inside an attribute's parentheses: `"literal", word, word = value`.
//!
//! Must not know: which options there are.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{
    Error, Lifetime, LitChar, LitStr, Path, Result, Token, Type,
    ext::IdentExt as _,
    parse::{ParseStream, Parser as _},
    punctuated::Punctuated,
    token,
};

use super::symbol;
use crate::ctxt::Ctxt;

/// Where options stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Schema,
    Event,
    Argument,
    Namespace,
}

/// How an entry of the list begins.
pub(super) enum Key {
    Literal(LitStr),
    Word(Ident),
}

/// The value of an option that may be given once.
pub(super) struct Once<T>(Option<T>);

/// Parses `tokens` entry by entry; after a mistake it goes on behind the next comma. Whether
/// there was none.
pub(super) fn parse(
    ctxt: &Ctxt,
    tokens: TokenStream,
    mut entry: impl FnMut(&Key, ParseStream<'_>) -> Result<()>,
) -> bool {
    let mut is_sound = true;
    let list = |input: ParseStream<'_>| {
        while !input.is_empty() {
            let parsed = key(input).and_then(|key| {
                entry(&key, input)?;
                if input.is_empty() { Ok(()) } else { input.parse::<Token![,]>().map(drop) }
            });
            if ctxt.ok(parsed).is_none() {
                is_sound = false;
                skip_behind_comma(input)?;
            }
        }
        Ok(())
    };
    ctxt.ok(list.parse2(tokens)).is_some() && is_sound
}

/// The value behind `word =`.
pub(super) fn value<T>(
    word: &Ident,
    input: ParseStream<'_>,
    example: &str,
    parse: impl FnOnce(ParseStream<'_>) -> Result<T>,
) -> Result<T> {
    if !input.peek(Token![=]) {
        return Err(Error::new_spanned(
            word,
            format!("`{word}` needs a value: `{word} = {example}`"),
        ));
    }
    input.parse::<Token![=]>()?;
    let ahead = input.fork();
    parse(input).map_err(|error| {
        // At the end of the list there is no token to point at.
        if ahead.is_empty() {
            Error::new_spanned(word, format!("`{word}` needs a value: `{word} = {example}`"))
        } else {
            error
        }
    })
}

/// The type behind `word =`.
pub(super) fn ty(word: &Ident, input: ParseStream<'_>) -> Result<Type> {
    let expected = format!("expected a type: `{word} = Type`");
    value(word, input, "Type", |input| {
        input.parse().map_err(|error: Error| Error::new(error.span(), expected))
    })
}

/// The path behind `word =`.
pub(super) fn path(word: &Ident, input: ParseStream<'_>) -> Result<Path> {
    let expected = format!("expected a path, without quotation marks: `{word} = path`");
    value(word, input, "path", |input| {
        input.call(Path::parse_mod_style).map_err(|error| Error::new(error.span(), expected))
    })
}

/// The string literal behind `word =`; anything else is answered with `expected`.
pub(super) fn string(
    word: &Ident,
    input: ParseStream<'_>,
    example: &str,
    expected: &str,
) -> Result<LitStr> {
    value(word, input, example, |input| {
        let next = input.fork().parse::<TokenTree>()?;
        input.parse::<LitStr>().map_err(|_| Error::new_spanned(next, expected))
    })
}

/// The string literals in the parentheses behind `word`; at least one.
pub(super) fn strings(word: &Ident, input: ParseStream<'_>, example: &str) -> Result<Vec<LitStr>> {
    let needed = || Error::new_spanned(word, format!("`{word}` needs a list: `{word}({example})`"));
    if !input.peek(token::Paren) {
        return Err(needed());
    }
    let list;
    syn::parenthesized!(list in input);
    if list.is_empty() {
        return Err(needed());
    }
    let strings = Punctuated::<LitStr, Token![,]>::parse_terminated(&list).map_err(|error| {
        // What is left unread would be an error too.
        let _ = list.parse::<TokenStream>();
        Error::new(error.span(), format!("expected strings: `{word}({example})`"))
    })?;
    Ok(strings.into_iter().collect())
}

/// An option that takes no value.
pub(super) fn flag(word: &Ident, input: ParseStream<'_>) -> Result<bool> {
    if input.peek(Token![=]) {
        return Err(Error::new_spanned(word, format!("`{word}` takes no value")));
    }
    Ok(true)
}

/// The answer to a word that is not an option where it stands: it may be one elsewhere.
pub(super) fn unknown(word: &Ident, place: Place) -> Error {
    misplaced(word).unwrap_or_else(|| unknown_as("option", word, place.options()))
}

/// Whether a word is like no option at all.
pub(super) fn is_far(word: &Ident, place: Place) -> bool {
    let text = word.unraw().to_string();
    misplaced(word).is_none() && !place.options().iter().any(|known| is_near(known, &text))
}

/// The answer to an option that stands in a wrong place.
pub(super) fn misplaced(word: &Ident) -> Option<Error> {
    let text = word.unraw().to_string();
    let place = Place::ALL.into_iter().find(|place| place.options().contains(&&*text))?;
    let message = format!("`{text}` is an option of {}", place.description());
    Some(Error::new_spanned(word, message))
}

/// The answer to a word that is not one of its kind.
pub(super) fn unknown_as(kind: &str, word: &Ident, known: &[&str]) -> Error {
    let text = word.unraw().to_string();
    let hint = match known.iter().find(|known| is_near(known, &text)) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("expected {}", alternatives(known)),
    };
    Error::new_spanned(word, format!("unknown {kind} `{text}`; {hint}"))
}

/// `` `a` ``, `` `a` or `b` ``, `` one of `a`, `b`, `c` ``.
pub(super) fn alternatives(words: &[&str]) -> String {
    match words {
        [word] => format!("`{word}`"),
        [one, other] => format!("`{one}` or `{other}`"),
        _ => format!("one of `{}`", words.join("`, `")),
    }
}

/// Whether one can be a typo of the other: at most a third of the letters differ, or one ends
/// too early.
pub(super) fn is_near(one: &str, other: &str) -> bool {
    let is_cut = |long: &str, short: &str| short.len() > 2 && long.starts_with(short);
    let distance = edit_distance(one, other);
    distance * 3 <= one.len().max(other.len()) || is_cut(one, other) || is_cut(other, one)
}

impl Place {
    const ALL: [Self; 4] = [Self::Schema, Self::Event, Self::Argument, Self::Namespace];

    pub(super) fn options(self) -> &'static [&'static str] {
        match self {
            Self::Schema => symbol::SCHEMA_OPTIONS,
            Self::Event => symbol::EVENT_OPTIONS,
            Self::Argument => symbol::ARGUMENT_OPTIONS,
            Self::Namespace => symbol::NAMESPACE_OPTIONS,
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Schema => {
                "a schema: it stands in `#[server_to_client(…)]` or `#[client_to_server(…)]`"
            }
            Self::Event => "an event: it stands in `#[event(…)]` on the function",
            Self::Argument => "an event's last argument: `#[event(rest)] name: Vec<T>`",
            Self::Namespace => "a namespace: it stands in `#[namespace(…)]`",
        }
    }
}

impl<T> Once<T> {
    pub(super) fn new() -> Self {
        Self(None)
    }

    pub(super) fn set(&mut self, at: impl quote::ToTokens, name: &str, value: T) -> Result<()> {
        if self.0.is_some() {
            return Err(Error::new_spanned(at, format!("`{name}` is given twice")));
        }
        self.0 = Some(value);
        Ok(())
    }

    pub(super) fn get(self) -> Option<T> {
        self.0
    }
}

fn key(input: ParseStream<'_>) -> Result<Key> {
    if input.peek(LitStr) {
        input.parse().map(Key::Literal)
    } else if input.peek(Ident::peek_any) {
        Ident::parse_any(input).map(Key::Word)
    } else {
        let is_quoted = input.peek(LitChar) || input.peek(Lifetime);
        Err(input.error(if is_quoted {
            "text stands in double quotation marks"
        } else {
            "expected a string or an option"
        }))
    }
}

fn skip_behind_comma(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() {
        if input.parse::<Option<Token![,]>>()?.is_some() {
            break;
        }
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// Levenshtein's distance, with one row of the table.
fn edit_distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.bytes().enumerate() {
            let substituted = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::{edit_distance, is_near};

    #[test]
    fn typos_are_near() {
        assert_eq!(edit_distance("volatile", "volatil"), 1);
        assert!(is_near("volatile", "voaltile"));
        assert!(is_near("rename_all", "rename"));
        assert!(!is_near("name", "ack"));
        assert!(!is_near("ack", "json"));
    }
}
