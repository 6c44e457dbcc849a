//! The attributes that an event may carry besides `#[event]`, sorted by where their copies go.
//!
//! Must not know: the options of `#[event]`.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{
    Attribute, Expr, ExprLit, Lit, Meta, Result, Token, parse::Parser as _, parse_quote,
    punctuated::Punctuated,
};

use super::symbol;
use crate::ctxt::Ctxt;

/// The attributes of a trait, an event or an argument.
#[derive(Default)]
pub(crate) struct Attrs {
    /// `#[doc]`, as written.
    pub(crate) docs: Vec<Attribute>,
    /// The predicates of `#[cfg]`, all of which must hold.
    pub(crate) cfg: Vec<TokenStream>,
    /// `#[deprecated]` and `#[must_use]`: they warn at the user's call.
    pub(crate) calls: Vec<Attribute>,
    /// `#[allow]`, `#[warn]`, `#[deny]`; an `#[expect]` becomes an `#[allow]`, since one
    /// expectation cannot be met by each of the generated items.
    pub(crate) lints: Vec<Attribute>,
    /// The text of the documentation.
    pub(crate) text: Vec<DocText>,
    /// The note of `#[deprecated]`.
    pub(crate) deprecated: Option<String>,
    /// The `#[event]`s, in order.
    pub(crate) event: Vec<Meta>,
}

/// One `#[doc]`'s text.
pub(crate) enum DocText {
    Literal(String),
    /// `#[doc = include_str!(…)]` and the like.
    Expr(Expr),
}

/// What attributes stand on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Schema,
    Event,
    Argument,
}

impl Attrs {
    pub(super) fn parse(ctxt: &Ctxt, target: Target, attributes: Vec<Attribute>) -> Self {
        let mut attrs = Self::default();
        for attribute in attributes {
            let parsed = attrs.insert(target, attribute, None);
            ctxt.ok(parsed);
        }
        attrs
    }

    /// Sorts in one attribute; under `condition` if it stood in a `cfg_attr`.
    fn insert(
        &mut self,
        target: Target,
        attribute: Attribute,
        condition: Option<&TokenStream>,
    ) -> Result<()> {
        let meta = &attribute.meta;
        let name = meta.path().get_ident().map(ToString::to_string).unwrap_or_default();
        match (&*name, target) {
            ("doc", _) => {
                self.text.extend(doc_text(meta).filter(|_| condition.is_none()));
                self.docs.push(conditional(attribute, condition));
            }
            ("cfg", Target::Event) => {
                let predicate = &meta.require_list()?.tokens;
                let condition = condition.map(|condition| quote!(not(#condition),));
                self.cfg.push(quote!(any(#condition #predicate)));
            }
            ("cfg_attr", Target::Event) => self.insert_conditional(target, meta, condition)?,
            ("deprecated", Target::Schema | Target::Event) => {
                if condition.is_none() {
                    self.deprecated = Some(deprecation_note(meta));
                }
                self.calls.push(conditional(attribute, condition));
            }
            ("must_use", Target::Event) => self.calls.push(conditional(attribute, condition)),
            ("allow" | "warn" | "deny", Target::Schema | Target::Event) => {
                self.lints.push(conditional(attribute, condition));
            }
            ("expect", Target::Schema | Target::Event) => {
                self.lints.push(conditional(allowed(meta)?, condition));
            }
            (symbol::EVENT, Target::Event | Target::Argument) if condition.is_none() => {
                self.event.push(attribute.meta);
            }
            (symbol::EVENT, Target::Event) => {
                return Err(syn::Error::new_spanned(meta, CONDITIONAL_EVENT));
            }
            _ => return Err(without_effect(meta, target)),
        }
        Ok(())
    }

    fn insert_conditional(
        &mut self,
        target: Target,
        meta: &Meta,
        outer: Option<&TokenStream>,
    ) -> Result<()> {
        let list = Punctuated::<Meta, Token![,]>::parse_terminated;
        let mut parts = list.parse2(meta.require_list()?.tokens.clone())?.into_iter();
        let predicate = parts.next().map(|predicate| predicate.to_token_stream());
        let condition = match outer {
            Some(outer) => quote!(all(#outer, #predicate)),
            None => predicate.unwrap_or_default(),
        };
        parts.try_for_each(|part| self.insert(target, parse_quote!(#[#part]), Some(&condition)))
    }
}

/// Those of a struct's attributes that its generated implementation needs too.
pub(super) fn of_implementation(attributes: &[Attribute]) -> Vec<Attribute> {
    let copied = attributes.iter().filter_map(|attribute| {
        let is = |names: &[&str]| names.iter().any(|name| attribute.path().is_ident(name));
        if is(&["expect"]) {
            return allowed(&attribute.meta).ok();
        }
        is(&["cfg", "allow", "warn", "deny"]).then(|| attribute.clone())
    });
    copied.collect()
}

/// The text of a struct's documentation.
pub(super) fn text_of(attributes: &[Attribute]) -> Vec<DocText> {
    let docs = attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    docs.filter_map(|attribute| doc_text(&attribute.meta)).collect()
}

/// The `#[allow]` of an `#[expect]`'s lints.
fn allowed(expect: &Meta) -> Result<Attribute> {
    let lints = &expect.require_list()?.tokens;
    Ok(parse_quote!(#[allow(#lints)]))
}

fn conditional(attribute: Attribute, condition: Option<&TokenStream>) -> Attribute {
    let Some(condition) = condition else { return attribute };
    let meta = attribute.meta;
    parse_quote!(#[cfg_attr(#condition, #meta)])
}

fn doc_text(meta: &Meta) -> Option<DocText> {
    let Meta::NameValue(meta) = meta else { return None };
    Some(match &meta.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => DocText::Literal(text.value()),
        text => DocText::Expr(text.clone()),
    })
}

/// The note of `#[deprecated]`, `#[deprecated = "…"]` or `#[deprecated(note = "…")]`.
fn deprecation_note(meta: &Meta) -> String {
    let mut note = String::new();
    let mut take = |value: &Expr| {
        if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = value {
            note = text.value();
        }
    };
    match meta {
        Meta::NameValue(meta) => take(&meta.value),
        Meta::List(list) => {
            let entries = Punctuated::<syn::MetaNameValue, Token![,]>::parse_terminated;
            let entries = entries.parse2(list.tokens.clone()).unwrap_or_default();
            entries.iter().filter(|entry| entry.path.is_ident("note")).for_each(|e| take(&e.value));
        }
        Meta::Path(_) => {}
    }
    note
}

fn without_effect(meta: &Meta, target: Target) -> syn::Error {
    let path = meta.path().to_token_stream().to_string().replace(' ', "");
    let target = match target {
        Target::Schema => "an event schema",
        Target::Event => "an event",
        Target::Argument => "an event's argument",
    };
    syn::Error::new_spanned(meta, format!("attribute `{path}` has no effect on {target}"))
}

const CONDITIONAL_EVENT: &str = "`#[event]` cannot stand in a `cfg_attr`, which is expanded too \
    late; declare the event twice, each under its own `#[cfg]`";
