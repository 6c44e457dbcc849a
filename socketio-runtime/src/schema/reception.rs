//! How an event is received: one constant an event, for all ways of receiving it.
//!
//! Must not know: listeners, connections.

use std::{any, fmt};

use super::{EventDescriptor, no_answer};
use crate::{
    error::PayloadError,
    payload::{Arguments, PacketWriter, ReadAll},
};

/// How an event is received: `T` is what its arguments are read into, the single value itself or a
/// tuple of several, and `A` what is answered.
pub struct Reception<T: 'static, A: 'static = ()> {
    #[doc(hidden)]
    pub event: EventDescriptor,
    pub(crate) read: &'static dyn ReadAll<T>,
    pub(crate) write: fn(&A, &mut PacketWriter),
}

impl<T> Reception<T> {
    /// Without an answer.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(event: EventDescriptor, read: &'static dyn ReadAll<T>) -> Self {
        Self { event, read, write: no_answer }
    }
}

impl<T, A> Reception<T, A> {
    #[doc(hidden)]
    #[must_use]
    pub const fn answered(
        event: EventDescriptor,
        read: &'static dyn ReadAll<T>,
        write: fn(&A, &mut PacketWriter),
    ) -> Self {
        Self { event, read, write }
    }

    /// Reads the arguments into something else.
    ///
    /// # Errors
    /// When they do not fit.
    #[doc(hidden)]
    pub fn read<E>(
        &self,
        arguments: &mut Arguments<'_>,
        make: impl FnOnce(T) -> E,
    ) -> Result<E, PayloadError> {
        self.read.read_all(arguments).map(make)
    }
}

impl<T, A> fmt::Debug for Reception<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reception")
            .field("event", &self.event.name)
            .field("arguments", &any::type_name::<T>())
            .finish_non_exhaustive()
    }
}
