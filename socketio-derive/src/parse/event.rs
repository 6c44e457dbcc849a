//! `#[event(…)]`, on a function and on its arguments.
//!
//! Must not know: other events, the direction.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{
    Error, LitInt, LitStr, Meta, Result, Token, ext::IdentExt as _, parse::ParseStream, token,
};

use super::{
    Example,
    options::{self, Key, Once, Place},
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
    pub(crate) offline: Option<(Ident, OfflinePolicy)>,
    pub(crate) time_to_live: Option<(Ident, Duration)>,
    pub(crate) retries: Option<(Ident, u32)>,
    /// Where `idempotency_key` stands.
    pub(crate) idempotency_key: Option<Ident>,
    /// Where `ack = error_first` stands.
    pub(crate) error_first: Option<Ident>,
    /// Whether `ack` has another value, which has been refused.
    pub(crate) is_convention_unknown: bool,
    /// Whether byte lists are meant to be JSON arrays.
    pub(crate) json: bool,
    /// The option's word, and the arguments.
    pub(crate) example: Option<(Ident, Example)>,
    /// The option's word, and the values of the acknowledgement.
    pub(crate) ack_example: Option<(Ident, Example)>,
}

/// What becomes of an event while the socket is offline.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfflinePolicy {
    Buffer,
    Drop,
    Reject,
}

impl EventOptions {
    pub(super) fn parse(ctxt: &Ctxt, attributes: Vec<Meta>) -> Self {
        let (mut name, mut volatile, mut timeout) = (Once::new(), Once::new(), Once::new());
        let (mut error_first, mut json) = (Once::new(), Once::new());
        let mut is_convention_unknown = false;
        let (mut offline, mut time_to_live) = (Once::new(), Once::new());
        let (mut retries, mut idempotency_key) = (Once::new(), Once::new());
        let (mut example, mut ack_example) = (Once::new(), Once::new());
        each_entry(ctxt, attributes, |key, input| {
            let word = match key {
                Key::Literal(literal) => return name.set(literal, symbol::NAME, literal.clone()),
                Key::Word(word) => word,
            };
            match &*word.unraw().to_string() {
                symbol::NAME => {
                    let expected = "expected the event's name on the wire, as a string such as \"user:joined\"";
                    let literal = options::string(word, input, r#""user:joined""#, expected)?;
                    name.set(word, symbol::NAME, literal)
                }
                symbol::VOLATILE => {
                    options::flag(word, input)?;
                    volatile.set(word, symbol::VOLATILE, word.span())
                }
                symbol::TIMEOUT => {
                    let timeout_value = duration(word, input, "5s", "a timeout")?;
                    timeout.set(word, symbol::TIMEOUT, (word.clone(), timeout_value))
                }
                symbol::OFFLINE => {
                    let policy = options::value(word, input, symbol::DROP, offline_policy)?;
                    offline.set(word, symbol::OFFLINE, (word.clone(), policy))
                }
                symbol::TIME_TO_LIVE => {
                    let time = duration(word, input, "30s", "a time to live")?;
                    time_to_live.set(word, symbol::TIME_TO_LIVE, (word.clone(), time))
                }
                symbol::RETRIES => {
                    let count = options::value(word, input, "3", count)?;
                    retries.set(word, symbol::RETRIES, (word.clone(), count))
                }
                symbol::IDEMPOTENCY_KEY => {
                    options::flag(word, input)?;
                    idempotency_key.set(word, symbol::IDEMPOTENCY_KEY, word.clone())
                }
                symbol::ACK => {
                    let convention = options::value(word, input, symbol::ERROR_FIRST, convention);
                    is_convention_unknown |= convention.is_err();
                    convention?;
                    error_first.set(word, symbol::ACK, word.clone())
                }
                symbol::JSON => json.set(word, symbol::JSON, options::flag(word, input)?),
                symbol::EXAMPLE => {
                    let list = options::value(word, input, "[…]", Example::parse)?;
                    example.set(word, symbol::EXAMPLE, (word.clone(), list))
                }
                symbol::ACK_EXAMPLE => {
                    let list = options::value(word, input, "[…]", Example::parse)?;
                    ack_example.set(word, symbol::ACK_EXAMPLE, (word.clone(), list))
                }
                _ => Err(unknown(word, input)),
            }
        });
        Self {
            name: name.get(),
            volatile: volatile.get(),
            timeout: timeout.get(),
            offline: offline.get(),
            time_to_live: time_to_live.get(),
            retries: retries.get(),
            idempotency_key: idempotency_key.get(),
            error_first: error_first.get(),
            is_convention_unknown,
            json: json.get().unwrap_or_default(),
            example: example.get(),
            ack_example: ack_example.get(),
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
        Key::Word(word) => Err(options::unknown(word, Place::Argument)),
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
                let value = meta.value.to_token_stream();
                let message = format!("options stand in parentheses: `#[event({value})]`");
                ctxt.error(meta, message);
            }
            Meta::Path(_) => {}
        }
    }
}

