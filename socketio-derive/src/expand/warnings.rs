//! Warnings about what the user wrote.
//!
//! Must not know: what they are about.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;

use crate::model::{Schema, Warning};

/// A macro has no other way to warn than to use something deprecated, at the place that it warns
/// about; `#[allow(deprecated)]` on the event or its schema silences it.
pub(super) fn expand(schema: &Schema) -> TokenStream {
    let lints = &schema.attrs.lints;
    let warnings = schema.warnings.iter().map(|warning| {
        let Warning { message, place, cfg, lints: own_lints } = warning;
        let span =
            place.clone().into_iter().next().as_ref().map_or_else(Span::call_site, TokenTree::span);
        let name = Ident::new("CONFUSING_EVENT_NAME", span);
        quote! {
            #(#[cfg(#cfg)])* #(#lints)* #(#own_lints)*
            const _: () = {
                #[deprecated = #message]
                const #name: () = ();
                #name
            };
        }
    });
    warnings.collect()
}
