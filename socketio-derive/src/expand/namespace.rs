//! `impl Namespace`.
//!
//! Must not know: schemas.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;

use super::{docs, export, spans};
use crate::{
    model::{Runtime, text},
    parse::NamespaceInput,
};

pub(super) fn expand(input: &NamespaceInput) -> TokenStream {
    let NamespaceInput { path, listens, emits, auth, refusal, runtime, ident, attrs, .. } = input;
    let private = Runtime::new(runtime.clone()).private();
    let name = ident.unraw().to_string();
    let descriptor = descriptor(input);
    let export = input.is_exported.then(|| export::namespace(input));
    let or = |ty: &Option<syn::Type>, default: TokenStream| match ty {
        Some(ty) => quote!(#ty),
        None => default,
    };
    // By way of the direction, since a schema with the option `testing` may have both sides.
    let sent = |ty: &Option<syn::Type>, by: TokenStream| {
        let this = ty.as_ref().map(|ty| spans::at(ty, quote!(<#ty as #private::#by>::This)));
        this.unwrap_or_else(|| quote!(#private::NoEvents))
    };
    let listens = sent(listens, quote!(SentByServer));
    let emits = sent(emits, quote!(SentByClient));
    let auth = or(auth, quote!(#private::AnyAuth));
    let refusal = or(refusal, quote!(#private::serde_json::Value));
    quote! {
        #(#attrs)*
        #[automatically_derived]
        impl #private::Namespace for #ident {
            const PATH: &'static #private::core::primitive::str = #path;
            const DESCRIPTOR: #private::NamespaceDescriptor =
                #private::NamespaceDescriptor::new(#name, #path)#descriptor;
            type Listens = #listens;
            type Emits = #emits;
            type Auth = #auth;
            type Refusal = #refusal;
        }

        #export
    }
}

/// What is known besides the name and the path.
fn descriptor(input: &NamespaceInput) -> TokenStream {
    let docs = docs::text(&input.text).map(|text| quote!(.docs(#text)));
    let auth = input.auth.as_ref().map(text::of).map(|text| quote!(.auth(#text)));
    let refusal = input.refusal.as_ref().map(text::of).map(|text| quote!(.refusal(#text)));
    quote!(#docs #auth #refusal)
}
