//! The handler trait, whose implementors handle every event, and `impl HandledBy`, which calls
//! them.
//!
//! Must not know: emitting, the other ways of listening.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Parts, answer, answer_writer, cfg, docs, fields, local, names, names::Names, spans};
use crate::model::{Argument, Event, Schema};

pub(super) fn expand(schema: &Schema, names: &Names) -> Parts {
    let (vis, ident) = (&schema.vis, &schema.ident);
    let Names { runtime, private, silent, handler: handler_trait, .. } = names;
    let docs = docs::handler(schema);
    let methods = schema.events.iter().map(|event| method(schema, event, names));
    let h = names::type_parameter("H", &quote!(#ident));
    let [inbox, incoming, handler] = ["inbox", "incoming", "handler"].map(local);
    let arms = schema.events.iter().map(|event| arm(event, names, &quote!(<#h as #handler_trait>)));
    let items = quote! {
        #docs #silent
        #vis trait #handler_trait: #runtime::core::marker::Send + 'static { #(#methods)* }
    };
    let impls = quote! {
        #silent
        #[automatically_derived]
        impl<#h: #handler_trait> #private::HandledBy<#h> for #ident {
            fn handle(registrar: #private::Registrar<'_>, mut #handler: #h) -> #private::Listener {
                registrar.handle(|mut #inbox| async move {
                    while let #private::core::option::Option::Some(#incoming) = #inbox.next().await {
                        match #incoming.descriptor().index { #(#arms)* _ => {} }
                    }
                })
            }
        }
    };
    Parts { items, impls }
}

fn method(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    let runtime = &names.runtime;
    let Event { ident, attrs, .. } = event;
    let (cfg, docs, lints) = (cfg(event), docs::handler_method(schema, event, names), &attrs.lints);
    let parameters =
        event.arguments.iter().map(|Argument { ident, received, .. }| quote!(#ident: #received));
    let answer = answer(event);
    quote! {
        #cfg #docs #(#lints)*
        #[allow(non_snake_case)]
        fn #ident(
            &mut self, #(#parameters),*
        ) -> impl #runtime::core::future::Future<Output = #answer> + #runtime::core::marker::Send;
    }
}

fn arm(event: &Event, names: &Names, handler: &TokenStream) -> TokenStream {
    let private = &names.private;
    let [incoming, instance, values] = ["incoming", "handler", "values"].map(local);
    let (cfg, index, ident) = (cfg(event), event.index, &event.ident);
    let decoder = names::decoder(event);
    let writer = answer_writer(event, &quote!(Self), private);
    let fields = fields(event, &values);
    let respond = quote! {
        #private::Incoming::answer(
            #incoming, #writer, async { #handler::#ident(&mut #instance, #(#fields),*).await }
        ).await
    };
    let respond = match &event.ack {
        Some(ack) => spans::at(&ack.written, respond),
        None => respond,
    };
    quote! {
        #cfg #index => if let #private::core::option::Option::Some(#values) = #incoming.read(Self::#decoder) {
            #respond;
        },
    }
}
