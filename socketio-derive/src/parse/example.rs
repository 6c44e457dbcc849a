//! `example = […]`: a list of JSON values, written as tokens.
//!
//! Must not know: what the values are an example of.

use std::fmt::{self, Write as _};

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};
use syn::{Error, Lit, Result, parse::ParseStream};

/// A list of values as it stands on the wire.
pub(crate) struct Example {
    /// The brackets and what is in them, for the place.
    pub(crate) list: Group,
    pub(crate) values: Vec<Json>,
}

/// A JSON value. Displayed it is compact JSON.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// As it was written: the text of a number says more than any number type holds.
    Number(String),
    String(String),
    Array(Vec<Json>),
    /// In the order in which the entries were written.
    Object(Vec<(String, Json)>),
}

impl Example {
    /// The value of `example` and `ack_example`.
    pub(crate) fn parse(input: ParseStream<'_>) -> Result<Self> {
        let first = input.parse::<TokenTree>()?;
        let TokenTree::Group(list) = first else { return Err(Error::new_spanned(first, NO_LIST)) };
        match list.delimiter() {
            Delimiter::Bracket => Ok(Self { values: array(&list)?, list }),
            // A list that was handed to a `macro_rules!` as an expression.
            Delimiter::None => syn::parse::Parser::parse2(Self::parse, list.stream()),
            _ => Err(Error::new_spanned(list, NO_LIST)),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(text) => f.write_str(text),
            Self::String(text) => f.write_str(&quoted(text)),
            Self::Array(values) => {
                f.write_char('[')?;
                for (index, value) in values.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    write!(f, "{comma}{value}")?;
                }
                f.write_char(']')
            }
            Self::Object(entries) => {
                f.write_char('{')?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    write!(f, "{comma}{}:{value}", quoted(key))?;
                }
                f.write_char('}')
            }
        }
    }
}

/// A string as JSON writes it.
pub(crate) fn quoted(text: &str) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            c if c < ' ' => {
                // Writing into a string does not fail.
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

fn array(list: &Group) -> Result<Vec<Json>> {
    entries(list).iter().map(|entry| value(entry, list)).collect()
}

fn object(braces: &Group) -> Result<Json> {
    let mut object: Vec<(String, Json)> = Vec::new();
    for entry in entries(braces) {
        let (key, rest) = key(&entry, braces)?;
        if object.iter().any(|(earlier, _)| *earlier == key) {
            return Err(Error::new_spanned(&entry[0], format!("key `{key}` is given twice")));
        }
        let [TokenTree::Punct(colon), rest @ ..] = rest else {
            return Err(Error::new_spanned(
                &entry[0],
                format!("key `{key}` needs a value: `{}: …`", quoted(&key)),
            ));
        };
        if rest.is_empty() {
            return Err(Error::new_spanned(colon, format!("key `{key}` needs a value")));
        }
        object.push((key, value(rest, braces)?));
    }
    Ok(Json::Object(object))
}

/// The key at the beginning of an entry, and what follows it, which is nothing or a colon.
fn key<'a>(entry: &'a [TokenTree], braces: &Group) -> Result<(String, &'a [TokenTree])> {
    let Some((first, rest)) = entry.split_first() else {
        return Err(Error::new_spanned(braces, EMPTY_ENTRY));
    };
    let key = match first {
        TokenTree::Literal(literal) => match Lit::new(literal.clone()) {
            Lit::Str(text) if text.suffix().is_empty() => text.value(),
            _ => return Err(Error::new_spanned(first, "a key stands in double quotes")),
        },
        TokenTree::Ident(word) => {
            let message = format!("a key stands in double quotes: `\"{word}\"`");
            return Err(Error::new_spanned(first, message));
        }
        _ => return Err(Error::new_spanned(first, "expected a key in double quotes")),
    };
    match rest.first() {
        None => {}
        Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => {}
        Some(junk) => return Err(Error::new_spanned(junk, "expected `:` after the key")),
    }
    Ok((key, rest))
}

/// The tokens between the commas of a list. One more comma at its end says nothing.
fn entries(list: &Group) -> Vec<Vec<TokenTree>> {
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
    let tokens: Vec<TokenTree> = list.stream().into_iter().collect();
    let mut entries: Vec<_> = tokens.split(is_comma).map(<[_]>::to_vec).collect();
    if entries.last().is_some_and(Vec::is_empty) {
        entries.pop();
    }
    entries
}

/// The value that `tokens`, an entry of `list`, are.
fn value(tokens: &[TokenTree], list: &Group) -> Result<Json> {
    let Some((first, rest)) = tokens.split_first() else {
        return Err(Error::new_spanned(list, EMPTY_ENTRY));
    };
    let (value, rest) = match (first, rest) {
        (TokenTree::Punct(minus), [TokenTree::Literal(digits), rest @ ..])
            if minus.as_char() == '-' =>
        {
            let text = format!("-{digits}");
            // Both tokens, to underline both.
            let place = [first.clone(), digits.clone().into()].into_iter().collect();
            (number(text, place)?, rest)
        }
        (TokenTree::Literal(it), rest) => (literal(it)?, rest),
        (TokenTree::Ident(word), rest) => (self::word(&word.to_string(), first)?, rest),
        (TokenTree::Group(group), rest) => {
            let value = match group.delimiter() {
                Delimiter::Bracket => Json::Array(array(group)?),
                Delimiter::Brace => object(group)?,
                Delimiter::None => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    value(&inner, group)?
                }
                Delimiter::Parenthesis => return Err(Error::new_spanned(group, NO_TUPLE)),
            };
            (value, rest)
        }
        (first, _) => return Err(Error::new_spanned(first, "expected a JSON value")),
    };
    match rest.first() {
        None => Ok(value),
        Some(junk) => Err(Error::new_spanned(junk, "expected `,` after the value")),
    }
}

