//! Lists of values whose types are known to the caller alone: the arguments and answers of events
//! that no schema declares.
//!
//! Must not know: packets' syntax, connections.

use super::{Arguments, EmitArgument, PacketWriter, ReceiveArgument};
use crate::error::PayloadError;

/// The arguments of an event, or the values of an answer, that no schema declares: a tuple of up
/// to eight, each of which implements [`Serialize`](serde::Serialize), or a slice, array or
/// [`Vec`] for as many values as there are.
///
/// One value is a tuple too, `(value,)`, and no value is `()`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of values for a Socket.IO event",
    label = "expected a tuple of values that implement `serde::Serialize`",
    note = "the values of an event are a tuple: `(value,)` for one, `()` for none; or a slice",
    note = "each value must implement `serde::Serialize`; for raw bytes use `socketio_runtime::Bytes`"
)]
pub trait EmitValues {
    #[doc(hidden)]
    fn write(&self, packet: &mut PacketWriter);
}

/// Values that can be read from an event, or from an answer, that no schema declares: a tuple of
/// up to eight, each of which implements [`DeserializeOwned`](serde::de::DeserializeOwned), or a
/// [`Vec`] of all values.
///
/// One value is a tuple too, `(value,)`. A value that is not there is `None` to an `Option`, and
/// values after the last one are ignored, as in a schema.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of values that a Socket.IO event can be read as",
    label = "expected a tuple of values that implement `serde::Deserialize`",
    note = "the values of an event are a tuple: `(value,)` for one; or a `Vec` of all of them",
    note = "each value must implement `serde::Deserialize` and own its data; raw bytes are `socketio_runtime::Bytes`"
)]
pub trait ReceiveValues: Sized {
    #[doc(hidden)]
    fn read(arguments: &mut Arguments<'_>) -> Result<Self, PayloadError>;
}

#[diagnostic::do_not_recommend]
impl<T: EmitArgument> EmitValues for [T] {
    fn write(&self, packet: &mut PacketWriter) {
        for value in self {
            value.required(packet);
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: EmitArgument, const N: usize> EmitValues for [T; N] {
    fn write(&self, packet: &mut PacketWriter) {
        self.as_slice().write(packet);
    }
}

#[diagnostic::do_not_recommend]
impl<T: EmitArgument> EmitValues for Vec<T> {
    fn write(&self, packet: &mut PacketWriter) {
        self.as_slice().write(packet);
    }
}

#[diagnostic::do_not_recommend]
impl<V: EmitValues + ?Sized> EmitValues for &V {
    fn write(&self, packet: &mut PacketWriter) {
        V::write(self, packet);
    }
}

#[diagnostic::do_not_recommend]
impl<T: ReceiveArgument> ReceiveValues for Vec<T> {
    fn read(arguments: &mut Arguments<'_>) -> Result<Self, PayloadError> {
        T::rest(arguments)
    }
}

macro_rules! tuples {
    ($($name:ident),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: EmitArgument),*> EmitValues for ($($name,)*) {
            #[allow(
                non_snake_case,
                unused_variables,
                clippy::allow_attributes,
                reason = "the type parameters name the elements, and the empty tuple has none"
            )]
            fn write(&self, packet: &mut PacketWriter) {
                let ($($name,)*) = self;
                $($name.required(packet);)*
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: ReceiveArgument),*> ReceiveValues for ($($name,)*) {
            #[allow(unused_variables, clippy::allow_attributes, reason = "the empty tuple has none")]
            fn read(arguments: &mut Arguments<'_>) -> Result<Self, PayloadError> {
                Ok(($($name::required(arguments)?,)*))
            }
        }
    };
}

tuples!();
tuples!(A);
tuples!(A, B);
tuples!(A, B, C);
tuples!(A, B, C, D);
tuples!(A, B, C, D, E);
tuples!(A, B, C, D, E, F);
tuples!(A, B, C, D, E, F, G);
tuples!(A, B, C, D, E, F, G, H);
