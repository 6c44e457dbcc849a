//! The listener views `on`, `once` and `stream`, and what all ways of receiving share.
//!
//! Must not know: emitting.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::Ident;

use super::{
    Parts, answer, cfg, codec, descriptor, docs, fields, kind, local, names, names::Names, spans,
    view,
};
use crate::model::{Argument, Event, Schema};

/// As many values the runtime reads, or calls a listener with, in a function of its own.
const MAX_COUNTED: usize = 7;

pub(super) fn expand(schema: &Schema, names: &Names) -> Parts {
    let ident = &schema.ident;
    let Names { private, silent, .. } = names;
    let receptions = schema.events.iter().map(|event| reception(schema, event, private));
    let impls = quote! {
        #silent
        impl #ident { #(#receptions)* }
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
    let Names { short: private, listener_parameters, .. } = names;
    let Event { ident, attrs, .. } = event;
    let (cfg, docs, calls, lints) =
        (cfg(event), docs::on(schema, event, names), &attrs.calls, &attrs.lints);
    let (reception, answer) = (names::reception(event), answer(event));
    let [f, r, m] = listener_parameters;
    let parameters = event.arguments.iter().map(|argument| &argument.received);
    let listener = local("listener");
    // `R: Send` stands alone: only then rustc says which value makes a future not `Send`.
    let place = event.ack.as_ref().map_or(quote!(#ident), |ack| ack.written.to_token_stream());
    let send = spans::at(&place, quote!(::core::marker::Send));
    let output = spans::at(&place, quote!(#private::HandlerOutput<#answer, #m>));
    let function = spans::at(ident, quote!(::core::ops::FnMut(#(#parameters),*) -> #r));
    let register = match event.arguments.len() {
        1 => quote!(on(&#marker::#reception, #listener)),
        count if count <= MAX_COUNTED => {
            let on = format_ident!("on{count}");
            quote!(#on(&#marker::#reception, #listener))
        }
        _ => {
            let values = local("values");
            let fields = fields(event, &values);
            quote!(on(&#marker::#reception, move |#values| #listener(#(#fields),*)))
        }
    };
    let binding = (event.arguments.len() > MAX_COUNTED).then(|| quote!(mut));
    let bounds = quote! {
        #f: #function + ::core::marker::Send + 'static,
        #r: #send,
        #r: #output + 'static,
        #m: 'static,
    };
    quote! {
        #cfg #docs #(#calls)* #(#lints)*
        #vis fn #ident<#f, #r, #m>(self, #binding #listener: #f) -> #private::Listener where #bounds {
            self.0.#register
        }
    }
}

fn once(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    let short = &names.short;
    watch(schema, event, &docs::once(event, &names.on), &quote!(once), &quote!(#short::Once))
}

fn stream(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    let short = &names.short;
    let output = quote!(#short::EventStream);
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
    let (reception, received) = (names::reception(event), event.received());
    quote! {
        #cfg #docs #(#calls)* #(#lints)*
        #vis fn #ident(self) -> #output<#received> { self.0.#function(&#marker::#reception) }
    }
}

/// Each argument is read as its own type, and the answer written, here alone: a type that cannot be
/// is one error, however many ways there are to receive the event.
fn reception(schema: &Schema, event: &Event, private: &Ident) -> TokenStream {
    let (cfg, lints, ident) = (cfg(event), &event.attrs.lints, names::reception(event));
    let descriptor = descriptor::of(schema, event, private);
    let read = read_all(event, private);
    let (mut types, mut value) = (event.received(), quote!(new(#descriptor, &#read)));
    if let Some(ack) = &event.ack {
        let (codec, answer) = (codec(ack, private), &ack.answer);
        types.extend(quote!(, #answer));
        let write = quote!(<#codec as #private::AckEncode<#answer>>::write);
        let write = spans::at(&ack.written, write);
        value = quote!(answered(#descriptor, &#read, #write));
    }
    quote! {
        #cfg #(#lints)*
        const #ident: #private::Reception<#types> = #private::Reception::#value;
    }
}

fn read_all(event: &Event, private: &Ident) -> TokenStream {
    let reads = event.arguments.iter().map(|argument| read(argument, private));
    let count = event.arguments.len();
    if count <= MAX_COUNTED {
        let read = format_ident!("read{count}");
        return quote!(#private::#read(#(#reads),*));
    }
    let arguments = local("arguments");
    quote! {
        #private::read1(|#arguments| ::core::result::Result::Ok((#(#reads(#arguments)?),*)))
    }
}

fn read(argument: &Argument, private: &Ident) -> TokenStream {
    let (ty, function) = (argument.received_value(), kind(argument));
    quote!(<#ty as #private::Receive>::#function)
}
