//! The handler trait, whose implementors handle every event, and `impl Dispatch`, which calls them.
//!
//! Must not know: emitting, the other ways of listening.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};

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
    // The whole trait is where the schema's name is, to which the compiler then points.
    let span = ident.span();
    let (keyword, mut body) =
        (quote_spanned!(span=> trait), Group::new(Delimiter::Brace, quote!(#(#methods)*)));
    body.set_span(span);
    let items = quote! {
        #docs #silent
        #vis #keyword #handler_trait: #runtime::core::marker::Send + 'static #body
    };
    let impls = quote! {
        #silent
        #[automatically_derived]
        impl<#h: #handler_trait> #private::Dispatch<#h> for #ident {
            fn dispatch(registrar: #private::Registrar<'_>, mut #handler: #h) -> #private::Listener {
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
            impl #runtime::core::future::Future<#output> + #runtime::core::marker::Send;
        },
    );
    quote! {
        #cfg #docs #(#lints)*
        #[allow(non_snake_case)]
        #fn_token #ident(
            &mut self, #(#parameters),*
        ) -> #output
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
