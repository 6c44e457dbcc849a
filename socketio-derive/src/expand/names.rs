//! The names of what is generated.
//!
//! Must not know: what is generated under them.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote};
use syn::ext::IdentExt as _;

use crate::model::{Event, Schema};

/// The names of a schema's items.
#[derive(Clone)]
pub(super) struct Names {
    /// The path of what generated code may use.
    pub(super) runtime: TokenStream,
    /// A short name of that path beside the schema, for the methods of views: one for each schema,
    /// since several may stand in one scope.
    pub(super) alias: Ident,
    /// The part of it that the methods of this side use.
    pub(super) short: TokenStream,
    /// Its name inside the constant that holds the implementations.
    pub(super) private: Ident,
    /// The lint levels of every item.
    pub(super) silent: TokenStream,
    /// The type parameters of methods that take a listener: it, its output, and its output's kind.
    pub(super) listener_parameters: [Ident; 3],
    pub(super) emit: Ident,
    pub(super) on: Ident,
    pub(super) once: Ident,
    pub(super) stream: Ident,
    pub(super) event: Ident,
    pub(super) handler: Ident,
    pub(super) expect: Ident,
    /// Whether these are of the side of a test server.
    pub(super) is_for_tests: bool,
}

impl Names {
    pub(super) fn new(schema: &Schema) -> Self {
        // At the user's place, with the macro's hygiene: lints then know that it is generated.
        let span = schema.ident.span().resolved_at(Span::call_site());
        let ident = schema.ident.unraw();
        let types = schema.events.iter().map(Event::types);
        let marker = &schema.ident;
        let used = quote!(#marker #(#types)*);
        let named = |suffix: &str| format_ident!("{ident}{suffix}", span = span);
        let alias = format_ident!("__{ident}", span = span);
        Self {
            runtime: schema.runtime.private(),
            short: quote!(#alias),
            alias,
            private: Ident::new("__rt", Span::call_site()),
            silent: silent(schema),
            listener_parameters: ["F", "R", "M"].map(|name| type_parameter(name, &used)),
            emit: named("Emit"),
            on: named("On"),
            once: named("Once"),
            stream: named("Stream"),
            event: named("Event"),
            handler: named("Handler"),
            expect: named("Expect"),
            is_for_tests: false,
        }
    }

    /// The same, where what may be used is what test servers use.
    pub(super) fn for_tests(&self) -> Self {
        let Self { runtime, alias, .. } = self;
        let private = Ident::new("__private_for_tests", Span::call_site());
        let short = quote!(#alias::for_tests);
        Self {
            runtime: quote!(#runtime::for_tests),
            short,
            private,
            is_for_tests: true,
            ..self.clone()
        }
    }
}

/// The user's own lint levels, and those for what the user did not write. Most lints skip
/// generated code of their own accord; these look at the names, whose spans are the user's, or
/// see that a schema whose events are all behind a `#[cfg]` leaves nothing to reach.
fn silent(schema: &Schema) -> TokenStream {
    let lints = &schema.attrs.lints;
    quote! {
        #[allow(
            dead_code, deprecated, unreachable_code,
            clippy::all, clippy::pedantic
        )]
        #(#lints)*
    }
}

/// Where an event's facts are in its schema's constants.
pub(super) fn descriptor(schema: &Schema, event: &Event) -> TokenStream {
    if schema.sides.listen {
        let reception = reception(event);
        quote!(#reception.event)
    } else {
        event_constant(event).into_token_stream()
    }
}

/// The constant with the facts of an event that is not received.
pub(super) fn event_constant(event: &Event) -> Ident {
    format_ident!("__event_{}", event.ident.unraw(), span = Span::call_site())
}

/// The constant with what all ways of receiving an event need.
pub(super) fn reception(event: &Event) -> Ident {
    format_ident!("__on_{}", event.ident.unraw(), span = Span::call_site())
}

/// A type parameter that hides none of the names in `used`.
pub(super) fn type_parameter(name: &str, used: &TokenStream) -> Ident {
    let mut ident = Ident::new(name, Span::call_site());
    while mentions(used.clone(), &ident.to_string()) {
        ident = format_ident!("{ident}_");
    }
    ident
}

/// Whether a word stands somewhere in `tokens`.
pub(super) fn mentions(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => mentions(group.stream(), word),
        _ => false,
    })
}
