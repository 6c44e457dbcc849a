//! One test for each event with an example: that its types read the example, and write the same.
//!
//! Must not know: sides.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Ident, ext::IdentExt as _};

use super::{Parts, cfg, names, names::Names, spans};
use crate::model::{Event, Example, Kind, Schema, case};

/// The tests stand beside the schema. Inside a function nothing runs them, which the compiler says
/// by `unnameable_test_items`; that cannot be silenced from here.
pub(super) fn expand(schema: &Schema, names: &Names) -> Parts {
    let with_example = |event: &&Event| event.example.is_some() || event.ack_example.is_some();
    let tests = schema.events.iter().filter(with_example).map(|event| test(schema, event, names));
    Parts { items: tests.collect(), ..Parts::default() }
}

fn test(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    let (marker, private) = (&schema.ident, &names.runtime);
    let (cfg, silent, lints) = (cfg(event), &names.silent, &event.attrs.lints);
    let descriptor = names::descriptor(schema, event);
    let arguments = steps(event.example.as_ref(), private);
    let ack = steps(event.ack_example.as_ref(), private);
    let name = name(schema, event);
    quote! {
        #cfg #silent #(#lints)*
        #[cfg(test)]
        #[#private::core::prelude::v1::test]
        #[allow(non_snake_case)]
        fn #name() {
            #private::check_example::<#marker>(
                &#marker::#descriptor, &[#(#arguments),*], &[#(#ack),*],
            );
        }
    }
}

/// `chat_example_of_said` for `said` of `Chat`: apart from what `ChatExample` and all others have.
fn name(schema: &Schema, event: &Event) -> Ident {
    let schema = case::snake(&schema.ident.unraw().to_string());
    format_ident!("{schema}_example_of_{}", event.ident.unraw(), span = Span::call_site())
}

fn steps<'a>(
    example: Option<&'a Example>,
    private: &'a TokenStream,
) -> impl Iterator<Item = TokenStream> + 'a {
    example.into_iter().flat_map(|example| &example.types).map(move |(kind, ty)| {
        let function = match kind {
            Kind::Required => quote!(required),
            Kind::Optional => quote!(optional),
            Kind::Rest => quote!(rest),
        };
        spans::at(ty, quote!(<#ty as #private::ExampleValue>::#function))
    })
}
