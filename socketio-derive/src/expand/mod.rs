//! Model → tokens. Cannot fail: every mistake has been reported before.
//!
//! Must not know: syntax of attributes, directions. A schema says which sides it has.
//!
//! All items stand side by side in the user's own scope, so that a schema may be private or
//! inside a function. Their implementations stand in one nameless constant, where the runtime
//! has a short name; methods beside it use another one, which is the schema's own. All other paths
//! are absolute, and locals have the macro's own hygiene.

mod descriptor;
mod docs;
mod emit;
mod event_enum;
mod example;
mod expect;
mod export;
mod handler;
mod listen;
mod names;
mod namespace;
mod spans;
mod warnings;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use self::names::Names;
use crate::{
    ctxt::Ctxt,
    model::{Ack, Argument, Codec, Direction, Event, Kind, Schema, Sides},
    parse,
};

/// `#[server_to_client]` and `#[client_to_server]`.
pub(crate) fn schema(
    direction: Direction,
    options: TokenStream,
    item: &TokenStream,
) -> TokenStream {
    let ctxt = Ctxt::new();
    let input = parse::schema(&ctxt, direction.attribute(), options, item);
    let schema = input.map(|input| Schema::new(&ctxt, direction, input));
    // What is no trait at all stays as it is, so that its own uses are no errors.
    let tokens = schema.map_or_else(|| item.clone(), |schema| all_sides(&schema));
    let errors = ctxt.check();
    quote!(#tokens #errors)
}

/// `#[namespace]`.
pub(crate) fn namespace(options: TokenStream, item: &TokenStream) -> TokenStream {
    let ctxt = Ctxt::new();
    let input = parse::namespace(&ctxt, options, item);
    let docs = input.as_ref().map(docs::namespace);
    let implementation = input.map(|input| namespace::expand(&input));
    let errors = ctxt.check();
    let (attributes, item) = parse::split_attributes(item.clone());
    quote!(#attributes #docs #item #implementation #errors)
}

/// The items that the user can name, and the implementations behind them.
#[derive(Default)]
struct Parts {
    items: TokenStream,
    impls: TokenStream,
}

impl Parts {
    fn add(&mut self, part: Self) {
        self.items.extend(part.items);
        self.impls.extend(part.impls);
    }
}

fn all_sides(schema: &Schema) -> TokenStream {
    let names = Names::new(schema);
    let mut parts = Parts { items: marker(schema, &names), impls: TokenStream::new() };
    parts.add(descriptor::expand(schema, &names));
    parts.add(sides(schema, schema.sides, &names));
    if let Some(test_sides) = schema.test_sides {
        parts.add(for_tests(schema, test_sides, &names));
    }
    if schema.is_exported {
        parts.add(export::schema(schema, &names));
    }
    parts.add(example::expand(schema, &names));
    let Parts { items, impls } = parts;
    let Names { runtime, alias, private, silent, .. } = &names;
    let warnings = warnings::expand(schema);
    quote! {
        #silent
        #[allow(unused_imports)]
        use #runtime as #alias;

        #items
        #warnings

        const _: () = {
            use #alias as #private;
            #impls
        };
    }
}

fn sides(schema: &Schema, sides: Sides, names: &Names) -> Parts {
    let mut parts = Parts::default();
    if sides.emit {
        parts.add(emit::expand(schema, names));
    }
    if sides.listen {
        parts.add(listen::expand(schema, names));
        parts.add(event_enum::expand(schema, names));
        parts.add(handler::expand(schema, names));
    }
    parts
}

/// The side of a test server, which is there only if the runtime has test servers: whether it does
/// is the runtime's to say, so that these macros need no features.
fn for_tests(schema: &Schema, test_sides: Sides, names: &Names) -> Parts {
    let test_names = names.for_tests();
    let mut parts = sides(schema, test_sides, &test_names);
    if test_sides.listen {
        parts.add(expect::expand(schema, &test_names));
    }
    let Parts { items, impls } = parts;
    let Names { runtime, private, .. } = names;
    let private_for_tests = &test_names.private;
    Parts {
        items: quote!(#runtime::when_testing! { #items }),
        impls: quote! {
            #private::when_testing! {
                use #private::for_tests as #private_for_tests;
                #impls
            }
        },
    }
}

/// The type that stands for the schema.
fn marker(schema: &Schema, names: &Names) -> TokenStream {
    let Schema { vis, ident, attrs, .. } = schema;
    let Names { runtime, silent, .. } = names;
    let docs = docs::schema(schema, names);
    let calls = &attrs.calls;
    quote! {
        #docs #(#calls)* #silent
        #[derive(#runtime::core::fmt::Debug)]
        #vis enum #ident {}
    }
}

/// A struct with one method an event, around what the runtime drives it with. Its methods stand
/// beside it, so that errors call them by its name alone. The names are the user's: what lints say
/// of them, they say of one view.
fn view(
    schema: &Schema,
    names: &Names,
    ident: &Ident,
    purpose: &str,
    inner: &str,
    method: fn(&Schema, &Event, &Names) -> TokenStream,
) -> TokenStream {
    let Names { runtime, silent, .. } = names;
    let (vis, inner) = (&schema.vis, Ident::new(inner, Span::call_site()));
    let docs = docs::view(schema, purpose);
    let derives = quote! {
        #runtime::core::fmt::Debug, #runtime::core::clone::Clone, #runtime::core::marker::Copy
    };
    let methods = schema.events.iter().map(|event| method(schema, event, names));
    // The compiler writes it out where a method is not found, which is what an event of the other
    // direction is: it is the one place for a word about that.
    let lifetime = match schema.direction {
        Direction::ServerToClient => quote!('events_sent_by_the_server),
        Direction::ClientToServer => quote!('events_sent_by_the_client),
    };
    // The whole item is where the schema's name is, to which the compiler then points.
    let span = schema.ident.span();
    let (keyword, end) = (quote_spanned!(span=> struct), quote_spanned!(span=> ;));
    let is_first = *ident == names.on || *ident == names.emit;
    let more_silent = (!is_first).then(|| quote!(#[allow(non_snake_case)]));
    quote! {
        #docs #silent
        #[derive(#derives)]
        #vis #keyword #ident<#lifetime>(#runtime::#inner<#lifetime>)#end

        #silent #more_silent
        impl #ident<'_> { #(#methods)* }
    }
}

/// The `#[cfg]` of an event, for each item that is its own.
fn cfg(event: &Event) -> TokenStream {
    event.attrs.cfg.iter().map(|predicate| quote!(#[cfg(#predicate)])).collect()
}

/// A local variable, which no name of the user can meet.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// A tuple's fields as arguments, fields, …: what a decoder gives, which is the value itself if
/// there is just one.
fn fields<'a>(event: &'a Event, values: &'a Ident) -> impl Iterator<Item = TokenStream> + 'a {
    let is_single = event.arguments.len() == 1;
    (0..event.arguments.len()).map(move |index| {
        let index = syn::Index::from(index);
        if is_single { quote!(#values) } else { quote_spanned!(values.span()=> #values.#index) }
    })
}

/// The runtime's marker of how an answer stands in its packet.
fn codec(ack: &Ack, private: &impl ToTokens) -> TokenStream {
    let codec = match ack.codec {
        Codec::Value => quote!(#private::Value),
        Codec::Values => quote!(#private::Values),
        Codec::ErrorFirst => quote!(#private::ErrorFirst),
    };
    // The compiler says here that the answer has no such form.
    spans::at(&ack.written, codec)
}

/// The runtime's word for how an argument is sent and received.
fn kind(argument: &Argument) -> Ident {
    let word = match argument.kind {
        Kind::Required => "required",
        Kind::Optional => "optional",
        Kind::Rest => "rest",
    };
    Ident::new(word, Span::call_site())
}

/// The type that a listener answers.
fn answer(event: &Event) -> TokenStream {
    event.ack.as_ref().map_or_else(|| quote!(()), |ack| ack.answer.to_token_stream())
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenTree;
    use quote::quote;

    use super::{Direction, TokenStream, schema};

    fn expand(item: &TokenStream) -> String {
        schema(Direction::ServerToClient, TokenStream::new(), item).to_string()
    }

    #[test]
    fn a_half_written_trait_keeps_its_names() {
        let code = expand(&quote!(pub trait Chat { fn said(text: ); }));
        for name in ["pub enum Chat", "struct ChatOn", "enum ChatEvent", "trait ChatHandler"] {
            assert!(code.contains(name), "{name} in {code}");
        }
    }

    #[test]
    fn the_other_events_of_a_half_written_trait_stand() {
        let code = expand(&quote!(pub trait Chat {
            fn said(text: &str);
            fn asked(question: ) -> u32;
            fn (name: &str);
            #[event("user:joined")]
            fn joined();
        }));
        for name in ["fn said", "fn joined", "\"user:joined\""] {
            assert!(code.contains(name), "{name} in {code}");
        }
        // The compiler has told of the other, which only ends too early.
        assert_eq!(code.matches("compile_error").count(), 1, "{code}");
        assert!(code.contains("expected identifier"), "{code}");
    }

    #[test]
    fn what_is_no_trait_stays() {
        let code = expand(&quote!(
            struct Chat;
        ));
        assert!(code.starts_with("struct Chat ;"), "{code}");
        assert_eq!(code.matches("compile_error").count(), 1, "{code}");
    }

    /// `benchmarks/compile-time` says what the compiler makes of them.
    #[test]
    fn an_event_stays_within_its_budget_of_tokens() {
        let event = quote!(
            fn said(room: &str, message: Message) -> Receipt;
        );
        let tokens = [Direction::ServerToClient, Direction::ClientToServer]
            .map(|direction| tokens_of(direction, &event));
        let budget = [600, 205];
        assert!(tokens[0] <= budget[0] && tokens[1] <= budget[1], "{tokens:?} of {budget:?}");
    }

    /// How much longer an expansion is for one more event.
    fn tokens_of(direction: Direction, event: &TokenStream) -> usize {
        let event = event.to_string();
        let expanded = |count: usize| {
            let events = (0..count).map(|index| event.replace("said", &format!("said{index}")));
            let item = format!("trait Chat {{ {} }}", events.collect::<String>());
            count_tokens(schema(direction, TokenStream::new(), &item.parse().expect("Rust")))
        };
        expanded(2) - expanded(1)
    }

    fn count_tokens(tokens: TokenStream) -> usize {
        tokens
            .into_iter()
            .map(|token| match token {
                TokenTree::Group(group) => 2 + count_tokens(group.stream()),
                _ => 1,
            })
            .sum()
    }
}
