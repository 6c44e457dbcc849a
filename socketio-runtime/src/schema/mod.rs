//! What a schema is to the runtime: the traits that the macros implement, and the facts about
//! each event.
//!
//! The model is role-neutral. A schema says in which direction its events travel; which of the
//! two sides a macro implements for it, [`Emits`] or [`Listens`], depends on who uses it. A
//! client listens to server-to-client events and emits client-to-server events; for its tests, a
//! schema with the option `testing` has both sides. Which way its events travel is then said by
//! [`SentByServer`] and [`SentByClient`].

// Must not know: connections, packets.

mod ack;
mod auth;
mod contract;
mod descriptor;
mod event_table;
mod example;
#[cfg(feature = "json-schema")]
mod export;
mod handler;
mod none;
mod reception;
#[cfg(not(feature = "json-schema"))]
mod unexported;
mod untyped;
mod when_testing;

#[cfg(feature = "typescript")]
pub use self::export::ExportTypeScript;
#[cfg(feature = "json-schema")]
pub use self::export::{
    AnyValue, EventTypes, Export, ExportJsonSchema, ExportNamespace, ExportedType,
};
pub use self::{
    ack::{AckDecode, AckEncode, ErrorFirst, Value, Values, no_answer},
    auth::{AnyAuth, AuthFuture, AuthOutput, AuthPayload, AuthProvider, AuthSource},
    contract::{
        Dispatch, Emits, EmittedIn, HandledBy, ListenedIn, Listens, Namespace, Schema,
        SentByClient, SentByServer,
    },
    descriptor::{
        AckDescriptor, ArgumentDescriptor, ArgumentKind, Direction, EventDescriptor,
        NamespaceDescriptor, SchemaDescriptor,
    },
    event_table::EventTable,
    example::{ExampleValue, Rewrite, check_example},
    handler::{AnswerOutput, HandlerOutput},
    none::NoEvents,
    reception::Reception,
    untyped::Untyped,
};
pub use crate::client::{UntypedEmit, UntypedOn, UntypedOnce, UntypedStream};
pub use crate::payload::{EmitArgument, EmitValues, ReceiveArgument, ReceiveValues};
