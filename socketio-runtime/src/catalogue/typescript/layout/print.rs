//! Trees on lines.
//!
//! Must not know: how a declaration is read.

use std::fmt::Write as _;

use super::{Bracket, Declaration, Group, Item, Part, Type};

/// What most style guides for TypeScript say.
const WIDTH: usize = 100;
const INDENT: usize = 2;

pub(super) fn declaration(declaration: &Declaration) -> String {
    let Declaration { docs, is_interface, name, ty } = declaration;
    let mut text: String = docs.iter().map(|lines| comment(lines, 0)).collect();
    if let Some(group) = object(ty).filter(|group| *is_interface || can_be_interface(group)) {
        let _ = write!(text, "export interface {name} {}", set_group(group, 0));
        return text;
    }
    let head = format!("export type {name} =");
    let ty = set(ty, 0, head.len() + 1);
    let space = if ty.starts_with('\n') { "" } else { " " };
    let _ = write!(text, "{head}{space}{ty};");
    text
}

/// With the line's end.
pub(super) fn comment(lines: &[String], indent: usize) -> String {
    let pad = " ".repeat(indent);
    let lines: Vec<_> =
        lines.iter().map(|line| without_links(line).replace("*/", "*\\/")).collect();
    match &*lines {
        [] => String::new(),
        [line] if indent + line.chars().count() + "/**  */".len() <= WIDTH => {
            format!("{pad}/** {line} */\n")
        }
        lines => {
            let mut text = format!("{pad}/**\n");
            for line in lines {
                let _ = writeln!(text, "{}", format!("{pad} * {line}").trim_end());
            }
            let _ = writeln!(text, "{pad} */");
            text
        }
    }
}

/// Without the brackets of rustdoc's links, which nobody else resolves.
fn without_links(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((name, after)) = link.split_once("`]") else { break };
        let has_target = after.starts_with(['(', '[']);
        text.push_str(before);
        let _ = if has_target { write!(text, "[`{name}`]") } else { write!(text, "`{name}`") };
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The object that a type is.
fn object(ty: &Type) -> Option<&Group> {
    let [parts] = &*ty.0 else { return None };
    match &**parts {
        [Part::Group(group)] if group.bracket == Bracket::Brace => Some(group),
        _ => None,
    }
}

fn can_be_interface(group: &Group) -> bool {
    let is_field = |key: &str| !key.starts_with('[');
    !group.items.is_empty()
        && group.items.iter().all(|item| item.key.as_deref().is_some_and(is_field))
}

/// Sets a type that begins in `column` on a line indented by `indent`. Begins with a line feed
/// if it is a list of alternatives.
fn set(ty: &Type, indent: usize, column: usize) -> String {
    let flat = flat(ty).filter(|flat| column + flat.chars().count() < WIDTH);
    if let Some(flat) = flat {
        return flat;
    }
    if let [parts] = &*ty.0 {
        return set_parts(parts, indent, column);
    }
    let indent = indent + INDENT;
    ty.0.iter().fold(String::new(), |mut text, parts| {
        let _ = write!(text, "\n{:indent$}| ", "");
        text.push_str(&set_parts(parts, indent + INDENT, indent + INDENT));
        text
    })
}

fn set_parts(parts: &[Part], indent: usize, column: usize) -> String {
    let mut text = String::new();
    for (index, part) in parts.iter().enumerate() {
        let last_line = text.rsplit('\n').next().unwrap_or_default().chars().count();
        let column = if text.contains('\n') { last_line } else { column + last_line };
        if index > 0 && part.has_space() {
            text.push(' ');
        }
        let rest = flat_parts(&parts[index..]);
        if let Some(rest) = rest.filter(|rest| column + rest.chars().count() < WIDTH) {
            text.push_str(&rest);
            break;
        }
        match part {
            Part::Text { text: word, .. } => text.push_str(word),
            Part::Group(group) => text.push_str(&set_group(group, indent)),
            Part::Returned(ty) => text.push_str(&set(ty, indent, column)),
        }
    }
    text
}

/// An item a line; type arguments stay with what they are arguments of.
fn set_group(group: &Group, indent: usize) -> String {
    let Group { bracket, items, .. } = group;
    let (open, close) = (bracket.open(), bracket.close());
    if items.is_empty() {
        return format!("{open}{close}");
    }
    if *bracket == Bracket::Angle {
        let items: Vec<_> = items.iter().map(|item| set(&item.ty, indent, indent)).collect();
        return format!("{open}{}{close}", items.join(", "));
    }
    let mut text = format!("{open}\n");
    let inner = indent + INDENT;
    for (index, item) in items.iter().enumerate() {
        text.extend(item.docs.iter().map(|lines| comment(lines, inner)));
        let _ = write!(text, "{:inner$}{}", "", set_item(item, inner));
        // Nothing may follow a rest parameter, not even a comma.
        let is_rest = item.key.as_deref().is_some_and(|key| key.starts_with("..."));
        let end = match bracket {
            Bracket::Brace => ";",
            _ if is_rest && index + 1 == items.len() => "",
            _ => ",",
        };
        let _ = writeln!(text, "{end}");
    }
    let _ = write!(text, "{:indent$}{close}", "");
    text
}

fn set_item(item: &Item, indent: usize) -> String {
    let Some(key) = &item.key else { return set(&item.ty, indent, indent) };
    let ty = set(&item.ty, indent, indent + key.chars().count() + 2);
    let space = if ty.starts_with('\n') { "" } else { " " };
    format!("{key}:{space}{ty}")
}

/// On one line, if it can be: a comment cannot.
fn flat(ty: &Type) -> Option<String> {
    let alternatives: Option<Vec<_>> = ty.0.iter().map(|parts| flat_parts(parts)).collect();
    Some(alternatives?.join(" | "))
}

fn flat_parts(parts: &[Part]) -> Option<String> {
    let mut text = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 && part.has_space() {
            text.push(' ');
        }
        match part {
            Part::Text { text: word, .. } => text.push_str(word),
            Part::Group(group) => text.push_str(&flat_group(group)?),
            Part::Returned(ty) => text.push_str(&flat(ty)?),
        }
    }
    Some(text)
}

fn flat_group(group: &Group) -> Option<String> {
    let Group { bracket, items, .. } = group;
    let items = items.iter().map(flat_item).collect::<Option<Vec<_>>>()?;
    let (open, close) = (bracket.open(), bracket.close());
    Some(match bracket {
        Bracket::Brace if !items.is_empty() => format!("{open} {} {close}", items.join("; ")),
        _ => format!("{open}{}{close}", items.join(", ")),
    })
}

fn flat_item(item: &Item) -> Option<String> {
    let ty = flat(&item.ty).filter(|_| item.docs.is_empty())?;
    Some(match &item.key {
        Some(key) => format!("{key}: {ty}"),
        None => ty,
    })
}

impl Part {
    fn has_space(&self) -> bool {
        match self {
            Self::Text { space, .. } | Self::Group(Group { space, .. }) => *space,
            Self::Returned(_) => true,
        }
    }
}
