//! What a test server asks of payloads, beyond what their users do. The generated code of its side
//! uses these instead of the traits that they stand for, so that a type that only clients send, or
//! only servers, is told why it has to be more now.
//!
//! Must not know: how payloads are written and read.

use std::marker::PhantomData;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    client::{self, Ack},
    error::PayloadError,
    payload::{self, Arguments, PacketWriter},
    schema,
};

/// An argument that a test server sends.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent by a test server",
    label = "this event argument is not serialisable",
    note = "with the option `testing`, tests send what clients receive: add `#[derive(serde::Serialize)]` to the type"
)]
pub trait EmitArgument {
    #[doc(hidden)]
    fn required(&self, packet: &mut PacketWriter);

    #[doc(hidden)]
    fn optional(argument: Option<&Self>, packet: &mut PacketWriter);
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> EmitArgument for T {
    fn required(&self, packet: &mut PacketWriter) {
        payload::EmitArgument::required(self, packet);
    }

    fn optional(argument: Option<&Self>, packet: &mut PacketWriter) {
        payload::EmitArgument::optional(argument, packet);
    }
}

/// An argument that a test server receives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be received by a test server",
    label = "this event argument is not deserialisable",
    note = "with the option `testing`, tests receive what clients send: add `#[derive(serde::Deserialize)]` to the type"
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
        payload::ReceiveArgument::required(arguments)
    }

    fn optional(arguments: &mut Arguments<'_>) -> Result<Option<Self>, PayloadError> {
        payload::ReceiveArgument::optional(arguments)
    }

    fn rest(arguments: &mut Arguments<'_>) -> Result<Vec<Self>, PayloadError> {
        payload::ReceiveArgument::rest(arguments)
    }
}

/// An answer `A` that a test server sends.
#[diagnostic::on_unimplemented(
    message = "`{A}` cannot be answered by a test server",
    label = "this acknowledgement is not serialisable",
    note = "with the option `testing`, tests answer what clients are answered: add `#[derive(serde::Serialize)]` to the type of each value"
)]
pub trait AckEncode<A> {
    #[doc(hidden)]
    fn write(answer: &A, packet: &mut PacketWriter);
}

#[diagnostic::do_not_recommend]
impl<C: schema::AckEncode<A>, A> AckEncode<A> for C {
    fn write(answer: &A, packet: &mut PacketWriter) {
        <C as schema::AckEncode<A>>::write(answer, packet);
    }
}

/// An answer `A`, of a good value `T` or an error `E`, that a test server receives. The types are no
/// associated ones: the compiler would look for them, and complain, behind this trait's back.
#[diagnostic::on_unimplemented(
    message = "`{A}` cannot be an answer to a test server",
    label = "this acknowledgement is not deserialisable",
    note = "with the option `testing`, tests receive what clients answer: add `#[derive(serde::Deserialize)]` to the type of each value"
)]
pub trait AckDecode<A, T, E> {
    #[doc(hidden)]
    fn send(emission: client::Emission<'_>) -> Ack<T, E>;
}

#[diagnostic::do_not_recommend]
impl<C: schema::AckDecode<A, Ok = T, Err = E>, A, T, E> AckDecode<A, T, E> for C {
    fn send(emission: client::Emission<'_>) -> Ack<T, E> {
        emission.send_with_ack::<C, A>()
    }
}

/// Sends what test servers emit with ack.
#[derive(Debug)]
pub struct Emission<T, E>(PhantomData<fn() -> Ack<T, E>>);

impl<T, E> Emission<T, E> {
    #[doc(hidden)]
    pub fn send_with_ack<C: AckDecode<A, T, E>, A>(emission: client::Emission<'_>) -> Ack<T, E> {
        C::send(emission)
    }
}
