//! A msgpack value as JSON text, for what is read as such.
//!
//! Must not know: packets.

use super::{
    MAX_DEPTH,
    reader::{Head, Reader},
};
use crate::codec::DecodeError;

/// Binary data becomes an array of numbers, as `serde_json` writes it; what JSON does not have,
/// `null`.
pub(crate) fn to_json(value: &[u8]) -> Result<String, DecodeError> {
    let mut json = String::new();
    write(&mut Reader::new(value), &mut json, MAX_DEPTH)?;
    Ok(json)
}

fn write(reader: &mut Reader<'_>, json: &mut String, depth: usize) -> Result<(), DecodeError> {
    let at = reader.at;
    let depth =
        depth.checked_sub(1).ok_or(DecodeError::InvalidMsgpack { at, expected: "less nesting" })?;
    match reader.head()? {
        Head::Nil => json.push_str("null"),
        Head::Bool(value) => json.push_str(if value { "true" } else { "false" }),
        Head::Unsigned(value) => json.push_str(&value.to_string()),
        Head::Signed(value) => json.push_str(&value.to_string()),
        // A float that is no number is `null` to `Value`, as to JavaScript.
        Head::Float(value) => json.push_str(&serde_json::Value::from(value).to_string()),
        Head::Str(length) => {
            let text = String::from_utf8_lossy(reader.take(length)?);
            json.push_str(&serde_json::Value::from(text).to_string());
        }
        Head::Bin(length) => {
            let bytes = reader.take(length)?;
            json.push_str(&serde_json::Value::from(bytes).to_string());
        }
        Head::Ext { length, .. } => {
            reader.take(length)?;
            json.push_str("null");
        }
        Head::Array(count) => {
            json.push('[');
            for index in 0..count {
                json.push_str(if index > 0 { "," } else { "" });
                write(reader, json, depth)?;
            }
            json.push(']');
        }
        Head::Map(count) => {
            json.push('{');
            for index in 0..count {
                json.push_str(if index > 0 { "," } else { "" });
                write_key(reader, json, depth)?;
                json.push(':');
                write(reader, json, depth)?;
            }
            json.push('}');
        }
    }
    Ok(())
}

/// A key that is no string becomes one, as in JavaScript.
fn write_key(reader: &mut Reader<'_>, json: &mut String, depth: usize) -> Result<(), DecodeError> {
    let mut key = String::new();
    write(reader, &mut key, depth)?;
    if !key.starts_with('"') {
        key = serde_json::Value::from(key).to_string();
    }
    json.push_str(&key);
    Ok(())
}
