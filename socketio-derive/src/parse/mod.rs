//! What the user wrote, with every mistake of syntax reported.
//!
//! Must not know: what is generated from it, rules across items.

mod attrs;
mod event;
mod example;
mod half_written;
mod namespace;
mod options;
mod schema;
pub(crate) mod symbol;

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{Item, Visibility, parse::Parser as _};

pub(crate) use self::{
    attrs::{Attrs, DocText},
    event::{EventOptions, OfflinePolicy},
    example::{Example, Json, quoted},
    namespace::NamespaceInput,
    schema::{ArgumentInput, EventInput, SchemaInput},
};
use crate::ctxt::Ctxt;

/// The schema that `attribute` stands on, unless it is no trait. One that cannot be parsed comes
/// back with the events that can, so that the mentions of its names are not errors too.
pub(crate) fn schema(
    ctxt: &Ctxt,
    attribute: &str,
    options: TokenStream,
    item: &TokenStream,
) -> Option<SchemaInput> {
    match syn::parse2(item.clone()) {
        Ok(Item::Trait(item)) => {
            schema::refuse_empty(ctxt, &item);
            Some(SchemaInput::parse(ctxt, options, item))
        }
        Ok(item) => {
            let example = "pub trait Name { fn event_name(argument: Type); }";
            let message = format!("`#[{attribute}]` goes on a trait: `{example}`");
            ctxt.error(keyword(&item), message);
            None
        }
        Err(error) => {
            if let Some(item) = half_written::parse(ctxt, item) {
                return Some(SchemaInput::parse(ctxt, options, item));
            }
            ctxt.push(error);
            let (vis, ident) = head.parse2(item.clone()).ok()?;
            Some(SchemaInput::empty(ctxt, options, vis, ident))
        }
    }
}

/// The namespace that `#[namespace]` stands on, unless it can be none.
pub(crate) fn namespace(
    ctxt: &Ctxt,
    options: TokenStream,
    item: &TokenStream,
) -> Option<NamespaceInput> {
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Struct(item)) => NamespaceInput::parse(ctxt, options, &item),
        Ok(item) => {
            ctxt.error(keyword(&item), "`#[namespace]` goes on a struct: `pub struct Chat;`");
            None
        }
        Err(error) => {
            ctxt.push(error);
            None
        }
    }
}

/// The attributes that stand before an item, and the rest of it.
pub(crate) fn split_attributes(item: TokenStream) -> (TokenStream, TokenStream) {
    let mut item: Vec<TokenTree> = item.into_iter().collect();
    let is_attribute = |pair: &&[TokenTree]| matches!(pair, [TokenTree::Punct(hash), TokenTree::Group(_)] if hash.as_char() == '#');
    let count = item.chunks(2).take_while(is_attribute).count();
    let rest = item.split_off(2 * count);
    (item.into_iter().collect(), rest.into_iter().collect())
}

/// The token that says what kind of item it is.
fn keyword(item: &Item) -> TokenStream {
    use quote::ToTokens as _;

    match item {
        Item::Const(item) => item.const_token.to_token_stream(),
        Item::Enum(item) => item.enum_token.to_token_stream(),
        Item::Fn(item) => item.sig.fn_token.to_token_stream(),
        Item::Impl(item) => item.impl_token.to_token_stream(),
        Item::Mod(item) => item.mod_token.to_token_stream(),
        Item::Struct(item) => item.struct_token.to_token_stream(),
        Item::Trait(item) => item.trait_token.to_token_stream(),
        Item::Type(item) => item.type_token.to_token_stream(),
        Item::Union(item) => item.union_token.to_token_stream(),
        item => item.to_token_stream(),
    }
}

/// The visibility and the name of a trait whose body cannot be parsed.
fn head(input: syn::parse::ParseStream<'_>) -> syn::Result<(Visibility, Ident)> {
    syn::Attribute::parse_outer(input)?;
    let vis = input.parse()?;
    while input.parse::<Option<syn::Token![trait]>>()?.is_none() {
        input.parse::<TokenTree>()?;
    }
    let ident = input.parse()?;
    input.parse::<TokenStream>()?;
    Ok((vis, ident))
}
