//! A trait in which some items cannot be parsed, as while the user still writes them: the others
//! stand, so that an editor goes on knowing them.
//!
//! Must not know: what the items mean.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::{
    Error, ItemTrait, Result, TraitItem,
    parse::{ParseStream, Parser as _, discouraged::Speculative as _},
};

use crate::ctxt::Ctxt;

/// The trait, without the items that cannot be parsed, which are reported; `None` if the fault is
/// not in the items.
pub(super) fn parse(ctxt: &Ctxt, item: &TokenStream) -> Option<ItemTrait> {
    let mut tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    let Some(TokenTree::Group(body)) = tokens.pop() else { return None };
    if body.delimiter() != Delimiter::Brace {
        return None;
    }
    let mut item: ItemTrait = syn::parse2(quote!(#(#tokens)* {})).ok()?;
    item.items = ctxt.ok((|input: ParseStream<'_>| items(ctxt, input)).parse2(body.stream()))?;
    Some(item)
}

fn items(ctxt: &Ctxt, input: ParseStream<'_>) -> Result<Vec<TraitItem>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        let ahead = input.fork();
        match ahead.parse() {
            Ok(item) => {
                input.advance_to(&ahead);
                items.push(item);
            }
            Err(error) => {
                if !is_told_by_the_compiler(&error) {
                    ctxt.push(error);
                }
                skip(input)?;
            }
        }
    }
    Ok(items)
}

/// To the next item: behind a `;` or a body.
fn skip(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() {
        match input.parse()? {
            TokenTree::Punct(punct) if punct.as_char() == ';' => break,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => break,
            _ => {}
        }
    }
    Ok(())
}

/// Whether the compiler, which parses the trait before this macro does, has surely said the same
/// in better words: no future Rust accepts a parameter without a type, or code that ends too early.
fn is_told_by_the_compiler(error: &Error) -> bool {
    let (text, found) = (error.to_string(), error.span().source_text());
    let ends_early = matches!(found.as_deref(), Some(";" | "," | ")" | "}"));
    ends_early || ["unexpected end of input", "expected `:`"].iter().any(|s| text.starts_with(s))
}
