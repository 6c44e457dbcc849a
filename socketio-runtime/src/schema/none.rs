//! The schema without events, for the side of a namespace that has none.
//!
//! Must not know: anything of its own.

use std::convert::Infallible;

use super::{
    Direction, Emits, EventDescriptor, Listens, Schema, SchemaDescriptor, SentByClient,
    SentByServer,
};
use crate::{
    client::{Emitter, Registrar},
    error::PayloadError,
    payload::Arguments,
};

/// A schema without events: what a namespace listens to or emits where
/// [`#[namespace]`](crate::namespace) does not say.
#[derive(Debug)]
pub enum NoEvents {}

/// The view of a namespace that emits nothing: it has no methods. The compiler says its name where
/// one is called.
#[derive(Debug, Clone, Copy)]
#[expect(unnameable_types, reason = "there is nothing to do with it")]
pub struct NothingToEmit;

/// The view of a namespace that listens to nothing, likewise.
#[derive(Debug, Clone, Copy)]
#[expect(unnameable_types, reason = "there is nothing to do with it")]
pub struct NothingToListenTo;

impl Schema for NoEvents {
    // No event travels, so either direction is as true as the other.
    const DESCRIPTOR: SchemaDescriptor =
        SchemaDescriptor::new("NoEvents", Direction::ServerToClient);
}

#[diagnostic::do_not_recommend]
impl Emits for NoEvents {
    type Emit<'s> = NothingToEmit;

    fn emit(_: Emitter<'_>) -> NothingToEmit {
        NothingToEmit
    }
}

#[diagnostic::do_not_recommend]
impl Listens for NoEvents {
    type On<'s> = NothingToListenTo;
    type Once<'s> = NothingToListenTo;
    type Stream<'s> = NothingToListenTo;
    type Event = Infallible;

    fn on(_: Registrar<'_>) -> NothingToListenTo {
        NothingToListenTo
    }

    fn once(_: Registrar<'_>) -> NothingToListenTo {
        NothingToListenTo
    }

    fn stream(_: Registrar<'_>) -> NothingToListenTo {
        NothingToListenTo
    }

    fn find(_: &str) -> Option<&'static EventDescriptor> {
        None
    }

    fn decode(
        _: &'static EventDescriptor,
        _: &mut Arguments<'_>,
    ) -> Result<Infallible, PayloadError> {
        unreachable!("`find` finds no event")
    }
}

#[diagnostic::do_not_recommend]
impl SentByServer for NoEvents {
    type This = Self;
}

#[diagnostic::do_not_recommend]
impl SentByClient for NoEvents {
    type This = Self;
}
