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

/// The view of a schema without events: it has no methods.
#[derive(Debug, Clone, Copy)]
#[expect(unnameable_types, reason = "there is nothing to do with it")]
pub struct NoMethods;

impl Schema for NoEvents {
    // No event travels, so either direction is as true as the other.
    const DESCRIPTOR: SchemaDescriptor =
        SchemaDescriptor::new("NoEvents", Direction::ServerToClient);
}

#[diagnostic::do_not_recommend]
impl Emits for NoEvents {
    type Emit<'s> = NoMethods;

    fn emit(_: Emitter<'_>) -> NoMethods {
        NoMethods
    }
}

#[diagnostic::do_not_recommend]
impl Listens for NoEvents {
    type On<'s> = NoMethods;
    type Once<'s> = NoMethods;
    type Stream<'s> = NoMethods;
    type Event = Infallible;

    fn on(_: Registrar<'_>) -> NoMethods {
        NoMethods
    }

    fn once(_: Registrar<'_>) -> NoMethods {
        NoMethods
    }

    fn stream(_: Registrar<'_>) -> NoMethods {
        NoMethods
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
