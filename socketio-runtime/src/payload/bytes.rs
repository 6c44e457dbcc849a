//! Binary data in a payload.
//!
//! Must not know: packets, connections.

use std::{fmt, ops::Deref};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, SeqAccess, Visitor},
    ser::SerializeStruct,
};

use super::attachments;

/// Binary data, anywhere in a payload: as an argument, in a field, in a list, in an answer. It
/// travels as a binary attachment of the packet, what JavaScript calls a `Buffer` or an
/// `ArrayBuffer`, never as an array of numbers.
///
/// Cheap to clone: clones share the data.
///
/// Outside a Socket.IO packet it serialises as serde's bytes, which JSON writes as an array of
/// numbers.
///
/// ```
/// use socketio_runtime::Bytes;
///
/// let bytes = Bytes::from(vec![1, 2, 3]);
/// assert_eq!(bytes.len(), 3);
/// assert_eq!(bytes.as_ref(), [1, 2, 3]);
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(bytes::Bytes);

impl Bytes {
    /// Bytes that live for the whole program, without a copy.
    #[must_use]
    pub const fn from_static(bytes: &'static [u8]) -> Self {
        Self(bytes::Bytes::from_static(bytes))
    }

    /// A copy of `bytes`.
    #[must_use]
    pub fn copy_from_slice(bytes: &[u8]) -> Self {
        Self(bytes::Bytes::copy_from_slice(bytes))
    }

    /// The same bytes as the type of the `bytes` crate, without a copy.
    #[must_use]
    pub fn into_inner(self) -> bytes::Bytes {
        self.0
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<bytes::Bytes> for Bytes {
    fn from(bytes: bytes::Bytes) -> Self {
        Self(bytes)
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl From<&'static [u8]> for Bytes {
    fn from(bytes: &'static [u8]) -> Self {
        Self::from_static(bytes)
    }
}

impl<const N: usize> From<&'static [u8; N]> for Bytes {
    fn from(bytes: &'static [u8; N]) -> Self {
        Self::from_static(bytes)
    }
}

impl From<String> for Bytes {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&'static str> for Bytes {
    fn from(text: &'static str) -> Self {
        Self::from_static(text.as_bytes())
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(number) = attachments::push(&self.0) else {
            return serializer.serialize_bytes(&self.0);
        };
        let mut placeholder = serializer.serialize_struct("Placeholder", 2)?;
        placeholder.serialize_field("_placeholder", &true)?;
        placeholder.serialize_field("num", &number)?;
        placeholder.end()
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if attachments::is_reading() {
            return deserializer.deserialize_map(PlaceholderVisitor);
        }
        // Asked for bytes, msgpack would give those of a text.
        #[cfg(feature = "msgpack")]
        if attachments::is_in_place() {
            return deserializer.deserialize_any(BytesVisitor);
        }
        deserializer.deserialize_byte_buf(BytesVisitor)
    }
}

/// `{"_placeholder":true,"num":N}`; other keys are ignored, as the reference decoder does
/// (`socket.io-parser/lib/binary.ts`).
struct PlaceholderVisitor;

impl<'de> Visitor<'de> for PlaceholderVisitor {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a binary attachment")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Bytes, A::Error> {
        let (mut is_placeholder, mut number) = (false, None);
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::Placeholder => is_placeholder = map.next_value()?,
                Key::Num => number = Some(map.next_value::<usize>()?),
                Key::Other => {
                    map.next_value::<de::IgnoredAny>()?;
                }
            }
        }
        let Some(number) = number.filter(|_| is_placeholder) else {
            return Err(de::Error::invalid_type(de::Unexpected::Map, &self));
        };
        attachments::get(number)
            .map(Bytes)
            .ok_or_else(|| de::Error::custom(format_args!("attachment {number} is missing")))
    }
}

enum Key {
    Placeholder,
    Num,
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(KeyVisitor)
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Key, E> {
        Ok(match key {
            "_placeholder" => Key::Placeholder,
            "num" => Key::Num,
            _ => Key::Other,
        })
    }
}

/// Serde's own bytes, outside a packet.
struct BytesVisitor;

impl<'de> Visitor<'de> for BytesVisitor {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
        #[cfg(feature = "msgpack")]
        return Ok(Bytes(attachments::share(bytes)));
        #[cfg(not(feature = "msgpack"))]
        Ok(Bytes::copy_from_slice(bytes))
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
        Ok(bytes.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Bytes, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = seq.next_element()? {
            bytes.push(byte);
        }
        Ok(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_a_packet_bytes_survive_json() {
        let json = serde_json::to_string(&Bytes::from(vec![0, 255])).expect("it has no map keys");
        assert_eq!(json, "[0,255]");
        assert_eq!(
            serde_json::from_str::<Bytes>(&json).expect("just written"),
            [0, 255][..].to_vec().into()
        );
    }
}
