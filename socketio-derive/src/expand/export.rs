//! The types of all values for catalogues, where a schema or a namespace asks for it.
//!
//! Must not know: what catalogues there are. The runtime's features decide, in its own macros, so
//! that the schemas of a program need not agree with this crate on any.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Type;

use super::{Parts, cfg, names::Names};
use crate::{
    model::{Runtime, Schema},
    parse::NamespaceInput,
};

pub(super) fn schema(schema: &Schema, names: &Names) -> Parts {
    let (ident, private) = (&schema.ident, &names.private);
    let events = schema.events.iter().map(|event| {
        let (cfg, index) = (cfg(event), event.index);
        let arguments =
            event.arguments.iter().map(|argument| exported(argument.exported.as_ref(), private));
        let values = event.ack.iter().flat_map(|ack| &ack.exported);
        let values = values.map(|ty| exported(ty.as_ref(), private));
        quote!(#cfg #index => [#(#arguments),*] [#(#values),*];)
    });
    let impls = quote!(#private::export_schema! { #ident { #(#events)* } });
    Parts { impls, ..Parts::default() }
}

pub(super) fn namespace(input: &NamespaceInput) -> TokenStream {
    let NamespaceInput { ident, auth, refusal, attrs, .. } = input;
    let private = Runtime::new(input.runtime.clone()).private();
    let [auth, refusal] = [auth, refusal].map(|ty| ty.iter());
    quote!(#private::export_namespace! { #(#attrs)* #ident [#(#auth)*] [#(#refusal)*] })
}

fn exported(ty: Option<&Type>, private: &Ident) -> TokenStream {
    ty.map_or_else(|| quote!(#private::AnyValue), |ty| quote!(#ty))
}
