//! The listener views `on`, `once` and `stream`, and the functions that all ways of receiving
//! share.
//!
//! Must not know: emitting.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::Ident;

use super::{
    Parts, answer, answer_writer, cfg, codec, docs, fields, local, names, names::Names, spans, view,
};
use crate::model::{Argument, Event, Kind, Schema};

pub(super) fn expand(schema: &Schema, names: &Names) -> Parts {
    let ident = &schema.ident;
    let Names { private, silent, .. } = names;
    let decoders = schema.events.iter().map(|event| decoder(event, private));
    let writers = schema.events.iter().filter_map(|event| writer(event, private));
    let impls = quote! {
        #silent
        impl #ident { #(#decoders)* #(#writers)* }
    };
    let view = |ident, purpose, method| view(schema, names, ident, purpose, "Registrar", method);
    let views = [
        view(&names.on, "Registers listeners for the events of", on),
        view(&names.once, "Waits for the next of the events of", once),
        view(&names.stream, "Opens streams of the events of", stream),
    ];
    Parts { items: views.into_iter().collect(), impls }
}

fn on(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    let Schema { vis, ident: marker, .. } = schema;
    let private = &names.runtime;
    let Event { ident, attrs, .. } = event;
    let (cfg, docs, calls, lints) =
        (cfg(event), docs::on(schema, event, names), &attrs.calls, &attrs.lints);
    let (descriptor, decoder) = (names::descriptor(event), names::decoder(event));
    let (writer, answer) = (answer_writer(event, marker, private), answer(event));
    let types = event.types();
    let used = quote!(#marker #types);
    let [f, r, m] = ["F", "R", "M"].map(|name| names::type_parameter(name, &used));
    let parameters = event.arguments.iter().map(|argument| &argument.received);
    let [listener, arguments, values] = ["listener", "arguments", "values"].map(local);
    let fields = fields(event, &values);
    // `R: Send` stands alone: only then rustc says which value makes a future not `Send`.
    let place = event.ack.as_ref().map_or(quote!(#ident), |ack| ack.written.to_token_stream());
    let send = spans::at(&place, quote!(#private::core::marker::Send));
    let output = spans::at(&place, quote!(#private::HandlerOutput<#answer, #m>));
    let register = quote!(#private::Registrar::on::<#answer, #r, #m>);
    let register = spans::at(&place, register);
    let function = spans::at(ident, quote!(#private::core::ops::FnMut(#(#parameters),*) -> #r));
    let bounds = quote! {
        #f: #function + #private::core::marker::Send + 'static,
        #r: #send,
        #r: #output + 'static,
        #m: 'static,
    };
    quote! {
        #cfg #docs #(#calls)* #(#lints)*
        #vis fn #ident<#f, #r, #m>(self, mut #listener: #f) -> #private::Listener where #bounds {
            #register(self.0, &#marker::#descriptor, #writer, move |#arguments| {
                #marker::#decoder(#arguments).map(|#values| #listener(#(#fields),*))
            })
        }
    }
}

fn once(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    let private = &names.runtime;
    watch(schema, event, &docs::once(event, &names.on), &quote!(once), &quote!(#private::Once))
}

fn stream(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    let private = &names.runtime;
    let output = quote!(#private::EventStream);
    watch(schema, event, &docs::stream(event, &names.on), &quote!(stream), &output)
}

fn watch(
    schema: &Schema,
    event: &Event,
    docs: &TokenStream,
    function: &TokenStream,
    output: &TokenStream,
) -> TokenStream {
    let Schema { vis, ident: marker, .. } = schema;
    let Event { ident, attrs, .. } = event;
    let (cfg, calls, lints) = (cfg(event), &attrs.calls, &attrs.lints);
    let (descriptor, decoder) = (names::descriptor(event), names::decoder(event));
    let received = event.received();
    quote! {
        #cfg #docs #(#calls)* #(#lints)*
        #[allow(non_snake_case)]
        #vis fn #ident(self) -> #output<#received> {
            self.0.#function(&#marker::#descriptor, #marker::#decoder)
        }
    }
}

/// Reads the arguments, each as its own type: `serde_json` is instantiated once for a type, not
/// once for an event.
fn decoder(event: &Event, private: &Ident) -> TokenStream {
    let (cfg, lints, ident) = (cfg(event), &event.attrs.lints, names::decoder(event));
    let received = event.received();
    let [arguments, values] = ["arguments", "values"].map(local);
    let reads = event.arguments.iter().map(|argument| read(argument, &arguments, private));
    let body = match event.arguments.len() {
        0 => quote!(#arguments.end()),
        count => {
            // One argument is received as itself, several as a tuple.
            let read = if count == 1 { quote!(#(#reads)*) } else { quote!((#(#reads),*)) };
            quote! {
                let #values = #read;
                #arguments.end()?;
                #private::core::result::Result::Ok(#values)
            }
        }
    };
    quote! {
        #cfg #(#lints)*
        fn #ident(
            #arguments: &mut #private::Arguments<'_>,
        ) -> #private::core::result::Result<#received, #private::PayloadError> {
            #body
        }
    }
}

/// Writes the answer. A constant, so that an answer that cannot be sent is one error, however many
/// ways there are to give it.
fn writer(event: &Event, private: &Ident) -> Option<TokenStream> {
    let ack = event.ack.as_ref()?;
    let (cfg, lints, ident) = (cfg(event), &event.attrs.lints, names::answer_writer(event));
    let (codec, answer) = (codec(ack, private), &ack.answer);
    let write = spans::at(&ack.written, quote!(<#codec as #private::AckEncode<#answer>>::write));
    Some(quote! {
        #cfg #(#lints)*
        const #ident: fn(&#answer, &mut #private::PacketWriter) = #write;
    })
}

fn read(argument: &Argument, arguments: &Ident, private: &Ident) -> TokenStream {
    let ty = argument.received_value();
    let function = match argument.kind {
        Kind::Required => quote!(required),
        Kind::Optional => quote!(optional),
        Kind::Rest => quote!(rest),
    };
    quote!(<#ty as #private::ReceiveArgument>::#function(#arguments)?)
}
