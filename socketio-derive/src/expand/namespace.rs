//! `impl Namespace`.
//!
//! Must not know: schemas.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{model::Runtime, parse::NamespaceInput};

pub(super) fn expand(input: &NamespaceInput) -> TokenStream {
    let NamespaceInput { path, listens, emits, auth, refusal, runtime, ident, attrs } = input;
    let private = Runtime::new(runtime.clone()).private();
    let or = |ty: &Option<syn::Type>, default: TokenStream| match ty {
        Some(ty) => quote!(#ty),
        None => default,
    };
    // By way of the direction, since a schema with the option `testing` may have both sides.
    let sent = |ty: &Option<syn::Type>, by: TokenStream| match ty {
        Some(ty) => quote!(<#ty as #private::#by>::This),
        None => quote!(#private::NoEvents),
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
            type Listens = #listens;
            type Emits = #emits;
            type Auth = #auth;
            type Refusal = #refusal;
        }
    }
}
