//! The emit view: one method an event.
//!
//! Must not know: listeners.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;

use super::{Parts, cfg, codec, docs, local, names, names::Names, spans, view};
use crate::model::{Argument, Event, Kind, Schema};

pub(super) fn expand(schema: &Schema, names: &Names) -> Parts {
    let ident = &schema.ident;
    let Names { private, silent, emit, .. } = names;
    let impls = quote! {
        #silent
        #[automatically_derived]
        impl #private::Emits for #ident {
            type Emit<'s> = #emit<'s>;

            fn emit(emitter: #private::Emitter<'_>) -> #emit<'_> { #emit(emitter) }
        }
    };
    let items = view(schema, names, emit, "Emits the events of", "Emitter", method);
    Parts { items, impls }
}

/// Three statements: everything else is the runtime's, once for all events.
fn method(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    let Schema { vis, ident: marker, .. } = schema;
    let private = &names.short;
    let Event { ident, generics, attrs, .. } = event;
    let (cfg, docs, calls, lints) =
        (cfg(event), docs::emit(schema, event, names), &attrs.calls, &attrs.lints);
    let where_clause = &generics.where_clause;
    let parameters =
        event.arguments.iter().map(|Argument { ident, written, .. }| quote!(#ident: #written));
    let packet = local("out");
    let arguments = event.arguments.iter().map(|argument| write(argument, &packet, private));
    let descriptor = names::descriptor(schema, event);
    let (output, send) = match &event.ack {
        None => (quote!(::core::result::Result<(), #private::EmitError>), quote!(#packet.send())),
        Some(ack) => {
            let (types, answer, codec) = (ack.future(), &ack.answer, codec(ack, private));
            let send = quote!(#private::Emission::send_with_ack::<#codec, #answer>(#packet));
            (quote!(#private::Ack<#(#types),*>), spans::at(&ack.written, send))
        }
    };
    quote! {
        #cfg #docs #(#calls)* #(#lints)*
        #vis fn #ident #generics (self, #(#parameters),*) -> #output #where_clause {
            let mut #packet = self.0.begin(&#marker::#descriptor);
            #(#arguments)*
            #send
        }
    }
}

fn write(argument: &Argument, packet: &Ident, private: &TokenStream) -> TokenStream {
    let ident = &argument.ident;
    let ty = argument.written_value();
    // `impl Trait` has no name that a path could take.
    let target = if names::mentions(quote!(#ty), "impl") {
        quote!(#private::Emit)
    } else {
        quote!(<#ty as #private::Emit>)
    };
    match argument.kind {
        Kind::Required => quote!(#target::required(&#ident, #packet.writer());),
        Kind::Optional => quote!(#target::optional(#ident.as_ref(), #packet.writer());),
        Kind::Rest => {
            let element = local("element");
            quote_spanned! {packet.span()=>
                for #element in #ident.iter() { #target::required(#element, #packet.writer()); }
            }
        }
    }
}
