//! All events of a schema as one enum, and `impl Listens`, which makes it.
//!
//! Must not know: emitting, handlers.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{Parts, cfg, docs, local, names, names::Names};
use crate::model::{Event, Schema};

pub(super) fn expand(schema: &Schema, names: &Names) -> Parts {
    let vis = &schema.vis;
    let Names { private, event: ident, .. } = names;
    let docs = docs::event_enum(schema);
    let variants = schema.events.iter().map(|event| variant(schema, event, names));
    let names_of_variants = schema.events.iter().map(|event| {
        let (cfg, variant) = (cfg(event), &event.variant);
        let text = match &*event.arguments {
            [] => variant.to_string(),
            _ => format!("{variant} {{ .. }}"),
        };
        quote!(#cfg Self::#variant { .. } => #text,)
    });
    let listens = listens(schema, names);
    let silent = &names.silent;
    let items = quote! {
        #docs #silent
        #[allow(missing_docs, non_snake_case)]
        #vis enum #ident { #(#variants)* }
    };
    let impls = quote! {
        // Not derived: payloads need no `Debug`.
        #silent
        #[automatically_derived]
        impl #private::core::fmt::Debug for #ident {
            fn fmt(&self, f: &mut #private::core::fmt::Formatter<'_>) -> #private::core::fmt::Result {
                f.write_str(match *self { #(#names_of_variants)* })
            }
        }

        #listens
    };
    Parts { items, impls }
}

fn variant(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    let (cfg, docs, lints) = (cfg(event), docs::variant(schema, event, names), &event.attrs.lints);
    let ident = &event.variant;
    let fields = event.arguments.iter().map(|argument| {
        let (docs, name, ty) = (docs::field(argument), &argument.ident, &argument.received);
        quote!(#docs #name: #ty)
    });
    let fields = (!event.arguments.is_empty()).then(|| quote!({ #(#fields),* }));
    quote!(#cfg #docs #(#lints)* #ident #fields,)
}

fn listens(schema: &Schema, names: &Names) -> TokenStream {
    let ident = &schema.ident;
    let Names { private, on, once, stream, event: event_enum, .. } = names;
    let short = local("Event");
    let decodes = schema.events.iter().map(|event| decode(event, &short));
    let [event, arguments] = ["event", "from"].map(local);
    let silent = &names.silent;
    quote! {
        #silent
        #[allow(non_snake_case)]
        #[automatically_derived]
        impl #private::Listens for #ident {
            type On<'s> = #on<'s>;
            type Once<'s> = #once<'s>;
            type Stream<'s> = #stream<'s>;
            type Event = #event_enum;

            fn on(registrar: #private::Registrar<'_>) -> #on<'_> { #on(registrar) }

            fn once(registrar: #private::Registrar<'_>) -> #once<'_> { #once(registrar) }

            fn stream(registrar: #private::Registrar<'_>) -> #stream<'_> { #stream(registrar) }

            fn decode(
                #event: &'static #private::Event,
                #arguments: &mut #private::Arguments<'_>,
            ) -> #private::core::result::Result<#event_enum, #private::PayloadError> {
                type #short = #event_enum;
                match #event.index {
                    #(#decodes)*
                    _ => #private::core::unreachable!("`find` gives the events of this schema"),
                }
            }
        }
    }
}

fn decode(event: &Event, event_enum: &Ident) -> TokenStream {
    let (cfg, index) = (cfg(event), Literal::usize_unsuffixed(event.index));
    let (reception, variant) = (names::reception(event), &event.variant);
    let arguments = local("from");
    let idents: Vec<_> = event.arguments.iter().map(|argument| &argument.ident).collect();
    let values = match &*idents {
        [ident] => quote!(#ident),
        idents => quote!((#(#idents),*)),
    };
    quote! {
        #cfg #index => Self::#reception
            .read(#arguments, |#values| #event_enum::#variant { #(#idents),* }),
    }
}
