//! Declarations as trees of what can stand on lines of its own.
//!
//! Must not know: lines.

use super::{Bracket, Declaration, Group, Item, Part, Type};
use crate::catalogue::typescript::names;

/// Reads one declaration.
#[derive(Debug)]
pub(super) struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
}

#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    kind: Kind,
    /// Whether a space stands before it.
    space: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Comment,
    Literal,
    Open(Bracket),
    Close(Bracket),
    Sign,
    Word,
}

impl<'a> Parser<'a> {
    /// `None` if something has no end.
    pub(super) fn new(text: &'a str) -> Option<Self> {
        let mut tokens = Vec::new();
        let mut rest = text;
        loop {
            let trimmed = rest.trim_start();
            let space = trimmed.len() != rest.len();
            if trimmed.is_empty() {
                return Some(Self { tokens, next: 0 });
            }
            let (kind, length) = measure(trimmed)?;
            tokens.push(Token { text: &trimmed[..length], kind, space });
            rest = &trimmed[length..];
        }
    }

    /// `None` if it is something else.
    pub(super) fn declaration(&mut self) -> Option<Declaration> {
        let docs = self.docs();
        let is_interface = match self.take()?.text {
            "interface" => true,
            "type" => false,
            _ => return None,
        };
        let mut name = self.take()?.text.to_owned();
        while let Some(token) = self.peek().filter(|token| !matches!(token.text, "=" | "{")) {
            if token.space {
                name.push(' ');
            }
            name.push_str(token.text);
            self.next += 1;
        }
        if !is_interface && self.take()?.text != "=" {
            return None;
        }
        let ty = self.ty()?;
        let _ = self.sign(";");
        self.peek().is_none().then_some(Declaration { docs, is_interface, name, ty })
    }

    fn ty(&mut self) -> Option<Type> {
        let _ = self.sign("|");
        let mut alternatives = vec![self.alternative()?];
        while self.sign("|") {
            alternatives.push(self.alternative()?);
        }
        Some(Type(alternatives))
    }

    fn alternative(&mut self) -> Option<Vec<Part>> {
        let mut parts = Vec::new();
        while let Some(token) = self.peek() {
            match token.kind {
                Kind::Comment => return None,
                Kind::Close(_) => break,
                Kind::Sign if matches!(token.text, "|" | "," | ";") => break,
                Kind::Open(bracket) => {
                    let group = self.group(bracket)?;
                    match element(&parts, &group) {
                        Some(_) => {
                            let name = parts.pop()?;
                            parts.extend(array(&name, group));
                        }
                        None => parts.push(Part::Group(group)),
                    }
                    continue;
                }
                _ => {}
            }
            self.next += 1;
            parts.push(Part::Text { text: token.text.to_owned(), space: token.space });
            if token.text == "=>" {
                parts.push(Part::Returned(self.ty()?));
                break;
            }
        }
        (!parts.is_empty()).then_some(parts)
    }

    fn group(&mut self, bracket: Bracket) -> Option<Group> {
        let space = self.take()?.space;
        let mut items = Vec::new();
        loop {
            let docs = self.docs();
            if self.peek()?.kind == Kind::Close(bracket) {
                self.next += 1;
                return Some(Group { bracket, space, items });
            }
            let key = self.key(bracket);
            items.push(Item { docs, key, ty: self.ty()? });
            if !self.sign(",") && !self.sign(";") && self.peek()?.kind != Kind::Close(bracket) {
                return None;
            }
        }
    }

    /// What stands before a colon, and the colon.
    fn key(&mut self, bracket: Bracket) -> Option<String> {
        if bracket == Bracket::Angle {
            return None;
        }
        let length = self.tokens[self.next..]
            .iter()
            .take_while(|token| match token.kind {
                Kind::Literal | Kind::Word => true,
                Kind::Open(inner) | Kind::Close(inner) => {
                    bracket == Bracket::Brace && inner == Bracket::Square
                }
                Kind::Sign => matches!(token.text, "?" | "..."),
                Kind::Comment => false,
            })
            .count();
        let (tokens, rest) = self.tokens[self.next..].split_at(length);
        if length == 0 || rest.first()?.text != ":" {
            return None;
        }
        let mut key = String::new();
        for token in tokens {
            if token.space && !key.is_empty() {
                key.push(' ');
            }
            key.push_str(&unquoted(token));
        }
        self.next += length + 1;
        // Of all strings it is an index signature; but those cannot be optional.
        match key.strip_suffix(" in string]") {
            Some(name) => Some(format!("{name}: string]")),
            None => Some(key),
        }
    }

