//! Msgpack as JSON text, for what is read as such.
//!
//! Must not know: packets.

use super::{
    MAX_DEPTH,
    reader::{Head, Reader, split_value},
};
use crate::codec::DecodeError;

/// A value. Binary data becomes an array of numbers, as `serde_json` writes it; what JSON does not
/// have, `null`.
pub(crate) fn to_json(value: &[u8]) -> Result<String, DecodeError> {
    let mut json = Json { text: String::new(), placeholders: None };
    json.write(&mut Reader::new(value), MAX_DEPTH)?;
    Ok(json.text)
}

/// A list of values as an array. Binary data becomes placeholders, as in a packet of the JSON
/// parser; what is nested too deep, `null`.
pub(crate) fn list_to_json(values: &[u8], count: usize) -> String {
    let mut json = Json { text: String::from("["), placeholders: Some(0) };
    let mut rest = values;
    for index in 0..count {
        let Some((value, tail)) = split_value(rest) else { break };
        rest = tail;
        json.text.push_str(if index > 0 { "," } else { "" });
        let start = json.text.len();
        if json.write(&mut Reader::new(value), MAX_DEPTH).is_err() {
            json.text.truncate(start);
            json.text.push_str("null");
        }
    }
    json.text.push(']');
    json.text
}

struct Json {
    text: String,
    /// How many there are, if binary data becomes placeholders.
    placeholders: Option<usize>,
}

impl Json {
    fn write(&mut self, reader: &mut Reader<'_>, depth: usize) -> Result<(), DecodeError> {
        let too_deep = DecodeError::InvalidMsgpack { at: reader.at, expected: "less nesting" };
        let depth = depth.checked_sub(1).ok_or(too_deep)?;
        match reader.head()? {
            Head::Nil => self.push(()),
            Head::Bool(value) => self.push(value),
            Head::Unsigned(value) => self.push(value),
            Head::Signed(value) => self.push(value),
            // A float that is no number is `null`, as to JavaScript.
            Head::Float(value) => self.push(value),
            Head::Str(length) => self.push(&*String::from_utf8_lossy(reader.take(length)?)),
            Head::Bin(length) => self.push_binary(reader.take(length)?),
            Head::Ext { length, .. } => {
                reader.take(length)?;
                self.push(());
            }
            Head::Array(count) => {
                self.text.push('[');
                for index in 0..count {
                    self.text.push_str(if index > 0 { "," } else { "" });
                    self.write(reader, depth)?;
                }
                self.text.push(']');
            }
            Head::Map(count) => {
                self.text.push('{');
                for index in 0..count {
                    self.text.push_str(if index > 0 { "," } else { "" });
                    self.write_key(reader, depth)?;
                    self.text.push(':');
                    self.write(reader, depth)?;
                }
                self.text.push('}');
            }
        }
        Ok(())
    }

    /// A key that is no string becomes one, as in JavaScript. One that has parts is not written out:
    /// as text it would be escaped, and twice as long, once for each key that it stands in.
    fn write_key(&mut self, reader: &mut Reader<'_>, depth: usize) -> Result<(), DecodeError> {
        let start = self.text.len();
        match reader.clone().head()? {
            Head::Str(_) => return self.write(reader, depth),
            Head::Array(_) | Head::Map(_) | Head::Bin(_) | Head::Ext { .. } => {
                reader.skip()?;
                self.text.push_str("[object Object]");
            }
            _ => self.write(reader, depth)?,
        }
        let key = self.text.split_off(start);
        self.push(key);
        Ok(())
    }

    fn push(&mut self, value: impl Into<serde_json::Value>) {
        self.text.push_str(&value.into().to_string());
    }

    fn push_binary(&mut self, bytes: &[u8]) {
        let Some(count) = &mut self.placeholders else { return self.push(bytes) };
        let number = *count;
        *count += 1;
        self.push(serde_json::json!({ "_placeholder": true, "num": number }));
    }
}
