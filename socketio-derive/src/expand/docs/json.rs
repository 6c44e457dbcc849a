//! JSON to be read by people.
//!
//! Must not know: whose values they are.

use crate::parse::{Json, quoted};

/// The text of a value: in one line if it fits.
pub(super) fn pretty(value: &Json) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text
}

/// `depth` is how far the lines of the value are indented.
fn write(value: &Json, depth: usize, text: &mut String) {
    let line = one_line(value);
    let column = text.len() - text.rfind('\n').map_or(0, |newline| newline + 1);
    if column + line.chars().count() <= WIDTH {
        text.push_str(&line);
        return;
    }
    let mut lines = |open, close, entries: &[(Option<&str>, &Json)]| {
        text.push_str(open);
        for (index, (key, value)) in entries.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            text.extend([comma, "\n", &INDENT.repeat(depth + 1)]);
            if let Some(key) = key {
                text.extend([&quoted(key), ": "]);
            }
            write(value, depth + 1, text);
        }
        text.extend(["\n", &INDENT.repeat(depth), close]);
    };
    match value {
        Json::Object(entries) => {
            let entries: Vec<_> = entries.iter().map(|(key, v)| (Some(&**key), v)).collect();
            lines("{", "}", &entries);
        }
        Json::Array(values) => match &**values {
            // Only what is last needs more lines: `["name", {`, …, `}]`.
            [first @ .., last @ (Json::Object(_) | Json::Array(_))]
                if first.iter().map(|value| one_line(value).chars().count() + 2).sum::<usize>()
                    < WIDTH / 2 =>
            {
                text.push('[');
                for value in first {
                    text.extend([&one_line(value), ", "]);
                }
                write(last, depth, text);
                text.push(']');
            }
            values => {
                let entries: Vec<_> = values.iter().map(|value| (None, value)).collect();
                lines("[", "]", &entries);
            }
        },
        _ => text.push_str(&line),
    }
}

fn one_line(value: &Json) -> String {
    match value {
        Json::Array(values) => {
            let values: Vec<String> = values.iter().map(one_line).collect();
            format!("[{}]", values.join(", "))
        }
        Json::Object(entries) => {
            let entries = entries.iter();
            let entries: Vec<String> =
                entries.map(|(key, v)| format!("{}: {}", quoted(key), one_line(v))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        value => value.to_string(),
    }
}

/// What rustdoc shows without a scroll bar beside its sidebar.
const WIDTH: usize = 76;

const INDENT: &str = "  ";

#[cfg(test)]
mod tests {
    use syn::parse::Parser as _;

    use super::pretty;
    use crate::parse::{Example, Json};

    #[test]
    fn json_has_as_many_lines_as_it_needs() {
        let parse = |text| Json::Array(Example::parse.parse_str(text).expect("JSON").values);
        assert_eq!(pretty(&parse(r#"["a",{"b":[1,2]},{}]"#)), r#"["a", {"b": [1, 2]}, {}]"#);
        let long = "x".repeat(70);
        let text = format!(r#"["name", {{"id": "1", "text": "{long}"}}]"#);
        let expected = format!("[\"name\", {{\n  \"id\": \"1\",\n  \"text\": \"{long}\"\n}}]");
        assert_eq!(pretty(&parse(&text)), expected);
        let text = format!(r#"["name", "{long}", 2]"#);
        let expected = format!("[\n  \"name\",\n  \"{long}\",\n  2\n]");
        assert_eq!(pretty(&parse(&text)), expected);
    }
}
