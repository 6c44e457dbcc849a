//! The schema as it is meant: names and kinds resolved, every rule checked. Each part keeps the
//! user's own tokens, for their spans.
//!
//! Must not know: the code that is generated.

mod ack;
mod argument;
pub(crate) mod case;
mod check;
mod event;
mod example;
mod owned;
mod payload;
pub(crate) mod text;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, LitStr, Path, Visibility};

use self::event::Received;
pub(crate) use self::{
    ack::{Ack, Codec},
    argument::{Argument, Kind},
    event::Event,
    example::Example,
};
use crate::{
    ctxt::Ctxt,
    parse::{Attrs, SchemaInput},
};

/// A set of events that travel in one direction.
pub(crate) struct Schema {
    pub(crate) direction: Direction,
    pub(crate) sides: Sides,
    /// The sides of a server, where tests need one.
    pub(crate) test_sides: Option<Sides>,
    pub(crate) runtime: Runtime,
    pub(crate) attrs: Attrs,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) events: Vec<Event>,
    /// The names on the wire that no event may have any more.
    pub(crate) retired: Vec<LitStr>,
    /// Whether the schema can stand in a catalogue.
    pub(crate) is_exported: bool,
    /// How the generated examples begin, where they are tests of the documentation.
    pub(crate) doctest: Option<String>,
    pub(crate) warnings: Vec<Warning>,
}

/// What is legal, and hardly meant.
pub(crate) struct Warning {
    pub(crate) message: String,
    /// The tokens that it is about.
    pub(crate) place: TokenStream,
    /// The predicates of `#[cfg]` under which it holds.
    pub(crate) cfg: Vec<TokenStream>,
    /// The event's own lint levels.
    pub(crate) lints: Vec<Attribute>,
}

/// Which way the events of a schema travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    ServerToClient,
    ClientToServer,
}

/// What the program that uses the schema does with its events. All that comes after asks for
/// the side, never for the direction, so that a server is one more [`Role`].
#[derive(Clone, Copy)]
pub(crate) struct Sides {
    pub(crate) emit: bool,
    pub(crate) listen: bool,
}

/// On which end of the connection the program is.
enum Role {
    Client,
    Server,
}

/// The path of `socketio_runtime`, as the user's crate knows it.
pub(crate) struct Runtime(Path);

impl Schema {
    pub(crate) fn new(ctxt: &Ctxt, direction: Direction, mut input: SchemaInput) -> Self {
        let sides = Sides::of(Role::Client, direction);
        let test_sides = input.options.is_tested.then(|| Sides::of(Role::Server, direction));
        let inputs = input.take_events(ctxt);
        let runtime = Runtime::new(input.options.runtime);
        let (retired, is_exported) = (input.options.retired, input.options.is_exported);
        let doctest = input.options.doctest;
        let received = if sides.listen {
            Some(Received::ByUsers)
        } else {
            test_sides.filter(|sides| sides.listen).map(|_| Received::ByTests)
        };
        let context =
            event::Context { received, runtime: &runtime, rename_all: input.options.rename_all };
        let mut names = check::Names::new(ctxt, &retired);
        let mut events = Vec::new();
        for (index, event) in inputs.enumerate() {
            let event = Event::new(ctxt, &context, index, event);
            // A second event of the same name would only repeat the error elsewhere.
            if names.admit(ctxt, &event) {
                events.push(event);
            }
        }
        let SchemaInput { attrs, vis, ident, .. } = input;
        let warnings = names.warnings();
        Self {
            direction,
            sides,
            test_sides,
            runtime,
            attrs,
            vis,
            ident,
            events,
            retired,
            is_exported,
            doctest,
            warnings,
        }
    }
}

impl Direction {
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::ServerToClient => "server_to_client",
            Self::ClientToServer => "client_to_server",
        }
    }
}

impl Sides {
    fn of(role: Role, direction: Direction) -> Self {
        match (role, direction) {
            (Role::Client, Direction::ServerToClient)
            | (Role::Server, Direction::ClientToServer) => Self { emit: false, listen: true },
            (Role::Client, Direction::ClientToServer)
            | (Role::Server, Direction::ServerToClient) => Self { emit: true, listen: false },
        }
    }
}

impl Runtime {
    pub(crate) fn new(path: Path) -> Self {
        Self(path)
    }

    /// The path of what generated code may use.
    pub(crate) fn private(&self) -> TokenStream {
        let path = &self.0;
        quote!(#path::__private)
    }
}
