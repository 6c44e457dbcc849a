//! The handler trait, whose implementors handle every event, and `impl HandledBy`, which calls
//! them.
//!
//! Must not know: emitting, the other ways of listening.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Parts, answer, cfg, docs, local, names, names::Names};
use crate::model::{Argument, Event, Schema};

pub(super) fn expand(schema: &Schema, names: &Names) -> Parts {
    let (vis, ident) = (&schema.vis, &schema.ident);
    let Names { private, silent, handler: handler_trait, event: event_enum, .. } = names;
    let docs = docs::handler(schema);
    let methods = schema.events.iter().map(method);
    let h = names::type_parameter("H", &quote!(#ident));
    let [event, incoming, handler] = ["event", "incoming", "handler"].map(local);
    let arms = schema.events.iter().map(|event| arm(event, names));
    let items = quote! {
        #docs #silent
        #[allow(non_snake_case)]
        #vis trait #handler_trait: ::core::marker::Send + 'static { #(#methods)* }
    };
    let impls = quote! {
        #silent
        #[allow(non_snake_case)]
        #[automatically_derived]
        impl<#h: #handler_trait> #private::HandledBy<#h> for #ident {
            fn handle(registrar: #private::Registrar<'_>, #handler: #h) -> #private::Listener {
                registrar.handle::<Self, #h>(#handler)
            }

            fn call(
                #handler: &mut #h, #event: #event_enum, #incoming: #private::Incoming,
            ) -> #private::Handling<'_> {
                match #event { #(#arms)* }
            }
        }
    };
    Parts { items, impls }
}

fn method(event: &Event) -> TokenStream {
    let Event { ident, attrs, .. } = event;
    let (cfg, docs, lints) = (cfg(event), docs::handler_method(event), &attrs.lints);
    let parameters =
        event.arguments.iter().map(|Argument { ident, received, .. }| quote!(#ident: #received));
    let answer = answer(event);
    quote! {
        #cfg #docs #(#lints)*
        fn #ident(
            &mut self, #(#parameters),*
        ) -> impl ::core::future::Future<Output = #answer> + ::core::marker::Send;
    }
}

fn arm(event: &Event, names: &Names) -> TokenStream {
    let event_enum = &names.event;
    let [incoming, handler] = ["incoming", "handler"].map(local);
    let (cfg, ident, variant) = (cfg(event), &event.ident, &event.variant);
    let reception = names::reception(event);
    let arguments: Vec<_> = event.arguments.iter().map(|argument| &argument.ident).collect();
    let handling = quote!(#handler.#ident(#(#arguments),*));
    let pattern = quote!(#event_enum::#variant { #(#arguments),* });
    quote!(#cfg #pattern => #incoming.respond(&Self::#reception, #handling),)
}
