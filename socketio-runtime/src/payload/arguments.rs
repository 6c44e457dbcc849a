//! Reads the arguments of an event or the values of an answer from the packet's text.
//!
//! Must not know: listeners, connections.

use bytes::Bytes;
use serde::{
    Deserializer,
    de::{self, DeserializeOwned, Visitor},
    forward_to_deserialize_any,
};

use super::attachments;
use crate::{
    codec::Values,
    error::{ArgumentPosition, PayloadError, PayloadSubject},
};

/// A type that can be received as an argument of an event or as an answer: everything that
/// implements [`DeserializeOwned`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be received as a Socket.IO event argument",
    label = "this event argument is not deserialisable",
    note = "event arguments must implement `serde::Deserialize` and own their data: add `#[derive(serde::Deserialize)]` to the type",
    note = "for raw bytes use `socketio_runtime::Bytes`, which is received as a binary attachment"
)]
pub trait ReceiveArgument: Sized {
    #[doc(hidden)]
    fn required(arguments: &mut Arguments<'_>) -> Result<Self, PayloadError>;

    #[doc(hidden)]
    fn optional(arguments: &mut Arguments<'_>) -> Result<Option<Self>, PayloadError>;

    #[doc(hidden)]
    fn rest(arguments: &mut Arguments<'_>) -> Result<Vec<Self>, PayloadError>;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> ReceiveArgument for T {
    fn required(arguments: &mut Arguments<'_>) -> Result<Self, PayloadError> {
        match arguments.next() {
            Some(value) => value,
            // A JavaScript peer leaves `undefined` out, and `callback()` answers with no value
            // at all: that is a value to an `Option` and to `()`, as serde's missing fields are.
            None => T::deserialize(Missing).map_err(|_| arguments.missing()),
        }
    }

    fn optional(arguments: &mut Arguments<'_>) -> Result<Option<Self>, PayloadError> {
        arguments.next::<Option<T>>().transpose().map(Option::flatten)
    }

    fn rest(arguments: &mut Arguments<'_>) -> Result<Vec<Self>, PayloadError> {
        std::iter::from_fn(|| arguments.next()).collect()
    }
}

/// The values of one packet, read one after the other straight from its text.
///
/// Values after the last declared one are ignored, as a JavaScript listener ignores arguments
/// that it does not name, so that a server can add one.
#[derive(Debug)]
pub struct Arguments<'a> {
    source: EventSource<'a>,
    /// What has not been read, from the comma or bracket that ends the value before.
    rest: &'a str,
    index: usize,
    is_first: bool,
}

/// Where a list of values comes from, for reading and for error messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventSource<'a> {
    pub(crate) subject: PayloadSubject,
    pub(crate) event: &'a str,
    /// The names of the arguments, where a schema gives them.
    pub(crate) names: &'a [&'static str],
    pub(crate) values: Values<'a>,
    pub(crate) attachments: &'a [Bytes],
}

impl<'a> Arguments<'a> {
    /// `is_first`: no value stands before these, so that the first one has no comma.
    pub(crate) fn new(source: EventSource<'a>, is_first: bool) -> Self {
        let Values::Json { text, .. } = source.values;
        Self { source, rest: text, index: 0, is_first }
    }

    /// Checks what follows the declared values.
    ///
    /// # Errors
    /// When the list does not go on with `,` or end with `]`.
    #[doc(hidden)]
    pub fn end(&mut self) -> Result<(), PayloadError> {
        let Values::Json { is_cut, .. } = self.source.values;
        let end = if is_cut { "" } else { "]" };
        let rest = self.rest.trim_ascii_start();
        if rest.trim_ascii_end() == end || rest.starts_with(',') || self.is_first {
            return Ok(());
        }
        Err(self.error(None, "", "the JSON array does not end properly"))
    }

    /// The next value, or `None` at the end of the list.
    fn next<T: DeserializeOwned>(&mut self) -> Option<Result<T, PayloadError>> {
        let rest = self.rest.trim_ascii_start();
        let text = match rest.strip_prefix(',') {
            Some(text) if !self.is_first => text,
            None if self.is_first && !rest.starts_with(']') => rest,
            _ => return None,
        };
        self.is_first = false;
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<T>();
        let result = attachments::provide(self.source.attachments, || values.next());
        let value = match result {
            Some(Ok(value)) => {
                self.rest = &text[values.byte_offset()..];
                self.index += 1;
                Ok(value)
            }
            Some(Err(_)) => Err(self.locate::<T>(text)),
            None => Err(self.missing()),
        };
        Some(value)
    }

    /// Reads a value that did not fit once more, now keeping track of the path: that is too
    /// slow for values that fit.
    fn locate<T: DeserializeOwned>(&self, text: &str) -> PayloadError {
        let mut json = serde_json::Deserializer::from_str(text);
        let result = attachments::provide(self.source.attachments, || {
            serde_path_to_error::deserialize::<_, T>(&mut json)
        });
        let (path, reason) = match result {
            Err(error) => {
                let path = error.path().to_string();
                (if path == "." { String::new() } else { path }, error.into_inner().to_string())
            }
            // The value itself is fine, so what follows it is not.
            Ok(_) => (String::new(), "the JSON array does not go on properly".to_owned()),
        };
        // serde_json counts from the start of the value, in a text the user never sees.
        let reason = reason.rsplit_once(" at line ").map_or(&*reason, |(reason, _)| reason);
        self.error(Some(self.index), &path, reason)
    }

    fn missing(&self) -> PayloadError {
        self.error(Some(self.index), "", "it is missing")
    }

    fn error(&self, index: Option<usize>, path: &str, reason: &str) -> PayloadError {
        PayloadError {
            subject: self.source.subject,
            event: self.source.event.to_owned(),
            argument: index.map(|index| ArgumentPosition {
                index,
                name: self.source.names.get(index).copied(),
            }),
            path: path.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

/// The value that is not there.
struct Missing;

impl<'de> Deserializer<'de> for Missing {
    type Error = de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(de::Error::custom("missing"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_none()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
