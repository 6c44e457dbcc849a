//! The traits that tie a schema, its two sides and a namespace together.
//!
//! Must not know: connections, packets.

use serde::de::DeserializeOwned;

use super::{EventDescriptor, NamespaceDescriptor, SchemaDescriptor};
use crate::{
    client::{Emitter, EventStream, Handling, Incoming, Listener, Registrar},
    error::{ConnectError, PayloadError},
    payload::Arguments,
};

/// A set of events that travel in one direction. Implemented by
/// [`#[server_to_client]`](crate::server_to_client) and
/// [`#[client_to_server]`](crate::client_to_server).
pub trait Schema: 'static {
    /// Everything that is known about the events.
    const DESCRIPTOR: SchemaDescriptor;
}

/// A schema whose events this side sends.
#[diagnostic::on_unimplemented(
    message = "wrong direction: the events of `{Self}` are not sent by the client",
    label = "`emits` takes a `#[client_to_server]` schema",
    note = "a `#[server_to_client]` schema goes in `listens`"
)]
pub trait Emits: Schema {
    /// The emit methods, one an event.
    type Emit<'s>;

    #[doc(hidden)]
    fn emit(emitter: Emitter<'_>) -> Self::Emit<'_>;
}

/// A schema whose events this side receives.
#[diagnostic::on_unimplemented(
    message = "wrong direction: the events of `{Self}` are not sent by the server",
    label = "`listens` takes a `#[server_to_client]` schema",
    note = "a `#[client_to_server]` schema goes in `emits`"
)]
pub trait Listens: Schema {
    /// The methods that register a listener, one an event.
    type On<'s>;
    /// The methods that wait for the next event, one an event.
    type Once<'s>;
    /// The methods that open a stream, one an event.
    type Stream<'s>;
    /// All events as one enum.
    type Event: Send + 'static;

    /// Whether events may come that are not declared.
    #[doc(hidden)]
    const IS_OPEN: bool = false;

    #[doc(hidden)]
    fn on(registrar: Registrar<'_>) -> Self::On<'_>;

    #[doc(hidden)]
    fn once(registrar: Registrar<'_>) -> Self::Once<'_>;

    #[doc(hidden)]
    fn stream(registrar: Registrar<'_>) -> Self::Stream<'_>;

    #[doc(hidden)]
    fn events(registrar: Registrar<'_>) -> EventStream<Self::Event>
    where
        Self: Sized,
    {
        registrar.events::<Self>()
    }

    /// The event with this wire name.
    #[doc(hidden)]
    #[must_use]
    fn find(name: &str) -> Option<&'static EventDescriptor> {
        Self::DESCRIPTOR.find(name)
    }

    #[doc(hidden)]
    fn decode(
        event: &'static EventDescriptor,
        arguments: &mut Arguments<'_>,
    ) -> Result<Self::Event, PayloadError>;
}

/// A schema whose events the server sends, and a client listens to. Implemented by
/// [`#[server_to_client]`](crate::server_to_client). It says the direction, which [`Listens`] does
/// not: for its tests a schema may have both sides.
#[diagnostic::on_unimplemented(
    message = "wrong direction: the events of `{Self}` are not sent by the server",
    label = "`listens` takes a `#[server_to_client]` schema",
    note = "a `#[client_to_server]` schema goes in `emits`"
)]
pub trait SentByServer: Listens {
    /// The schema itself.
    #[doc(hidden)]
    type This: Listens;
}

/// A schema whose events a client sends. Implemented by
/// [`#[client_to_server]`](crate::client_to_server). It says the direction, which [`Emits`] does
/// not: for its tests a schema may have both sides.
#[diagnostic::on_unimplemented(
    message = "wrong direction: the events of `{Self}` are not sent by the client",
    label = "`emits` takes a `#[client_to_server]` schema",
    note = "a `#[server_to_client]` schema goes in `listens`"
)]
pub trait SentByClient: Emits {
    /// The schema itself.
    #[doc(hidden)]
    type This: Emits;
}

/// A schema whose every event `H` handles: `H` implements the schema's handler trait.
#[diagnostic::on_unimplemented(
    message = "`{H}` does not handle the events of `{Self}`",
    label = "`{H}` does not implement `{Self}Handler`",
    note = "each event is a method of that trait: `impl {Self}Handler for {H}`"
)]
pub trait HandledBy<H>: Listens {
    #[doc(hidden)]
    fn handle(registrar: Registrar<'_>, handler: H) -> Listener;
}

/// What the macros implement of [`HandledBy`]. It stands apart because only here an implementation
/// can be kept out of the compiler's explanations.
#[doc(hidden)]
pub trait Dispatch<H>: Listens {
    /// Calls the event's method; the future answers with its output.
    #[doc(hidden)]
    fn dispatch(handler: &mut H, event: Self::Event, incoming: Incoming) -> Handling<'_>;
}

#[diagnostic::do_not_recommend]
impl<S: Dispatch<H>, H: Send + 'static> HandledBy<H> for S {
    fn handle(registrar: Registrar<'_>, handler: H) -> Listener {
        registrar.handle::<S, H>(handler)
    }
}

/// A schema whose events a client listens to in the namespace `N`. Implemented by
/// [`#[namespace]`](crate::namespace), so that a schema's documentation names its namespaces.
pub trait ListenedIn<N: ?Sized> {
    /// The namespace's path.
    const NAMESPACE: &'static str;
}

/// A schema whose events a client emits in the namespace `N`. Implemented by
/// [`#[namespace]`](crate::namespace), so that a schema's documentation names its namespaces.
pub trait EmittedIn<N: ?Sized> {
    /// The namespace's path.
    const NAMESPACE: &'static str;
}

/// A Socket.IO namespace: its path, and which events travel in each direction. Implemented by
/// [`#[namespace]`](crate::namespace).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a Socket.IO namespace",
    label = "not a namespace",
    note = "declare it with `#[namespace(\"/path\", listens = …, emits = …)] pub struct {Self};`"
)]
pub trait Namespace: 'static {
    /// The path, beginning with `/`, unless
    /// [`SocketBuilder::namespace`](crate::SocketBuilder::namespace) gives another.
    const PATH: &'static str;
    /// Everything that is known besides the schemas.
    const DESCRIPTOR: NamespaceDescriptor = NamespaceDescriptor::new("", Self::PATH);
    /// The events that the server sends.
    type Listens: Listens;
    /// The events that the client sends.
    type Emits: Emits;
    /// The payload of the CONNECT packet; [`AnyAuth`](super::AnyAuth) where the schema does not say.
    type Auth: 'static;
    /// The type of `data` in a refused connection; [`serde_json::Value`] where the schema does
    /// not say.
    type Refusal: DeserializeOwned;

    /// The data of a refusal, decoded; `None` if the error is no refusal, or has no data.
    #[must_use]
    fn refusal(error: &ConnectError) -> Option<Result<Self::Refusal, PayloadError>> {
        match error {
            ConnectError::Refused { namespace, refusal } => refusal.decode(namespace),
            _ => None,
        }
    }
}
