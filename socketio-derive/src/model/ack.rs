//! What the receiver of an event answers.
//!
//! Must not know: arguments.

use syn::{Generics, Type, parse_quote};

use super::{check, owned, text};
use crate::{ctxt::Ctxt, parse::EventInput};

/// An acknowledgement.
pub(crate) struct Ack {
    pub(crate) codec: Codec,
    /// The return type as written, for its place.
    pub(crate) written: Type,
    /// What the listener returns; owns its data.
    pub(crate) answer: Type,
    /// The values as text, for the descriptor; the error last.
    pub(crate) texts: Vec<String>,
    /// The values' types for catalogues, likewise; `None` where one has no name.
    pub(crate) exported: Vec<Option<Type>>,
}

/// How the values of an acknowledgement stand in its packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    Value,
    Values,
    ErrorFirst,
}

impl Ack {
    /// `own` finds the type that owns its data; `unknown` stands in for a type that is wrong.
    pub(super) fn new(
        ctxt: &Ctxt,
        input: &EventInput,
        own: impl Fn(&Type) -> Type,
        unknown: &Type,
    ) -> Option<Self> {
        let convention = &input.options.error_first;
        let Some(ty) = &input.output else {
            if let Some(word) = convention {
                ctxt.error(word, "`ack = error_first` needs a return type: `-> Result<T, E>`");
            }
            return None;
        };
        check::no_byte_list(ctxt, &input.options, ty);
        let ack = match (owned::result(ty), convention) {
            (Some([value, error]), convention) => {
                if convention.is_none() {
                    ctxt.error(ty, RESULT_WITHOUT_CONVENTION);
                }
                Self::error_first(ty, &own(value), &own(error), [value, error])
            }
            (None, None) if owned::is_result(ty) => {
                ctxt.error(ty, RESULT_WITHOUT_CONVENTION);
                Self::of(ty, unknown.clone(), Codec::Value, &[ty])
            }
            (None, Some(_)) => {
                ctxt.error(ty, "`ack = error_first` needs both types: `-> Result<T, E>`");
                Self::of(ty, own(ty), Codec::Value, &[ty])
            }
            (None, None) => match owned::tuple(ty) {
                Some(values) if check::ack_size(ctxt, ty, values.len()) => {
                    Self::of(ty, own(ty), Codec::Values, &values)
                }
                Some(_) => Self::of(ty, unknown.clone(), Codec::Value, &[ty]),
                None => Self::of(ty, own(ty), Codec::Value, &[ty]),
            },
        };
        Some(ack)
    }

    fn of(written: &Type, answer: Type, codec: Codec, values: &[&Type]) -> Self {
        Self {
            codec,
            written: written.clone(),
            answer,
            texts: values.iter().map(|ty| text::of(ty)).collect(),
            exported: values.iter().map(|ty| owned::exported(ty, &Generics::default())).collect(),
        }
    }

    fn error_first(ty: &Type, value: &Type, error: &Type, written: [&Type; 2]) -> Self {
        // The types of `Result` keep their places; its name may be shadowed where this is used.
        let answer = parse_quote!(::core::result::Result<#value, #error>);
        Self::of(ty, answer, Codec::ErrorFirst, &written)
    }

    /// The type parameters of the answer's future: the value and the service's own error.
    pub(crate) fn future(&self) -> Vec<&Type> {
        match owned::result(&self.answer) {
            Some(types) if self.codec == Codec::ErrorFirst => types.to_vec(),
            _ => vec![&self.answer],
        }
    }
}

const RESULT_WITHOUT_CONVENTION: &str = "how is the error sent? for Node's \
    `callback(error, value)` write `#[event(ack = error_first)]`";