    fn docs(&mut self) -> Vec<Vec<String>> {
        let mut docs = Vec::new();
        while let Some(token) = self.peek().filter(|token| token.kind == Kind::Comment) {
            self.next += 1;
            docs.push(comment_lines(token.text));
        }
        docs
    }

    fn sign(&mut self, text: &str) -> bool {
        let is_there =
            self.peek().is_some_and(|token| token.kind == Kind::Sign && token.text == text);
        self.next += usize::from(is_there);
        is_there
    }

    fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.next).copied()
    }

    fn take(&mut self) -> Option<Token<'a>> {
        let token = self.peek()?;
        self.next += 1;
        Some(token)
    }
}

/// Kind and length of the first token.
fn measure(text: &str) -> Option<(Kind, usize)> {
    if text.starts_with("/*") {
        return Some((Kind::Comment, comment_length(text)?));
    }
    if let Some(sign) = ["...", "=>"].into_iter().find(|sign| text.starts_with(sign)) {
        return Some((Kind::Sign, sign.len()));
    }
    let first = text.chars().next()?;
    if matches!(first, '"' | '\'' | '`') {
        return Some((Kind::Literal, literal_length(text, first)?));
    }
    for bracket in Bracket::ALL {
        if text.starts_with(bracket.open()) {
            return Some((Kind::Open(bracket), 1));
        }
        if text.starts_with(bracket.close()) {
            return Some((Kind::Close(bracket), 1));
        }
    }
    if is_sign(first) {
        return Some((Kind::Sign, 1));
    }
    let is_end = |c: char| c.is_whitespace() || is_sign(c) || "<>{}()[]\"'`/".contains(c);
    let length = text.find(is_end).unwrap_or(text.len());
    (length > 0).then_some((Kind::Word, length))
}

fn is_sign(character: char) -> bool {
    ",;:?|&=".contains(character)
}

/// ts-rs ends the comments it makes of lines with a line of its own, and does not look into them.
fn comment_length(text: &str) -> Option<usize> {
    let end = if text.starts_with("/**\n") { "\n */" } else { "*/" };
    Some(text.find(end)? + end.len())
}

fn literal_length(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (index, character) in text.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            end if end == quote => return Some(index + 1),
            _ => {}
        }
    }
    None
}

fn comment_lines(comment: &str) -> Vec<String> {
    let text = comment.trim_start_matches(['/', '*']);
    let text = text.strip_suffix("*/").unwrap_or(text);
    let lines = text.lines().map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix('*').unwrap_or(line);
        line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned()
    });
    let mut lines: Vec<_> = lines.skip_while(String::is_empty).collect();
    lines.truncate(lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1));
    lines
}

/// Keys are quoted where they have to be.
fn unquoted(token: &Token<'_>) -> String {
    match serde_json::from_str::<String>(token.text) {
        Ok(name) if token.kind == Kind::Literal => names::key(&name),
        _ => token.text.to_owned(),
    }
}

/// What `Array<…>` is an array of, where that can be written `…[]`.
fn element<'g>(before: &[Part], group: &'g Group) -> Option<&'g [Part]> {
    let is_array = matches!(before.last(), Some(Part::Text { text, .. }) if text == "Array");
    let [Item { key: None, ty: Type(alternatives), .. }] = &*group.items else { return None };
    let [parts] = &**alternatives else { return None };
    let is_simple = match &**parts {
        [Part::Text { .. }] => true,
        [Part::Text { .. }, Part::Group(group)] => group.bracket == Bracket::Angle,
        [Part::Text { .. }, Part::Text { text, .. }] => text == "[]",
        _ => false,
    };
    (is_array && group.bracket == Bracket::Angle && is_simple).then_some(parts)
}

fn array(name: &Part, group: Group) -> Vec<Part> {
    let is_apart = matches!(name, Part::Text { space: true, .. });
    let mut parts: Vec<_> = group.items.into_iter().flat_map(|item| item.ty.0).flatten().collect();
    if let Some(Part::Text { space, .. }) = parts.first_mut() {
        *space = is_apart;
    }
    parts.push(Part::Text { text: "[]".to_owned(), space: false });
    parts
}
