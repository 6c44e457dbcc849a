//! One argument of an event.
//!
//! Must not know: acknowledgements.

use proc_macro2::Ident;
use syn::{Attribute, Generics, Type};

use super::{owned, text};
use crate::{
    ctxt::Ctxt,
    parse::{ArgumentInput, DocText},
};

/// One argument.
pub(crate) struct Argument {
    pub(crate) ident: Ident,
    pub(crate) docs: Vec<Attribute>,
    /// The text of the documentation.
    pub(crate) doc_text: Vec<DocText>,
    pub(crate) kind: Kind,
    /// The type as text, for the descriptor.
    pub(crate) text: String,
    /// The type as written: the parameter when it is emitted.
    pub(crate) written: Type,
    /// One value's type for catalogues; `None` if it has no name.
    pub(crate) exported: Option<Type>,
    /// The type that owns its data: the parameter when it is received.
    pub(crate) received: Type,
    /// Whether another type stands in for what was written.
    pub(crate) is_refused: bool,
}

/// How many values an argument stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Required,
    Optional,
    Rest,
}

impl Argument {
    pub(super) fn new(
        input: &ArgumentInput,
        kind: Kind,
        received: Type,
        generics: &Generics,
    ) -> Self {
        Self {
            ident: input.ident.clone(),
            docs: input.attrs.docs.clone(),
            doc_text: input.attrs.text.clone(),
            kind,
            text: text::of(&input.ty),
            exported: owned::exported(kind.value(&input.ty), generics),
            written: input.ty.clone(),
            received,
            is_refused: false,
        }
    }

    /// One whose type has been refused.
    pub(super) fn unknown(input: &ArgumentInput, written: Type, received: Type) -> Self {
        Self {
            ident: input.ident.clone(),
            docs: input.attrs.docs.clone(),
            doc_text: input.attrs.text.clone(),
            kind: Kind::Required,
            text: text::of(&input.ty),
            written,
            exported: None,
            received,
            is_refused: true,
        }
    }

    /// The type of one value on the wire, as written.
    pub(crate) fn written_value(&self) -> &Type {
        self.kind.value(&self.written)
    }

    /// The type of one value on the wire, owned.
    pub(crate) fn received_value(&self) -> &Type {
        self.kind.value(&self.received)
    }
}

impl Kind {
    fn value(self, ty: &Type) -> &Type {
        let value = match self {
            Self::Required => None,
            Self::Optional => owned::option(ty),
            Self::Rest => owned::list(ty),
        };
        value.unwrap_or(ty)
    }
}

/// The kind of each argument: `#[event(rest)]` may stand on the last; every `Option` behind
/// which only `Option`s and the rest follow may be left out.
pub(super) fn kinds(ctxt: &Ctxt, arguments: &[ArgumentInput]) -> Vec<Kind> {
    let mut kinds = vec![Kind::Required; arguments.len()];
    let mut is_tail = true;
    for (index, argument) in arguments.iter().enumerate().rev() {
        if let Some(span) = argument.rest {
            if index + 1 != arguments.len() {
                let message = "only the last argument can be the rest";
                ctxt.push(syn::Error::new(span, message));
            } else if owned::list(&argument.ty).is_none() {
                ctxt.error(&argument.ty, "the rest of the arguments is a `Vec<T>` or a `&[T]`");
            } else {
                kinds[index] = Kind::Rest;
                continue;
            }
        }
        is_tail &= owned::option(&argument.ty).is_some();
        if is_tail {
            kinds[index] = Kind::Optional;
        }
    }
    kinds
}
