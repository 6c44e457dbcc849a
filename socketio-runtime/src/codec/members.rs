//! Members of a JSON object, found without a copy of the others: an object of a few megabytes can
//! have a million of them.
//!
//! Must not know: what the members mean.

use std::fmt;

use serde::{
    Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// The values of these members, where they are there; `None` if the text is no JSON object. Of
/// members of one name the last one counts.
pub(super) fn find_members<'j, const N: usize>(
    object: &'j str,
    names: [&str; N],
) -> Option<[Option<&'j RawValue>; N]> {
    let mut deserializer = serde_json::Deserializer::from_str(object);
    let found = deserializer.deserialize_map(MembersVisitor(names)).ok()?;
    deserializer.end().ok()?;
    Some(found)
}

struct MembersVisitor<'n, const N: usize>([&'n str; N]);

impl<'de, const N: usize> Visitor<'de> for MembersVisitor<'_, N> {
    type Value = [Option<&'de RawValue>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = [None; N];
        while let Some(key) = map.next_key::<String>()? {
            match self.0.iter().position(|name| *name == key) {
                Some(index) => found[index] = Some(map.next_value()?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(object: &str) -> Option<[Option<&str>; 2]> {
        Some(find_members(object, ["a", "b"])?.map(|member| member.map(RawValue::get)))
    }

    #[test]
    fn members_are_found_as_they_are_written_wherever_they_stand() {
        assert_eq!(found("{}"), Some([None, None]));
        assert_eq!(found(r#" {"c":{"a":1},"b" : [ 2 ],"d":[]} "#), Some([None, Some("[ 2 ]")]));
        assert_eq!(found(r#"{"\u0061":"x","b":null}"#), Some([Some("\"x\""), Some("null")]));
        assert_eq!(found(r#"{"a":1,"a":2}"#), Some([Some("2"), None]), "the last one counts");
        for text in ["", "[]", "null", "\"a\"", "{", r#"{"a":1} x"#, r#"{"a":1,"c":tru}"#] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