fn word(word: &str, place: &TokenTree) -> Result<Json> {
    match word {
        "null" => Ok(Json::Null),
        "true" => Ok(Json::Bool(true)),
        "false" => Ok(Json::Bool(false)),
        _ => {
            let message = match word {
                "None" | "undefined" => format!("`{word}` is `null` in JSON"),
                _ => format!(
                    "`{word}` is no JSON value: a string stands in double quotes, `\"{word}\"`"
                ),
            };
            Err(Error::new_spanned(place, message))
        }
    }
}

fn literal(literal: &Literal) -> Result<Json> {
    match Lit::new(literal.clone()) {
        Lit::Str(text) if text.suffix().is_empty() => Ok(Json::String(text.value())),
        Lit::Int(_) | Lit::Float(_) => {
            number(literal.to_string(), TokenTree::from(literal.clone()).into())
        }
        _ => Err(Error::new_spanned(literal, "a JSON string stands in plain double quotes")),
    }
}

/// The number, if JSON would write it so.
fn number(text: String, place: TokenStream) -> Result<Json> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(&text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (integer, fraction) = match mantissa.split_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (mantissa, None),
    };
    let is_integer = digits(integer) && (integer == "0" || !integer.starts_with('0'));
    let is_exponent = |text: &str| digits(text.strip_prefix(['+', '-']).unwrap_or(text));
    if is_integer && fraction.is_none_or(digits) && exponent.is_none_or(is_exponent) {
        return Ok(Json::Number(text));
    }
    let suffix = syn::parse_str::<Lit>(unsigned).map(|literal| literal.suffix().to_owned());
    let message = match suffix.as_deref() {
        Ok(suffix) if !suffix.is_empty() => {
            format!("a JSON number has no suffix: leave out `{suffix}`")
        }
        _ => "a JSON number is decimal digits, such as `-1.5e3`".to_owned(),
    };
    Err(Error::new_spanned(place, message))
}

const NO_LIST: &str = "an example is a list of values: put them in brackets, `[…]`";

const EMPTY_ENTRY: &str = "a value is missing before a comma";

const NO_TUPLE: &str = "JSON has no tuples: a list stands in brackets, `[…]`";

#[cfg(test)]
mod tests {
    use super::Example;

    /// The compact JSON of an example, or the message.
    fn parse(text: &str) -> Result<String, String> {
        let example = syn::parse::Parser::parse_str(Example::parse, text);
        let example = example.map_err(|error| error.to_string())?;
        let values: Vec<String> = example.values.iter().map(ToString::to_string).collect();
        Ok(format!("[{}]", values.join(",")))
    }

    #[test]
    fn json_comes_out_as_it_was_written() {
        for json in [
            "[]",
            r#"[{"id":"u1","a":null,"Z":[true,false,[]],"empty":{}}]"#,
            "[0,-0,12,-1.5,1e3,-1.5e-10,2E+7,0.25,18446744073709551616]",
            r#"["","ä\"\\\n\r\t","🎉"]"#,
            r#"[{"_placeholder":true,"num":0},"type"]"#,
        ] {
            assert_eq!(parse(json).as_deref(), Ok(json));
        }
    }

    #[test]
    fn layout_says_nothing() {
        assert_eq!(parse(" [ 1 , { \"a\" : - 2 , } , ] ").as_deref(), Ok(r#"[1,{"a":-2}]"#));
        assert_eq!(parse(r#"["\u{1}\x02"]"#).as_deref(), Ok(r#"["\u0001\u0002"]"#));
        assert_eq!(parse("[r#\"raw \"text\"\"#]").as_deref(), Ok(r#"["raw \"text\""]"#));
    }

    #[test]
    fn mistakes_have_their_messages() {
        for (text, message) in [
            ("{}", "in brackets"),
            ("\"Ada\"", "in brackets"),
            ("[{id: 1}]", "a key stands in double quotes: `\"id\"`"),
            ("[{1: 1}]", "a key stands in double quotes"),
            ("[{[]: 1}]", "expected a key in double quotes"),
            (r#"[{"a"}]"#, "key `a` needs a value: `\"a\": …`"),
            (r#"[{"a":}]"#, "key `a` needs a value"),
            (r#"[{"a" 1}]"#, "expected `:` after the key"),
            (r#"[{"a": 1, "a": 2}]"#, "key `a` is given twice"),
            ("[1 2]", "expected `,` after the value"),
            ("[1,,2]", "a value is missing"),
            ("[,]", "a value is missing"),
            ("[1u8]", "leave out `u8`"),
            ("[-1.5f64]", "leave out `f64`"),
            ("[\"a\"x]", "double quotes"),
            ("[0x10]", "decimal digits"),
            ("[1_000]", "decimal digits"),
            ("[07]", "decimal digits"),
            ("[1.]", "decimal digits"),
            ("['a']", "double quotes"),
            ("[b\"a\"]", "double quotes"),
            ("[None]", "`None` is `null` in JSON"),
            ("[Ada]", "`\"Ada\"`"),
            ("[(1, 2)]", "no tuples"),
            ("[+1]", "expected a JSON value"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
