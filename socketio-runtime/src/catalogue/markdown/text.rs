//! Text that is not Markdown, inside Markdown.
//!
//! Must not know: what the text says.

use crate::catalogue::outline::visible;

/// Text in which nothing is markup.
pub(super) fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => escaped.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!' => {
                escaped.extend(['\\', character]);
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Text as code, in a line.
pub(super) fn code(text: &str) -> String {
    let text = visible(text);
    let fence = fence(&text, 1);
    let is_bare = !text.starts_with(['`', ' ']) && !text.ends_with(['`', ' ']) && !text.is_empty();
    let space = if is_bare { "" } else { " " };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A URL between `<` and `>`.
pub(super) fn destination(url: &str) -> String {
    url.replace(|c: char| c.is_control() || "<>\\".contains(c), "")
}

/// Markdown in a cell of a table.
pub(super) fn cell(markdown: &str) -> String {
    let paragraphs: Vec<_> = markdown
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    let mut cell = String::with_capacity(markdown.len());
    let mut is_escaped = false;
    for character in paragraphs.join("<br><br>").chars() {
        if character == '|' && !is_escaped {
            cell.push('\\');
        }
        is_escaped = character == '\\' && !is_escaped;
        cell.push(character);
    }
    cell
}

/// Backticks that `text` does not contain, at least so many.
pub(super) fn fence(text: &str, least: usize) -> String {
    let runs = text.split(|c| c != '`').map(str::len);
    let longest = runs.max().unwrap_or(0);
    "`".repeat(least.max(if longest < least { least } else { longest + 1 }))
}
