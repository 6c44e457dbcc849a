//! Names that TypeScript takes.
//!
//! Must not know: what they name.

use std::collections::BTreeSet;

/// A wire name or key as the key of an interface: quoted where it has to be.
pub(super) fn key(name: &str) -> String {
    let mut characters = name.chars();
    let is_identifier =
        characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && characters.all(|character| character.is_ascii_alphanumeric() || character == '_');
    if is_identifier { name.to_owned() } else { string(name) }
}

/// A string literal. JSON's are TypeScript's.
pub(super) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The names of one function's parameters.
#[derive(Debug, Default)]
pub(super) struct Parameters(BTreeSet<String>);

impl Parameters {
    /// The name of the parameter that is called `name` in Rust.
    pub(super) fn name(&mut self, name: &str) -> String {
        let mut name = camel_case(name);
        while RESERVED.contains(&&*name) || self.0.contains(&name) {
            name.push('_');
        }
        self.0.insert(name.clone());
        name
    }
}

/// `user_id` as `userId`. Underscores at the ends stay.
pub(super) fn camel_case(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut begins_word = false;
    for (index, character) in name.char_indices() {
        let has_words_around =
            camel.chars().any(|c| c != '_') && !name[index..].chars().all(|c| c == '_');
        if character == '_' && has_words_around {
            begins_word = true;
        } else if begins_word {
            camel.extend(character.to_uppercase());
            begins_word = false;
        } else {
            camel.push(character);
        }
    }
    camel
}

/// What cannot be the name of a parameter, of functions in modules: ECMAScript's reserved words,
/// those of strict mode included, and `this`, which in TypeScript is no parameter.
const RESERVED: &[&str] = &[
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

#[cfg(test)]
mod tests {
    use super::{Parameters, key};

    #[test]
    fn keys_are_quoted_where_they_have_to_be() {
        let keys = ["ping", "user:joined", "9", "a_1", "", "it's \"so\"\n", "ähm"];
        let expected = [
            "ping",
            r#""user:joined""#,
            r#""9""#,
            "a_1",
            r#""""#,
            r#""it's \"so\"\n""#,
            r#""ähm""#,
        ];
        assert_eq!(keys.map(key), expected);
    }

    #[test]
    fn parameters_are_named_as_in_typescript_and_apart() {
        let mut names = Parameters::default();
        let rust = ["user_id", "userId", "function", "_private", "this", "trailing_", "__", "a_1"];
        let expected =
            ["userId", "userId_", "function_", "_private", "this_", "trailing_", "__", "a1"];
        assert_eq!(rust.map(|name| names.name(name)), expected);
    }
}
