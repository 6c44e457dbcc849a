//! Reads all values of an event, each by a function of its own type: `serde_json` is instantiated
//! once for a type, not once for an event.
//!
//! Must not know: where values stand in a packet.

use super::Arguments;
use crate::error::PayloadError;

/// Reads one argument.
type Read<T> = fn(&mut Arguments<'_>) -> Result<T, PayloadError>;

/// Reads all arguments of an event.
pub trait ReadAll<T>: Send + Sync {
    #[doc(hidden)]
    fn read_all(&self, arguments: &mut Arguments<'_>) -> Result<T, PayloadError>;
}

impl<T, R: ReadAll<T> + ?Sized> ReadAll<T> for &R {
    fn read_all(&self, arguments: &mut Arguments<'_>) -> Result<T, PayloadError> {
        R::read_all(self, arguments)
    }
}

/// One argument; or all of them, by a function of the event's own, where it has more than there are
/// functions here.
impl<T> ReadAll<T> for (Read<T>,) {
    fn read_all(&self, arguments: &mut Arguments<'_>) -> Result<T, PayloadError> {
        let value = self.0(arguments)?;
        arguments.end()?;
        Ok(value)
    }
}

/// An event without arguments.
#[derive(Debug)]
pub struct ReadNone;

impl ReadAll<()> for ReadNone {
    fn read_all(&self, arguments: &mut Arguments<'_>) -> Result<(), PayloadError> {
        arguments.end()
    }
}

#[doc(hidden)]
#[must_use]
pub const fn read0() -> ReadNone {
    ReadNone
}

#[doc(hidden)]
#[must_use]
pub const fn read1<T>(value: Read<T>) -> (Read<T>,) {
    (value,)
}

macro_rules! read_all {
    ($($function:ident($($name:ident: $ty:ident),*);)*) => {$(
        impl<$($ty),*> ReadAll<($($ty),*)> for ($(Read<$ty>),*) {
            #[allow(
                non_snake_case,
                clippy::allow_attributes,
                reason = "the type parameters name the elements"
            )]
            fn read_all(&self, arguments: &mut Arguments<'_>) -> Result<($($ty),*), PayloadError> {
                let ($($name),*) = self;
                let values = ($($name(arguments)?),*);
                arguments.end()?;
                Ok(values)
            }
        }

        #[doc(hidden)]
        #[must_use]
        pub const fn $function<$($ty),*>($($name: Read<$ty>),*) -> ($(Read<$ty>),*) {
            ($($name),*)
        }
    )*};
}

read_all! {
    read2(a: A, b: B);
    read3(a: A, b: B, c: C);
    read4(a: A, b: B, c: C, d: D);
    read5(a: A, b: B, c: C, d: D, e: E);
    read6(a: A, b: B, c: C, d: D, e: E, f: F);
    read7(a: A, b: B, c: C, d: D, e: E, f: F, g: G);
}
