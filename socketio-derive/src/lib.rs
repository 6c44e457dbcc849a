//! The macros of `socketio-runtime`.

use proc_macro::TokenStream;

/// Declares the events that the server sends.
#[proc_macro_attribute]
pub fn server_to_client(_attr: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Declares the events that a client sends.
#[proc_macro_attribute]
pub fn client_to_server(_attr: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Declares a namespace.
#[proc_macro_attribute]
pub fn namespace(_attr: TokenStream, item: TokenStream) -> TokenStream {
    item
}
