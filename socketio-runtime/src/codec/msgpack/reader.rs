//! Walks through msgpack, from length to length.
//!
//! Must not know: what the values are for.

use crate::codec::DecodeError;

/// What a value begins with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Head {
    Nil,
    Bool(bool),
    Unsigned(u64),
    /// Below zero.
    Signed(i64),
    Float(f64),
    /// Length in bytes.
    Str(usize),
    Bin(usize),
    /// Number of elements.
    Array(u32),
    /// Number of entries.
    Map(u32),
    Ext {
        tag: i8,
        length: usize,
        /// Whether the length stands in the first byte: the reference tells a date from an array
        /// of eight bytes by that.
        is_fixed: bool,
    },
}

#[derive(Debug, Clone)]
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    pub(super) at: usize,
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn head(&mut self) -> Result<Head, DecodeError> {
        let at = self.at;
        let byte = self.take(1)?[0];
        Ok(match byte {
            0x00..=0x7f => Head::Unsigned(byte.into()),
            0x80..=0x8f => Head::Map((byte & 0x0f).into()),
            0x90..=0x9f => Head::Array((byte & 0x0f).into()),
            0xa0..=0xbf => Head::Str((byte & 0x1f).into()),
            0xc0 => Head::Nil,
            0xc1 => return Err(DecodeError::InvalidMsgpack { at, expected: "a type in use" }),
            0xc2 | 0xc3 => Head::Bool(byte == 0xc3),
            0xc4..=0xc6 => Head::Bin(self.length(1 << (byte - 0xc4))?),
            0xc7..=0xc9 => self.extension(None, 1 << (byte - 0xc7))?,
            0xca => Head::Float(f32::from_be_bytes(self.array()?).into()),
            0xcb => Head::Float(f64::from_be_bytes(self.array()?)),
            0xcc..=0xcf => Head::Unsigned(self.unsigned(1 << (byte - 0xcc))?),
            0xd0 => signed(i8::from_be_bytes(self.array()?).into()),
            0xd1 => signed(i16::from_be_bytes(self.array()?).into()),
            0xd2 => signed(i32::from_be_bytes(self.array()?).into()),
            0xd3 => signed(i64::from_be_bytes(self.array()?)),
            0xd4..=0xd8 => self.extension(Some(1 << (byte - 0xd4)), 0)?,
            0xd9..=0xdb => Head::Str(self.length(1 << (byte - 0xd9))?),
            0xdc => Head::Array(u16::from_be_bytes(self.array()?).into()),
            0xdd => Head::Array(u32::from_be_bytes(self.array()?)),
            0xde => Head::Map(u16::from_be_bytes(self.array()?).into()),
            0xdf => Head::Map(u32::from_be_bytes(self.array()?)),
            0xe0..=0xff => Head::Signed(i8::from_be_bytes([byte]).into()),
        })
    }

    /// The content of a string, binary data or an extension.
    pub(super) fn take(&mut self, length: usize) -> Result<&'b [u8], DecodeError> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or(DecodeError::InvalidMsgpack { at: self.at, expected: "more bytes" })?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// A string, if the next value is one.
    pub(super) fn string(&mut self) -> Result<Option<&'b str>, DecodeError> {
        let at = self.at;
        let Head::Str(length) = self.head()? else {
            self.at = at;
            return Ok(None);
        };
        let text = std::str::from_utf8(self.take(length)?);
        Ok(Some(text.map_err(|_| DecodeError::InvalidMsgpack { at, expected: "UTF-8" })?))
    }

    /// Passes over a value, however deep it is nested; whether it has an extension type.
    pub(super) fn skip(&mut self) -> Result<bool, DecodeError> {
        let (mut pending, mut has_extension) = (1_u64, false);
        while pending > 0 {
            pending -= 1;
            let at = self.at;
            match self.head()? {
                Head::Str(length) | Head::Bin(length) => drop(self.take(length)?),
                Head::Ext { length, .. } => {
                    has_extension = true;
                    self.take(length)?;
                }
                Head::Array(count) => pending += u64::from(count),
                Head::Map(count) => pending += 2 * u64::from(count),
                _ => {}
            }
            if pending > self.rest().len() as u64 {
                return Err(DecodeError::InvalidMsgpack { at, expected: "as much as it says" });
            }
        }
        Ok(has_extension)
    }

    /// Whether the next value is what the reference writes for `undefined`.
    pub(super) fn is_undefined(&self) -> bool {
        self.rest().starts_with(&UNDEFINED)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    /// From a place before to here.
    pub(super) fn since(&self, start: usize) -> &'b [u8] {
        &self.bytes[start..self.at]
    }

    fn rest(&self) -> &'b [u8] {
        &self.bytes[self.at..]
    }

    fn extension(&mut self, fixed: Option<usize>, size: usize) -> Result<Head, DecodeError> {
        let length = fixed.map_or_else(|| self.length(size), Ok)?;
        let [tag] = self.array()?;
        Ok(Head::Ext { tag: i8::from_be_bytes([tag]), length, is_fixed: fixed.is_some() })
    }

    fn length(&mut self, size: usize) -> Result<usize, DecodeError> {
        // What does not fit is more than there is.
        Ok(usize::try_from(self.unsigned(size)?).unwrap_or(usize::MAX))
    }

    /// A number of one, two, four or eight bytes.
    fn unsigned(&mut self, size: usize) -> Result<u64, DecodeError> {
        let digits = self.take(size)?.iter();
        Ok(digits.fold(0, |number, digit| (number << 8) | u64::from(*digit)))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        Ok(self.take(N)?.try_into().expect("as many as were taken"))
    }
}

/// The first value and what follows it; `None` if there is no whole one.
pub(crate) fn split_value(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut reader = Reader::new(bytes);
    reader.skip().ok()?;
    Some(bytes.split_at(reader.at))
}

fn signed(number: i64) -> Head {
    u64::try_from(number).map_or(Head::Signed(number), Head::Unsigned)
}

/// An extension of type 0 with one byte, 0.
const UNDEFINED: [u8; 3] = [0xd4, 0, 0];
