//! The handler trait, whose implementors handle every event, and `impl Dispatch`, which calls them.
//!
//! Must not know: emitting, the other ways of listening.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};

use super::{Parts, answer, cfg, docs, local, names, names::Names, spans};
use crate::model::{Argument, Event, Schema};

pub(super) fn expand(schema: &Schema, names: &Names) -> Parts {
    let (vis, ident) = (&schema.vis, &schema.ident);
    let Names { private, silent, handler: handler_trait, event: event_enum, .. } = names;
    let docs = docs::handler(schema);
    let methods = schema.events.iter().map(|event| method(schema, event, names));
    let h = names::type_parameter("H", &quote!(#ident));
    let [event, incoming, handler] = ["event", "to", "handler"].map(local);
    let arms = schema.events.iter().map(|event| arm(event, names));
    // The whole trait is where the schema's name is, to which the compiler then points.
    let span = ident.span();
    let (keyword, mut body) =
        (quote_spanned!(span=> trait), Group::new(Delimiter::Brace, quote!(#(#methods)*)));
    body.set_span(span);
    let items = quote! {
        #docs #silent
        #[allow(non_snake_case)]
        #vis #keyword #handler_trait: ::core::marker::Send + 'static #body
    };
    let impls = quote! {
        #silent
        #[allow(non_snake_case)]
        #[automatically_derived]
        impl<#h: #handler_trait> #private::Dispatch<#h> for #ident {
            fn dispatch(
                #handler: &mut #h, #event: #event_enum, #incoming: #private::Incoming,
            ) -> #private::Handling<'_> {
                match #event { #(#arms)* }
            }
        }
    };
    Parts { items, impls }
}

fn method(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    let Event { fn_token, ident, attrs, .. } = event;
    let (cfg, docs, lints) = (cfg(event), docs::handler_method(schema, event, names), &attrs.lints);
    // The declaration is where the user's is: the compiler shows it where an implementation
    // differs.
    let parameters = event.arguments.iter().map(|Argument { ident, written, received, .. }| {
        let ty = spans::at(written, received.to_token_stream());
        quote!(#ident: #ty)
    });
    let answer = answer(event);
    let place = event.ack.as_ref().map_or(quote!(#ident), |ack| ack.written.to_token_stream());
    let output = spans::at(&place, quote!(Output = #answer));
    let output = spans::at(
        &place,
        quote! {
            impl ::core::future::Future<#output> + ::core::marker::Send;
        },
    );
    quote! {
        #cfg #docs #(#lints)*
        #fn_token #ident(
            &mut self, #(#parameters),*
        ) -> #output
    }
}

fn arm(event: &Event, names: &Names) -> TokenStream {
    let event_enum = &names.event;
    let [incoming, handler] = ["to", "handler"].map(local);
    let (cfg, ident, variant) = (cfg(event), &event.ident, &event.variant);
    let reception = names::reception(event);
    let arguments: Vec<_> = event.arguments.iter().map(|argument| &argument.ident).collect();
    let handling = quote!(#handler.#ident(#(#arguments),*));
    let pattern = quote!(#event_enum::#variant { #(#arguments),* });
    quote!(#cfg #pattern => #incoming.respond(&Self::#reception, #handling),)
}
