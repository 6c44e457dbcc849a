//! The receiving half that generated listener methods drive.
//!
//! Must not know: the connection's task.

use std::{future::Future, marker::PhantomData};

use crate::{
    error::PayloadError,
    payload::Arguments,
    schema::{AckEncode, EventDescriptor, HandlerOutput},
};

/// A registered listener.
#[derive(Debug)]
pub struct Listener(());

/// The next event.
#[derive(Debug)]
pub struct Once<T>(PhantomData<T>);

/// A stream of events.
#[derive(Debug)]
pub struct EventStream<T>(PhantomData<T>);

/// Registers listeners on a socket.
#[derive(Debug, Clone, Copy)]
pub struct Registrar<'s>(PhantomData<&'s ()>);

impl Registrar<'_> {
    #[doc(hidden)]
    pub fn on<C, A, R, M>(
        &self,
        _event: &'static EventDescriptor,
        _call: impl FnMut(&mut Arguments<'_>) -> Result<R, PayloadError> + Send + 'static,
    ) -> Listener
    where
        C: AckEncode<A>,
        R: HandlerOutput<A, M> + Send + 'static,
    {
        todo!()
    }

    #[doc(hidden)]
    #[must_use]
    pub fn once<T>(
        &self,
        _event: &'static EventDescriptor,
        _decode: fn(&mut Arguments<'_>) -> Result<T, PayloadError>,
    ) -> Once<T> {
        todo!()
    }

    #[doc(hidden)]
    #[must_use]
    pub fn stream<T>(
        &self,
        _event: &'static EventDescriptor,
        _decode: fn(&mut Arguments<'_>) -> Result<T, PayloadError>,
    ) -> EventStream<T> {
        todo!()
    }

    #[doc(hidden)]
    pub fn handle<F>(&self, _run: impl FnOnce(Inbox) -> F) -> Listener
    where
        F: Future<Output = ()> + Send + 'static,
    {
        todo!()
    }
}

/// The events of one handler, in order.
#[derive(Debug)]
pub struct Inbox(());

impl Inbox {
    #[doc(hidden)]
    pub async fn next(&mut self) -> Option<Incoming> {
        todo!()
    }
}

/// One event for a handler.
#[derive(Debug)]
pub struct Incoming(());

impl Incoming {
    #[doc(hidden)]
    #[must_use]
    pub fn descriptor(&self) -> &'static EventDescriptor {
        todo!()
    }

    /// The arguments; `None`, and a report, if they do not fit.
    #[doc(hidden)]
    #[must_use]
    pub fn read<T>(&self, _decode: fn(&mut Arguments<'_>) -> Result<T, PayloadError>) -> Option<T> {
        todo!()
    }

    /// Runs the handler and answers with its output, if the server asked for one.
    #[doc(hidden)]
    pub async fn answer<C: AckEncode<A>, A>(self, _handler: impl Future<Output = A> + Send) {
        todo!()
    }
}
