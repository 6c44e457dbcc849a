//! What a socket has to emit and to hear events whose names are known at run time only.
//!
//! Must not know: the connection's task, where values stand in a packet.

use std::{convert::Infallible, sync::Arc};

use super::{Ack, AnyAnswer, Emitter, EventStream, Listener, Once, Registrar};
use crate::{
    codec::{EventName, is_reserved},
    driver::{AnyEvent, Subject},
    error::EmitError,
    payload::{EmitValues, PacketWriter},
    schema::{AckDescriptor, AnswerOutput, EventDescriptor, HandlerOutput},
};

/// Emits events of any name: [`emit`](crate::Socket::emit) and
/// [`volatile`](crate::Socket::volatile) of an [`Untyped`](crate::Untyped) socket.
#[derive(Debug, Clone, Copy)]
pub struct UntypedEmit<'s>(Emitter<'s>);

impl<'s> UntypedEmit<'s> {
    pub(crate) fn new(emitter: Emitter<'s>) -> Self {
        Self(emitter)
    }

    /// Emits an event without ack. `arguments` is a tuple, or a slice or [`Vec`] for as many as
    /// there are; [`Bytes`](crate::Bytes) anywhere in them travel as binary data.
    ///
    /// # Errors
    /// When the event is not accepted for sending, as a declared one; and when its name is one
    /// that Socket.IO keeps for itself.
    pub fn event(self, name: &str, arguments: impl EmitValues) -> Result<(), EmitError> {
        let mut emission = self.0.begin_named(checked(name)?, &EVENT);
        arguments.write(emission.writer());
        emission.send()
    }

    /// Emits an event with ack. The answer is decoded when, and as what, it is asked for.
    ///
    /// One that is [retried](crate::EmitOptions::retries) is the same at each try, so that an
    /// argument that no other emit has can tell the server of a repetition.
    pub fn event_with_ack(
        self,
        name: &str,
        arguments: impl EmitValues,
    ) -> Ack<AnyAnswer, Infallible> {
        let name = match checked(name) {
            Ok(name) => name,
            Err(error) => return Ack::rejected(error),
        };
        let mut emission = self.0.begin_named(name, &EVENT_WITH_ACK);
        arguments.write(emission.writer());
        emission.send_for(|answer| Ok(Ok(answer)))
    }
}

/// Registers listeners of events of any name: [`on`](crate::Socket::on) of an
/// [`Untyped`](crate::Untyped) socket.
#[derive(Debug, Clone, Copy)]
pub struct UntypedOn<'s>(Registrar<'s>);

impl<'s> UntypedOn<'s> {
    pub(crate) fn new(registrar: Registrar<'s>) -> Self {
        Self(registrar)
    }

    /// Registers a listener that answers nothing: a closure, `|event| async move {}` or an async
    /// closure.
    pub fn event<F, R, M>(self, name: &str, listener: F) -> Listener
    where
        F: FnMut(AnyEvent) -> R + Send + 'static,
        R: HandlerOutput<(), M> + Send + 'static,
        M: 'static,
    {
        self.0.watch(subject(name), listener)
    }

    /// Registers a listener whose output, a tuple of values or a `Send` future of one, answers the
    /// event. Of several for one event, the one that was registered last is called.
    pub fn event_with_ack<F, R, M>(self, name: &str, mut listener: F) -> Listener
    where
        F: FnMut(AnyEvent) -> R + Send + 'static,
        R: AnswerOutput<M> + Send + 'static,
        M: 'static,
    {
        let write: fn(&R::Answer, &mut PacketWriter) = R::Answer::write;
        let call = move |event: &AnyEvent| Ok(listener(event.clone()));
        self.0.listen(subject(name), true, write, call)
    }
}

/// Waits for the next event of any name: [`once`](crate::Socket::once) of an
/// [`Untyped`](crate::Untyped) socket.
#[derive(Debug, Clone, Copy)]
pub struct UntypedOnce<'s>(Registrar<'s>);

impl<'s> UntypedOnce<'s> {
    pub(crate) fn new(registrar: Registrar<'s>) -> Self {
        Self(registrar)
    }

    /// The next event of this name.
    pub fn event(self, name: &str) -> Once<AnyEvent> {
        let name = Arc::<str>::from(name);
        let stream = self.0.watch_stream(Subject::Named(Arc::clone(&name)));
        Once::new(stream, EventName::Shared(name))
    }
}

/// Opens streams of events of any name: [`stream`](crate::Socket::stream) of an
/// [`Untyped`](crate::Untyped) socket.
#[derive(Debug, Clone, Copy)]
pub struct UntypedStream<'s>(Registrar<'s>);

impl<'s> UntypedStream<'s> {
    pub(crate) fn new(registrar: Registrar<'s>) -> Self {
        Self(registrar)
    }

    /// A stream of the events of this name. It only watches.
    pub fn event(self, name: &str) -> EventStream<AnyEvent> {
        self.0.watch_stream(subject(name))
    }
}

fn checked(name: &str) -> Result<EventName, EmitError> {
    if is_reserved(name) {
        return Err(EmitError::ReservedName { event: name.to_owned() });
    }
    Ok(EventName::Shared(name.into()))
}

fn subject(name: &str) -> Subject {
    if is_reserved(name) {
        // As in JavaScript, where it would tell of the connection.
        tracing::warn!(event = name, "this event never comes: see the socket's lifecycle");
    }
    Subject::Named(name.into())
}

/// How an event is sent of which nothing is declared.
static EVENT: EventDescriptor = EventDescriptor::new(0, 0, "", "", "", &[]);

static EVENT_WITH_ACK: EventDescriptor =
    EventDescriptor::new(0, 0, "", "", "", &[]).ack(AckDescriptor::Values(&[]));
