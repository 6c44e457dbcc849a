//! The macros of `socketio-runtime`, which re-exports them: depend on that crate, not on this
//! one.
//!
//! Must not know: anything. The work is done in `parse`, which reads what the user wrote,
//! `model`, which resolves and checks it, and `expand`, which writes the code.

mod ctxt;
mod expand;
mod model;
mod parse;

use proc_macro::TokenStream;

use self::model::Direction;

/// Declares the events that the server sends.
#[proc_macro_attribute]
pub fn server_to_client(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::schema(Direction::ServerToClient, options.into(), item.into()).into()
}

/// Declares the events that a client sends.
#[proc_macro_attribute]
pub fn client_to_server(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::schema(Direction::ClientToServer, options.into(), item.into()).into()
}

/// Declares a namespace.
#[proc_macro_attribute]
pub fn namespace(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::namespace(options.into(), item.into()).into()
}
