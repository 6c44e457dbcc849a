//! The expect view of a test server: one method an event. `impl Expects`, which gives it.
//!
//! Must not know: emitting.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Parts, answer, cfg, docs, fields, local, names, names::Names, view};
use crate::model::{Event, Schema};

pub(super) fn expand(schema: &Schema, names: &Names) -> Parts {
    let ident = &schema.ident;
    let Names { private, silent, expect, .. } = names;
    let impls = quote! {
        #silent
        #[automatically_derived]
        impl #private::Expects for #ident {
            type Expect<'s> = #expect<'s>;

            fn expect(expecting: #private::Expecting<'_>) -> #expect<'_> { #expect(expecting) }
        }
    };
    let items = view(schema, names, expect, "Expects a client's events of", "Expecting", method);
    Parts { items, impls }
}

fn method(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    let Schema { vis, ident: marker, .. } = schema;
    let private = &names.short;
    let Event { ident, attrs, .. } = event;
    let (cfg, docs, calls, lints) =
        (cfg(event), docs::expect(schema, event, names), &attrs.calls, &attrs.lints);
    let (reception, received) = (names::reception(event), event.received());
    let (output, expected) = if event.ack.is_some() {
        let responder = answer(event);
        let responder = quote!(#private::Responder<#responder>);
        let arguments = event.arguments.iter().map(|argument| &argument.received);
        let [values, reply] = ["values", "responder"].map(local);
        let fields = fields(event, &values);
        let (output, join) = match event.arguments.len() {
            0 => (responder, quote!(|_, #reply| #reply)),
            _ => (
                quote!((#(#arguments,)* #responder)),
                quote!(|#values, #reply| (#(#fields,)* #reply)),
            ),
        };
        (output, quote!(self.0.event_with_ack(&#marker::#reception, #join)))
    } else {
        (quote!(#received), quote!(self.0.event(&#marker::#reception)))
    };
    quote! {
        #cfg #docs #(#calls)* #(#lints)*
        #vis fn #ident(self) -> #private::Expected<#output> { #expected }
    }
}
