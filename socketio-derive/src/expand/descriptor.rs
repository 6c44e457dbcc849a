//! `impl Schema`, the direction, and everything that is known about an event.
//!
//! Must not know: sides.

use std::time::Duration;

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, ext::IdentExt as _};

use super::{Parts, cfg, docs, kind, names, names::Names};
use crate::{
    model::{Codec, Direction, Event, Example, Schema},
    parse::OfflinePolicy,
};

pub(super) fn expand(schema: &Schema, names: &Names) -> Parts {
    let ident = &schema.ident;
    let private = &names.private;
    let name = ident.unraw().to_string();
    let (direction, sent) = match schema.direction {
        Direction::ServerToClient => (quote!(ServerToClient), quote!(SentByServer)),
        Direction::ClientToServer => (quote!(ClientToServer), quote!(SentByClient)),
    };
    let docs = docs::text(&schema.attrs.text).map(|text| quote!(.docs(#text)));
    let retired = match &*schema.retired {
        [] => None,
        names => Some(quote!(.retired(&[#(#names),*]))),
    };
    let span = ident.span();
    // These name the place of the outermost token they are made of: it must be the user's.
    let file = quote_spanned!(span=> ::core::file!());
    let line = quote_spanned!(span=> ::core::line!());
    let constants = schema.events.iter().map(|event| constant(event, private));
    let constants = (!schema.sides.listen).then(|| quote!(#(#constants)*));
    let events = schema.events.iter().map(|event| {
        let (cfg, descriptor) = (cfg(event), names::descriptor(schema, event));
        quote!(#cfg &Self::#descriptor)
    });
    let silent = &names.silent;
    let impls = quote! {
        #silent
        impl #ident { #constants }

        #silent
        #[automatically_derived]
        impl #private::Schema for #ident {
            const DESCRIPTOR: #private::SchemaDescriptor =
                #private::SchemaDescriptor::new(#name, #private::Direction::#direction)
                    #docs
                    #retired
                    .source(#file, #line)
                    .events(&#private::EventTable::new([#(#events),*]));
        }

        #silent
        #[automatically_derived]
        impl #private::#sent for #ident {
            type This = Self;
        }
    };
    Parts { impls, ..Parts::default() }
}

/// A constant for a side that has no other for the event.
fn constant(event: &Event, private: &Ident) -> TokenStream {
    let (cfg, ident, value) = (cfg(event), names::event_constant(event), value(event, private));
    quote!(#cfg const #ident: #private::Event = #value;)
}

/// Everything that is known about an event, for the constant of a side that receives it.
pub(super) fn of(schema: &Schema, event: &Event, private: &Ident) -> TokenStream {
    if schema.sides.listen {
        return value(event, private);
    }
    let constant = names::event_constant(event);
    quote!(Self::#constant)
}

fn value(event: &Event, private: &Ident) -> TokenStream {
    let (name, index) = (&event.name, Literal::usize_unsuffixed(event.index));
    let function = event.ident.unraw().to_string();
    let line = quote_spanned!(event.ident.span()=> ::core::line!());
    let arguments = event.arguments.iter().map(|argument| {
        let (name, ty) = (argument.ident.unraw().to_string(), &argument.text);
        let kind = kind(argument);
        let docs = docs::text(&argument.doc_text).map(|text| quote!(.docs(#text)));
        quote!(#private::Argument::#kind(#name, #ty) #docs)
    });
    let ack = ack(event, private);
    let volatile = event.is_volatile.then(|| quote!(.volatile()));
    let timeout = event.timeout.map(|timeout| {
        let millis = millis(timeout);
        quote!(.timeout_millis(#millis))
    });
    let delivery = delivery(event, private);
    let deprecated = event.attrs.deprecated.as_ref().map(|note| quote!(.deprecated(#note)));
    let docs = docs::text(&event.attrs.text).unwrap_or_else(|| quote!(""));
    let example = event.example.as_ref().map(Example::json).map(|json| quote!(.example(#json)));
    let ack_example = event.ack_example.as_ref().map(Example::json);
    let ack_example = ack_example.map(|json| quote!(.ack_example(#json)));
    quote! {
        #private::Event::new(#index, #line, #name, #function, #docs, &[#(#arguments),*])
            #ack #volatile #timeout #delivery #deprecated #example #ack_example
    }
}

/// What the schema says about the delivery.
fn delivery(event: &Event, private: &Ident) -> TokenStream {
    let offline = event.offline.map(|policy| {
        let policy = match policy {
            OfflinePolicy::Buffer => quote!(Buffer),
            OfflinePolicy::Drop => quote!(Drop),
            OfflinePolicy::Reject => quote!(Reject),
        };
        quote!(.offline(#private::OfflinePolicy::#policy))
    });
    let time_to_live = event.time_to_live.map(|time| {
        let millis = millis(time);
        quote!(.time_to_live_millis(#millis))
    });
    let retries = event.retries.map(|retries| quote!(.retries(#retries)));
    let key = event.has_idempotency_key.then(|| quote!(.idempotency_key()));
    quote!(#offline #time_to_live #retries #key)
}

fn millis(time: Duration) -> u64 {
    // Durations are parsed from a `u64` of milliseconds.
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn ack(event: &Event, private: &Ident) -> Option<TokenStream> {
    let ack = event.ack.as_ref()?;
    let texts = &*ack.texts;
    let descriptor = if let (Codec::ErrorFirst, [value, error]) = (ack.codec, texts) {
        quote!(ErrorFirst { value: #value, error: #error })
    } else {
        quote!(Values(&[#(#texts),*]))
    };
    Some(quote!(.ack(#private::AckDescriptor::#descriptor)))
}
