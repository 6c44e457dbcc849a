//! `#[namespace("/path", …)]` and the struct it stands on.
//!
//! Must not know: what the schemas are.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, ItemStruct, LitStr, Path, Result, Type, parse::Parse as _};

use super::{
    attrs::{self, DocText},
    options::{self, Key, Once},
    schema::default_runtime,
    symbol,
};
use crate::ctxt::Ctxt;

/// A namespace as written.
pub(crate) struct NamespaceInput {
    pub(crate) path: LitStr,
    pub(crate) listens: Option<Type>,
    pub(crate) emits: Option<Type>,
    pub(crate) auth: Option<Type>,
    pub(crate) refusal: Option<Type>,
    /// Whether the namespace can stand in a catalogue.
    pub(crate) is_exported: bool,
    /// The path of the runtime.
    pub(crate) runtime: Path,
    pub(crate) ident: Ident,
    /// The text of the documentation.
    pub(crate) text: Vec<DocText>,
    /// The struct's conditions and lint levels.
    pub(crate) attrs: Vec<Attribute>,
}

impl NamespaceInput {
    pub(super) fn parse(ctxt: &Ctxt, tokens: TokenStream, item: &ItemStruct) -> Option<Self> {
        let (mut path, mut runtime) = (Once::new(), Once::new());
        let (mut listens, mut emits) = (Once::new(), Once::new());
        let (mut auth, mut refusal, mut export) = (Once::new(), Once::new(), Once::new());
        let is_sound = options::parse(ctxt, tokens, |key, input| {
            let word = match key {
                Key::Literal(literal) => return path.set(literal, "the path", literal.clone()),
                Key::Word(word) => word,
            };
            let ty = || options::value(word, input, "Type", Type::parse);
            match &*word.to_string() {
                symbol::LISTENS => listens.set(word, symbol::LISTENS, ty()?),
                symbol::EMITS => emits.set(word, symbol::EMITS, ty()?),
                symbol::AUTH => auth.set(word, symbol::AUTH, ty()?),
                symbol::REFUSAL => refusal.set(word, symbol::REFUSAL, ty()?),
                symbol::EXPORT => export.set(word, symbol::EXPORT, options::flag(word, input)?),
                symbol::CRATE => {
                    let path = options::value(word, input, "path", Path::parse_mod_style)?;
                    runtime.set(word, symbol::CRATE, path)
                }
                _ => Err(options::unknown(word, symbol::NAMESPACE_OPTIONS)),
            }
        });
        let path = path.get();
        // Another mistake may have hidden it.
        if path.is_none() && is_sound {
            ctxt.push(syn::Error::new(Span::call_site(), PATH_MISSING));
        }
        if !item.generics.params.is_empty() {
            ctxt.error(&item.generics, GENERIC);
            return None;
        }
        Some(Self {
            path: checked_path(ctxt, path),
            listens: listens.get(),
            emits: emits.get(),
            auth: auth.get(),
            refusal: refusal.get(),
            is_exported: export.get().unwrap_or_default(),
            runtime: runtime.get().unwrap_or_else(default_runtime),
            ident: item.ident.clone(),
            text: attrs::text_of(&item.attrs),
            attrs: attrs::of_implementation(&item.attrs),
        })
    }
}

/// The path; after a mistake the main namespace's.
fn checked_path(ctxt: &Ctxt, path: Option<LitStr>) -> LitStr {
    let path = path.and_then(|path| ctxt.ok(check_path(&path)).map(|()| path));
    path.unwrap_or_else(|| LitStr::new("/", Span::call_site()))
}

fn check_path(path: &LitStr) -> Result<()> {
    let text = path.value();
    let refuse = |message: &str| Err(syn::Error::new_spanned(path, message));
    if !text.starts_with('/') {
        return match text.as_str() {
            "" => refuse("a namespace begins with `/`; the main namespace is \"/\""),
            _ => refuse(&format!("a namespace begins with `/`: \"/{text}\"")),
        };
    }
    if text.contains(',') {
        return refuse("a namespace has no `,`: it ends the namespace in a packet");
    }
    if text.contains('?') {
        return refuse("a namespace has no `?`: servers cut off what follows it");
    }
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return refuse("a namespace has no white space and no control characters");
    }
    Ok(())
}

const PATH_MISSING: &str =
    "give the namespace's path first: `#[namespace(\"/\", …)]` is the main namespace";

const GENERIC: &str = "a namespace has one path and one schema: it cannot be generic";
