//! JSON for people: what fits in a line stands in one.
//!
//! Must not know: what the JSON is.

use serde_json::Value;

/// The value, over as many lines as it needs.
pub(crate) fn pretty(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, 0, &mut text);
    text
}

/// `column` is where the value begins.
fn write(value: &Value, indent: usize, column: usize, text: &mut String) {
    let line = value.to_string();
    let (brackets, members): (_, Vec<_>) = match value {
        Value::Array(values) => ("[]", values.iter().map(|value| (String::new(), value)).collect()),
        Value::Object(object) => {
            let key = |key: &String| format!("{}: ", Value::from(&**key));
            ("{}", object.iter().map(|(name, value)| (key(name), value)).collect())
        }
        _ => return text.push_str(&line),
    };
    let (open, close) = brackets.split_at(1);
    if members.is_empty() || column + line.chars().count() + members.len() <= LINE {
        return write_line(open, &members, close, text);
    }
    let inner = indent + 2;
    text.push_str(open);
    for (at, (key, value)) in members.iter().enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        text.push_str(&" ".repeat(inner));
        text.push_str(key);
        write(value, inner, inner + key.chars().count(), text);
    }
    text.push('\n');
    text.push_str(&" ".repeat(indent));
    text.push_str(close);
}

fn write_line(open: &str, members: &[(String, &Value)], close: &str, text: &mut String) {
    let space = if open == "{" && !members.is_empty() { " " } else { "" };
    text.push_str(open);
    text.push_str(space);
    for (at, (key, value)) in members.iter().enumerate() {
        text.push_str(if at == 0 { "" } else { ", " });
        text.push_str(key);
        write(value, 0, 0, text);
    }
    text.push_str(space);
    text.push_str(close);
}

/// As wide as signatures.
const LINE: usize = 76;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::pretty;

    #[test]
    fn what_fits_in_a_line_stands_in_one() {
        let short = json!(["message:send", { "text": "a", "sizes": [1, 2] }]);
        assert_eq!(pretty(&short), r#"["message:send", { "sizes": [1, 2], "text": "a" }]"#);
        assert_eq!(pretty(&json!([{}, [], null])), "[{}, [], null]");
    }

    #[test]
    fn what_does_not_is_broken_from_outside() {
        let long = json!({ "text": "a".repeat(70), "sizes": [1, 2] });
        let text = "a".repeat(70);
        assert_eq!(pretty(&long), format!("{{\n  \"sizes\": [1, 2],\n  \"text\": \"{text}\"\n}}"));
        let nested = json!([[[text]]]);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&pretty(&nested)).ok(), Some(nested));
    }
}
