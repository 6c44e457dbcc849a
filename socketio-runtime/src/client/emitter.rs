//! The sending half that generated emit methods drive.
//!
//! Must not know: the connection's task.

use std::marker::PhantomData;

use super::Ack;
use crate::{
    error::EmitError,
    payload::PacketWriter,
    schema::{AckDecode, EventDescriptor},
};

/// Begins emits on a socket.
#[derive(Debug, Clone, Copy)]
pub struct Emitter<'s>(PhantomData<&'s ()>);

impl<'s> Emitter<'s> {
    #[doc(hidden)]
    #[must_use]
    pub fn begin(&self, _event: &'static EventDescriptor) -> Emission<'s> {
        todo!()
    }
}

/// One emit, while its arguments are written.
#[derive(Debug)]
pub struct Emission<'s> {
    writer: PacketWriter,
    _socket: PhantomData<&'s ()>,
}

impl Emission<'_> {
    #[doc(hidden)]
    pub fn writer(&mut self) -> &mut PacketWriter {
        &mut self.writer
    }

    #[doc(hidden)]
    #[expect(clippy::missing_errors_doc)]
    pub fn send(self) -> Result<(), EmitError> {
        todo!()
    }

    #[doc(hidden)]
    pub fn send_with_ack<C: AckDecode<A>, A>(self) -> Ack<C::Ok, C::Err> {
        todo!()
    }
}
