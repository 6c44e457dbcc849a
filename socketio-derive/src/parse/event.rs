//! `#[event(…)]`, on a function and on its arguments.
//!
//! Must not know: other events, the direction.

use std::time::Duration;

use proc_macro2::{Ident, Span};
use syn::{Error, LitStr, Meta, Result, ext::IdentExt as _, parse::ParseStream};

use super::{
    options::{self, Key, Once},
    symbol,
};
use crate::ctxt::Ctxt;

/// What stood in the `#[event]`s of a function.
pub(crate) struct EventOptions {
    pub(crate) name: Option<LitStr>,
    /// Where `volatile` stands.
    pub(crate) volatile: Option<Span>,
    /// The option's word, and its value.
    pub(crate) timeout: Option<(Ident, Duration)>,
    /// Where `ack = error_first` stands.
    pub(crate) error_first: Option<Ident>,
    /// Whether byte lists are meant to be JSON arrays.
    pub(crate) json: bool,
}

impl EventOptions {
    pub(super) fn parse(ctxt: &Ctxt, attributes: Vec<Meta>) -> Self {
        let (mut name, mut volatile, mut timeout) = (Once::new(), Once::new(), Once::new());
        let (mut error_first, mut json) = (Once::new(), Once::new());
        each_entry(ctxt, attributes, |key, input| {
            let word = match key {
                Key::Literal(literal) => return name.set(literal, symbol::NAME, literal.clone()),
                Key::Word(word) => word,
            };
            match &*word.unraw().to_string() {
                symbol::NAME => {
                    let expected = "expected the event's name on the wire, as a string";
                    let literal = options::string(word, input, r#""user:joined""#, expected)?;
                    name.set(word, symbol::NAME, literal)
                }
                symbol::VOLATILE => {
                    options::flag(word, input)?;
                    volatile.set(word, symbol::VOLATILE, word.span())
                }
                symbol::TIMEOUT => {
                    let literal = options::string(word, input, r#""5s""#, EXPECTED_DURATION)?;
                    timeout.set(word, symbol::TIMEOUT, (word.clone(), duration(&literal)?))
                }
                symbol::ACK => {
                    options::value(word, input, symbol::ERROR_FIRST, convention)?;
                    error_first.set(word, symbol::ACK, word.clone())
                }
                symbol::JSON => json.set(word, symbol::JSON, options::flag(word, input)?),
                _ => Err(options::unknown(word, symbol::EVENT_OPTIONS)),
            }
        });
        Self {
            name: name.get(),
            volatile: volatile.get(),
            timeout: timeout.get(),
            error_first: error_first.get(),
            json: json.get().unwrap_or_default(),
        }
    }
}

/// Where `#[event(rest)]` stands on an argument.
pub(super) fn rest(ctxt: &Ctxt, attributes: Vec<Meta>) -> Option<Span> {
    let mut rest = Once::new();
    each_entry(ctxt, attributes, |key, input| match key {
        Key::Word(word) if word == symbol::REST => {
            options::flag(word, input)?;
            rest.set(word, symbol::REST, word.span())
        }
        Key::Word(word) => Err(options::unknown(word, symbol::ARGUMENT_OPTIONS)),
        Key::Literal(literal) => {
            Err(Error::new_spanned(literal, "an argument has no name on the wire, only a position"))
        }
    });
    rest.get()
}

fn each_entry(
    ctxt: &Ctxt,
    attributes: Vec<Meta>,
    mut entry: impl FnMut(&Key, ParseStream<'_>) -> Result<()>,
) {
    for attribute in attributes {
        match attribute {
            Meta::List(list) => {
                options::parse(ctxt, list.tokens, &mut entry);
            }
            Meta::NameValue(meta) => {
                ctxt.error(meta, r#"options stand in parentheses: `#[event("name")]`"#);
            }
            Meta::Path(_) => {}
        }
    }
}

fn convention(input: ParseStream<'_>) -> Result<()> {
    let expected = || {
        let known = options::alternatives(symbol::ACK_CONVENTIONS);
        format!("unknown acknowledgement convention; expected {known}")
    };
    let next = input.fork().parse::<proc_macro2::TokenTree>()?;
    match input.call(Ident::parse_any) {
        Ok(word) if word == symbol::ERROR_FIRST => Ok(()),
        _ => Err(Error::new_spanned(next, expected())),
    }
}

/// `"250ms"`, `"5s"` or `"2m"`.
fn duration(literal: &LitStr) -> Result<Duration> {
    let text = literal.value();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let millis_per_unit = match unit {
        "ms" => Some(1),
        "s" => Some(1000),
        "m" => Some(60_000),
        _ => None,
    };
    let number = number.parse::<u64>().ok();
    let millis = number.zip(millis_per_unit).and_then(|(number, unit)| number.checked_mul(unit));
    match millis {
        Some(0) => Err(Error::new_spanned(literal, "a timeout must be longer than nothing")),
        Some(millis) => Ok(Duration::from_millis(millis)),
        None => Err(Error::new_spanned(literal, EXPECTED_DURATION)),
    }
}

const EXPECTED_DURATION: &str = r#"expected a duration such as "5s" or "250ms""#;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proc_macro2::Span;
    use syn::LitStr;

    fn duration(text: &str) -> Option<Duration> {
        super::duration(&LitStr::new(text, Span::call_site())).ok()
    }

    #[test]
    fn durations() {
        assert_eq!(duration("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(duration("5s"), Some(Duration::from_secs(5)));
        assert_eq!(duration("2m"), Some(Duration::from_secs(120)));
        for wrong in ["", "5", "s", "0s", "-1s", "1.5s", "5 s", "5sec", "99999999999999999999s"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }
}
