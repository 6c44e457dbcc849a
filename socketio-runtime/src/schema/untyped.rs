//! The namespace, and the schema, of events whose names are known at run time only.
//!
//! Must not know: connections, packets.

use super::{
    AnyAuth, Direction, Emits, EventDescriptor, Listens, Namespace, Schema, SchemaDescriptor,
    SentByClient, SentByServer,
};
use crate::{
    client::{Emitter, EventStream, Registrar, UntypedEmit, UntypedOn, UntypedOnce, UntypedStream},
    driver::AnyEvent,
    error::PayloadError,
    payload::Arguments,
};

/// The escape hatch for events whose names are known at run time only: a gateway, a test tool, a
/// service whose schema nobody wrote down. Values stay typed, and are checked when they are
/// decoded.
///
/// As a namespace it is the main one, or that of
/// [`SocketBuilder::namespace`](crate::SocketBuilder::namespace):
///
/// ```no_run
/// use socketio_runtime::{Client, Untyped};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder("https://chat.example.com").build()?;
/// let socket = client.socket::<Untyped>().namespace("/chat").build()?;
/// socket.on().event("user:joined", |event| {
///     match event.decode::<(String, u32)>() {
///         Ok((user, members)) => println!("{user} joined, now {members}"),
///         Err(error) => println!("{error}"),
///     }
/// });
/// // What a listener returns is the answer to an event with ack.
/// socket.on().event_with_ack("presence:check", async |event| {
///     let nonce = event.decode::<(u64,)>().map_or(0, |(nonce,)| nonce);
///     ("online", nonce)
/// });
/// socket.connect().await?;
/// socket.emit().event("room:leave", ("lobby",))?;
/// let answer = socket.emit().event_with_ack("message:send", ("hello",)).await?;
/// let (id,): (u64,) = answer.decode()?;
/// # Ok(())
/// # }
/// ```
///
/// As a schema it stands for one side of a namespace whose other side is declared:
/// `#[namespace("/chat", listens = Untyped, emits = ClientToServer)]`.
#[derive(Debug)]
pub enum Untyped {}

impl Namespace for Untyped {
    const PATH: &'static str = "/";
    type Listens = Self;
    type Emits = Self;
    type Auth = AnyAuth;
    type Refusal = serde_json::Value;
}

impl Schema for Untyped {
    // Names travel both ways, so either direction is as true as the other.
    const DESCRIPTOR: SchemaDescriptor =
        SchemaDescriptor::new("Untyped", Direction::ServerToClient);
}

#[diagnostic::do_not_recommend]
impl Emits for Untyped {
    type Emit<'s> = UntypedEmit<'s>;

    fn emit(emitter: Emitter<'_>) -> UntypedEmit<'_> {
        UntypedEmit::new(emitter)
    }
}

#[diagnostic::do_not_recommend]
impl Listens for Untyped {
    type On<'s> = UntypedOn<'s>;
    type Once<'s> = UntypedOnce<'s>;
    type Stream<'s> = UntypedStream<'s>;
    type Event = AnyEvent;

    const IS_OPEN: bool = true;

    fn on(registrar: Registrar<'_>) -> UntypedOn<'_> {
        UntypedOn::new(registrar)
    }

    fn once(registrar: Registrar<'_>) -> UntypedOnce<'_> {
        UntypedOnce::new(registrar)
    }

    fn stream(registrar: Registrar<'_>) -> UntypedStream<'_> {
        UntypedStream::new(registrar)
    }

    fn events(registrar: Registrar<'_>) -> EventStream<AnyEvent> {
        registrar.any()
    }

    fn find(_: &str) -> Option<&'static EventDescriptor> {
        None
    }

    fn decode(
        _: &'static EventDescriptor,
        _: &mut Arguments<'_>,
    ) -> Result<AnyEvent, PayloadError> {
        unreachable!("`find` finds no event")
    }
}

#[diagnostic::do_not_recommend]
impl SentByServer for Untyped {
    type This = Self;
}

#[diagnostic::do_not_recommend]
impl SentByClient for Untyped {
    type This = Self;
}
