//! Sets declarations the way people write them: a field a line, what is short on one line,
//! `interface` for objects.
//!
//! Must not know: what is declared.

mod parse;
mod print;

use self::parse::Parser;

/// Sets a declaration, `type Name = …;` or `interface Name { … }`, with its documentation before
/// it, and exports it. One that is not understood is left as it is.
pub(super) fn declaration(text: &str) -> String {
    match Parser::new(text).and_then(|mut parser| parser.declaration()) {
        Some(declaration) => print::declaration(&declaration),
        None => format!("export {}", text.trim()),
    }
}

/// A documentation comment, indented like what it stands before.
pub(super) fn comment(lines: &[String]) -> String {
    print::comment(lines, 0)
}

/// A declaration.
#[derive(Debug)]
struct Declaration {
    docs: Vec<Vec<String>>,
    is_interface: bool,
    /// With its parameters.
    name: String,
    ty: Type,
}

/// A type: its alternatives.
#[derive(Debug)]
struct Type(Vec<Vec<Part>>);

/// A part of an alternative.
#[derive(Debug)]
enum Part {
    Text {
        text: String,
        /// Whether a space stands before it.
        space: bool,
    },
    Group(Group),
    /// What a function returns.
    Returned(Type),
}

/// Something in brackets.
#[derive(Debug)]
struct Group {
    bracket: Bracket,
    /// Whether a space stands before it.
    space: bool,
    items: Vec<Item>,
}

/// A field, a parameter, an element or an argument.
#[derive(Debug)]
struct Item {
    docs: Vec<Vec<String>>,
    /// What stands before the colon.
    key: Option<String>,
    ty: Type,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Angle,
    Brace,
    Round,
    Square,
}

impl Bracket {
    const ALL: [Self; 4] = [Self::Angle, Self::Brace, Self::Round, Self::Square];

    fn open(self) -> &'static str {
        match self {
            Self::Angle => "<",
            Self::Brace => "{",
            Self::Round => "(",
            Self::Square => "[",
        }
    }

    fn close(self) -> &'static str {
        match self {
            Self::Angle => ">",
            Self::Brace => "}",
            Self::Round => ")",
            Self::Square => "]",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::declaration;

    #[test]
    fn objects_become_interfaces_with_a_field_a_line() {
        let text = "/**\n * Someone.\n */\ntype User = { \n/**\n * Stays */ the same.\n */\nid: string, \
                    avatar?: string, \"content-type\": Array<string>, tree: Array<A | B>, };";
        let expected = "/** Someone. */\nexport interface User {\n  /** Stays *\\/ the same. */\n  id: \
                        string;\n  avatar?: string;\n  \"content-type\": string[];\n  tree: Array<A \
                        | B>;\n}";
        assert_eq!(declaration(text), expected);
    }

    #[test]
    fn short_types_stay_on_one_line() {
        for (text, expected) in [
            ("type Status = \"online\" | \"away\";", "export type Status = \"online\" | \"away\";"),
            ("type Point = [number, number];", "export type Point = [number, number];"),
            ("type P<T> = Array<Page<T>>;", "export type P<T> = Page<T>[];"),
            ("type Id = string;", "export type Id = string;"),
            ("type M = { [key in string]: number };", "export type M = { [key: string]: number };"),
            ("type M = { [key in K]?: number };", "export type M = { [key in K]?: number };"),
            ("type F = (a: A, ...b: B[]) => C | D;", "export type F = (a: A, ...b: B[]) => C | D;"),
            ("type E = Record<symbol, never>;", "export type E = Record<symbol, never>;"),
        ] {
            assert_eq!(declaration(text), expected);
        }
    }

    #[test]
    fn long_alternatives_stand_below_each_other() {
        let text = "type Shape = { \"type\": \"circle\", radius: number, } | { \"type\": \"square\", \
                    \n/**\n * Its side.\n */\nside: number, } | { \"type\": \"nothing\" };";
        let expected = "export type Shape =\n  | { type: \"circle\"; radius: number }\n  | {\n      \
                        type: \"square\";\n      /** Its side. */\n      side: number;\n    }\n  | { \
                        type: \"nothing\" };";
        assert_eq!(declaration(text), expected);
    }

    #[test]
    fn long_functions_have_a_parameter_a_line() {
        let long = "a".repeat(50);
        let text = format!(
            "interface Events {{ x: (a: A) => void; y: ({long}: A, {long}: B) => void; z: (...args: \
             [{long}: A] | [{long}: A, b: B]) => void }}"
        );
        let expected = format!(
            "export interface Events {{\n  x: (a: A) => void;\n  y: (\n    {long}: A,\n    {long}: \
             B,\n  ) => void;\n  z: (\n    ...args:\n      | [{long}: A]\n      | [{long}: A, b: \
             B]\n  ) => void;\n}}"
        );
        assert_eq!(declaration(&text), expected);
    }

    #[test]
    fn what_is_not_understood_is_left_alone() {
        for text in ["enum Level { \"Low\" = 0, \"High\" }", "type Broken = { a: [string };"] {
            assert_eq!(declaration(text), format!("export {text}"));
        }
    }
}
