//! How the values of an acknowledgement stand in its packet. The macros choose one of the
//! forms for each event, from its return type.
//!
//! Must not know: packets' headers, connections.

use std::convert::Infallible;

use crate::{
    error::PayloadError,
    payload::{Arguments, EmitArgument, PacketWriter, ReceiveArgument},
};

/// `-> T`: one value.
#[derive(Debug)]
pub struct Value;

/// `-> (A, B)`, also `-> ()`: each element a value of its own.
#[derive(Debug)]
pub struct Values;

/// `-> Result<T, E>` with `ack = error_first`: `(null, value)` or `(error)`, as Node's
/// callbacks.
#[derive(Debug)]
pub struct ErrorFirst;

/// Writes an answer `A`.
#[diagnostic::on_unimplemented(
    message = "`{A}` cannot be sent as a Socket.IO acknowledgement",
    label = "this acknowledgement is not serialisable",
    note = "each value of an acknowledgement must implement `serde::Serialize`: add `#[derive(serde::Serialize)]` to its type"
)]
pub trait AckEncode<A> {
    #[doc(hidden)]
    fn write(answer: &A, packet: &mut PacketWriter);
}

/// Reads an answer of the declared type `A`.
#[diagnostic::on_unimplemented(
    message = "`{A}` cannot be received as a Socket.IO acknowledgement",
    label = "this acknowledgement is not deserialisable",
    note = "each value of an acknowledgement must implement `serde::Deserialize` and own its data: add `#[derive(serde::Deserialize)]` to its type"
)]
pub trait AckDecode<A> {
    /// The value of a good answer.
    type Ok;
    /// The service's own error.
    type Err;

    #[doc(hidden)]
    fn read(arguments: &mut Arguments<'_>) -> Result<Result<Self::Ok, Self::Err>, PayloadError>;
}

/// The answer to an event without acknowledgement: nothing.
#[doc(hidden)]
pub fn no_answer((): &(), _: &mut PacketWriter) {}

#[diagnostic::do_not_recommend]
impl<A: EmitArgument> AckEncode<A> for Value {
    fn write(answer: &A, packet: &mut PacketWriter) {
        answer.required(packet);
    }
}

#[diagnostic::do_not_recommend]
impl<A: ReceiveArgument> AckDecode<A> for Value {
    type Ok = A;
    type Err = Infallible;

    fn read(arguments: &mut Arguments<'_>) -> Result<Result<A, Infallible>, PayloadError> {
        A::required(arguments).map(Ok)
    }
}

#[diagnostic::do_not_recommend]
impl<T: EmitArgument, E: EmitArgument> AckEncode<Result<T, E>> for ErrorFirst {
    fn write(answer: &Result<T, E>, packet: &mut PacketWriter) {
        match answer {
            Ok(value) => {
                ().required(packet);
                value.required(packet);
            }
            Err(error) => error.required(packet),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: ReceiveArgument, E: ReceiveArgument> AckDecode<Result<T, E>> for ErrorFirst {
    type Ok = T;
    type Err = E;

    fn read(arguments: &mut Arguments<'_>) -> Result<Result<T, E>, PayloadError> {
        match E::optional(arguments)? {
            Some(error) => Ok(Err(error)),
            None => T::required(arguments).map(Ok),
        }
    }
}

macro_rules! values {
    ($($name:ident),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: EmitArgument),*> AckEncode<($($name,)*)> for Values {
            #[allow(
                non_snake_case,
                unused_variables,
                clippy::allow_attributes,
                reason = "the type parameters name the elements, and the empty tuple has none"
            )]
            fn write(($($name,)*): &($($name,)*), packet: &mut PacketWriter) {
                $($name.required(packet);)*
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: ReceiveArgument),*> AckDecode<($($name,)*)> for Values {
            type Ok = ($($name,)*);
            type Err = Infallible;

            #[allow(unused_variables, clippy::allow_attributes, reason = "the empty tuple has none")]
            fn read(arguments: &mut Arguments<'_>) -> Result<Result<Self::Ok, Infallible>, PayloadError> {
                Ok(Ok(($($name::required(arguments)?,)*)))
            }
        }
    };
}

values!();
values!(A);
values!(A, B);
values!(A, B, C);
values!(A, B, C, D);
values!(A, B, C, D, E);
values!(A, B, C, D, E, F);
