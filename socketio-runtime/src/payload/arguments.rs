//! Reads the arguments of an event or the values of an answer straight from the packet.
//!
//! Must not know: listeners, connections.

use bytes::Bytes;
use serde::{
    Deserializer,
    de::{self, DeserializeOwned, IgnoredAny, Visitor},
    forward_to_deserialize_any,
};

use super::attachments;
#[cfg(feature = "msgpack")]
use crate::codec::msgpack;
use crate::{
    codec::Values,
    error::{ArgumentPosition, PayloadError, PayloadSubject, excerpt},
    schema::ArgumentDescriptor,
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

/// The values of one packet, read one after the other straight from it.
///
/// Values after the last declared one are ignored, as a JavaScript listener ignores arguments
/// that it does not name, so that a server can add one.
#[derive(Debug)]
pub struct Arguments<'a> {
    source: EventSource<'a>,
    rest: Rest<'a>,
    index: usize,
}

/// What has not been read.
#[derive(Debug, Clone, Copy)]
enum Rest<'a> {
    Json {
        /// From the comma or bracket that ends the value before.
        text: &'a str,
        is_first: bool,
        is_cut: bool,
    },
    #[cfg(feature = "msgpack")]
    Msgpack { packet: &'a Bytes, bytes: &'a [u8], count: usize },
}

/// Where a list of values comes from, for reading and for error messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventSource<'a> {
    pub(crate) subject: PayloadSubject,
    pub(crate) event: &'a str,
    /// What a schema says of the arguments.
    pub(crate) declared: &'a [ArgumentDescriptor],
    pub(crate) values: Values<'a>,
    pub(crate) attachments: &'a [Bytes],
}

impl<'a> Arguments<'a> {
    /// `is_first`: no value stands before these, so that the first one has no comma.
    pub(crate) fn new(source: EventSource<'a>, is_first: bool) -> Self {
        let rest = match source.values {
            Values::Json { text, is_cut } => Rest::Json { text, is_first, is_cut },
            #[cfg(feature = "msgpack")]
            Values::Msgpack { packet, bytes, count } => Rest::Msgpack { packet, bytes, count },
        };
        Self { source, rest, index: 0 }
    }

    /// Checks what follows the declared values.
    ///
    /// # Errors
    /// When the list does not go on with `,` or end with `]`.
    #[doc(hidden)]
    #[inline]
    pub fn end(&mut self) -> Result<(), PayloadError> {
        let (text, is_first, is_cut) = match self.rest {
            Rest::Json { text, is_first, is_cut } => (text, is_first, is_cut),
            // It was measured when it came.
            #[cfg(feature = "msgpack")]
            Rest::Msgpack { .. } => return Ok(()),
        };
        let end = if is_cut { "" } else { "]" };
        if text == end {
            return Ok(());
        }
        let text = text.trim_ascii();
        // Where nothing was read, a value may stand here that is not asked for.
        let goes_on = match text.chars().next() {
            Some(first) if is_first => first != ',' && first != ']',
            first => first == Some(','),
        };
        if text == end || goes_on {
            return Ok(());
        }
        Err(self.error(None, "", "the JSON array does not end properly"))
    }

    /// The next value, or `None` at the end of the list.
    #[inline]
    fn next<T: DeserializeOwned>(&mut self) -> Option<Result<T, PayloadError>> {
        match self.rest {
            Rest::Json { text, is_first, is_cut } => self.next_json(text, is_first, is_cut),
            #[cfg(feature = "msgpack")]
            Rest::Msgpack { packet, bytes, count } => self.next_msgpack(packet, bytes, count),
        }
    }

    #[inline]
    fn next_json<T: DeserializeOwned>(
        &mut self,
        rest: &'a str,
        is_first: bool,
        is_cut: bool,
    ) -> Option<Result<T, PayloadError>> {
        let rest = rest.trim_ascii_start();
        let text = match rest.strip_prefix(',') {
            Some(text) if !is_first => text,
            None if is_first && !rest.starts_with(']') => rest,
            _ => return None,
        };
        let mut json = serde_json::Deserializer::from_str(text);
        let read = attachments::provide(self.source.attachments, || T::deserialize(&mut json));
        let Ok(value) = read else {
            self.rest = Rest::Json { text, is_first: false, is_cut };
            return Some(Err(self.locate::<T>(text)));
        };
        // A deserializer does not say how far it has come, but a list of values does.
        let end = json.into_iter::<IgnoredAny>().byte_offset();
        self.rest = Rest::Json { text: &text[end..], is_first: false, is_cut };
        self.index += 1;
        Some(Ok(value))
    }

    #[cfg(feature = "msgpack")]
    fn next_msgpack<T: DeserializeOwned>(
        &mut self,
        packet: &'a Bytes,
        bytes: &'a [u8],
        count: usize,
    ) -> Option<Result<T, PayloadError>> {
        let count = count.checked_sub(1)?;
        let (value, bytes) = msgpack::split_value(bytes)?;
        self.rest = Rest::Msgpack { packet, bytes, count };
        let read = attachments::in_place(packet, || {
            let deserializer = rmp_serde::Deserializer::from_read_ref(value);
            let mut deserializer = deserializer.with_human_readable();
            deserializer.set_max_depth(msgpack::MAX_DEPTH);
            T::deserialize(&mut deserializer)
        });
        let read = read.or_else(|error| self.read_as_json(value, &error));
        self.index += usize::from(read.is_ok());
        Some(read)
    }

    /// Reads a value that did not fit once more, as JSON. It is there that a map with numbers as
    /// keys is understood, which JavaScript makes text of; and what does not fit is told in the
    /// same words with both parsers.
    #[cfg(feature = "msgpack")]
    fn read_as_json<T: DeserializeOwned>(
        &self,
        value: &[u8],
        error: &rmp_serde::decode::Error,
    ) -> Result<T, PayloadError> {
        let json = msgpack::to_json(value);
        let json = json.map_err(|_| self.error(Some(self.index), "", &error.to_string()))?;
        attachments::in_place(&Bytes::new(), || {
            let mut json = serde_json::Deserializer::from_str(&json);
            serde_path_to_error::deserialize(&mut json)
        })
        .map_err(|error| self.misfit(&error))
    }

    /// Reads a value that did not fit once more, now keeping track of the path: that is too
    /// slow for values that fit.
    #[cold]
    fn locate<T: DeserializeOwned>(&self, text: &str) -> PayloadError {
        if text.trim_ascii().is_empty() {
            return self.missing();
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let result = attachments::provide(self.source.attachments, || {
            serde_path_to_error::deserialize::<_, T>(&mut json)
        });
        match result {
            Err(error) => self.misfit(&error),
            // The value itself is fine, so what follows it is not.
            Ok(_) => self.error(Some(self.index), "", "the JSON array does not go on properly"),
        }
    }

    fn misfit(&self, error: &serde_path_to_error::Error<serde_json::Error>) -> PayloadError {
        let (path, reason) = (error.path().to_string(), error.inner().to_string());
        // serde_json counts from the start of the value, in a text the user never sees.
        let reason = reason.rsplit_once(" at line ").map_or(&*reason, |(reason, _)| reason);
        self.error(Some(self.index), if path == "." { "" } else { &path }, reason)
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
                name: self.source.declared.get(index).map(|argument| argument.name),
            }),
            path: excerpt(path),
            reason: excerpt(reason),
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