/// The answer to a word that is not an option: it may be a name without quotation marks.
fn unknown(word: &Ident, input: ParseStream<'_>) -> Error {
    let text = word.unraw().to_string();
    let is_option = input.peek(Token![=]) || input.peek(token::Paren);
    if is_option || !options::is_far(word, Place::Event) {
        return options::unknown(word, Place::Event);
    }
    let rest = input.fork().step(|cursor| {
        let is_comma =
            |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
        let (mut tokens, mut cursor) = (Vec::new(), *cursor);
        while let Some((token, next)) = cursor.token_tree().filter(|(token, _)| !is_comma(token)) {
            tokens.push(token);
            cursor = next;
        }
        Ok((tokens, cursor))
    });
    let rest = rest.unwrap_or_default();
    if rest.is_empty() {
        let known = options::alternatives(Place::Event.options());
        let message = match &*text {
            "binary" => BINARY.to_owned(),
            _ => format!(
                "unknown option `{text}`; expected {known}; a name on the wire is a string: \
                 `#[event({text:?})]`"
            ),
        };
        return Error::new_spanned(word, message);
    }
    let name: String = rest.iter().map(ToString::to_string).collect();
    let name = format!("{text}{name}");
    let message = format!("a name on the wire is a string: `#[event({name:?})]`");
    Error::new_spanned(quote!(#word #(#rest)*), message)
}

fn convention(input: ParseStream<'_>) -> Result<()> {
    let expected = || {
        let known = options::alternatives(symbol::ACK_CONVENTIONS);
        format!("unknown acknowledgement convention; expected {known}, without quotation marks")
    };
    let next = input.fork().parse::<TokenTree>()?;
    match input.call(Ident::parse_any) {
        Ok(word) if word == symbol::ERROR_FIRST => Ok(()),
        _ => Err(Error::new_spanned(next, expected())),
    }
}

fn offline_policy(input: ParseStream<'_>) -> Result<OfflinePolicy> {
    let next = input.fork().parse::<TokenTree>()?;
    let Ok(word) = input.call(Ident::parse_any) else {
        let known = options::alternatives(symbol::OFFLINE_POLICIES);
        return Err(Error::new_spanned(next, format!("expected {known}, without quotation marks")));
    };
    match &*word.to_string() {
        symbol::BUFFER => Ok(OfflinePolicy::Buffer),
        symbol::DROP => Ok(OfflinePolicy::Drop),
        symbol::REJECT => Ok(OfflinePolicy::Reject),
        _ => Err(options::unknown_as("offline policy", &word, symbol::OFFLINE_POLICIES)),
    }
}

fn count(input: ParseStream<'_>) -> Result<u32> {
    let next = input.fork().parse::<TokenTree>()?;
    let count = input.parse::<LitInt>().and_then(|literal| literal.base10_parse());
    count.map_err(|_| Error::new_spanned(next, "expected a number of retries such as 3"))
}

/// The time behind `word =`; `what` it is, for messages.
fn duration(word: &Ident, input: ParseStream<'_>, example: &str, what: &str) -> Result<Duration> {
    let ahead = input.fork();
    let number = ahead.parse::<Token![=]>().and_then(|_| ahead.parse::<LitInt>());
    if let Ok(number) = number {
        let text = number.base10_digits();
        let message = format!("a duration has a unit: \"{text}s\", or \"{text}ms\"");
        return Err(Error::new_spanned(number, message));
    }
    let example = format!("{example:?}");
    let literal = options::string(word, input, &example, EXPECTED_DURATION)?;
    parse_duration(&literal, what)
}

/// `"250ms"`, `"5s"` or `"2m"`.
fn parse_duration(literal: &LitStr, what: &str) -> Result<Duration> {
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
        Some(0) => Err(Error::new_spanned(literal, format!("{what} must be longer than nothing"))),
        Some(millis) => Ok(Duration::from_millis(millis)),
        None => Err(Error::new_spanned(literal, EXPECTED_DURATION)),
    }
}

const BINARY: &str = "there is no option `binary`: a `Bytes` is sent as a binary attachment, \
    wherever in the arguments it stands";

const EXPECTED_DURATION: &str = r#"expected a duration such as "5s" or "250ms""#;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proc_macro2::Span;
    use syn::LitStr;

    fn duration(text: &str) -> Option<Duration> {
        super::parse_duration(&LitStr::new(text, Span::call_site()), "it").ok()
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
