//! An example of an event's arguments or of its answer, held against what is declared.
//!
//! Must not know: where it is shown and how it is tested.

use proc_macro2::{Ident, TokenStream};
use syn::{Type, parse_quote};

use super::{Ack, Argument, Codec, Kind, owned};
use crate::{
    ctxt::Ctxt,
    parse::{self, EventInput, Json},
};

/// An example of the values of one packet.
pub(crate) struct Example {
    pub(crate) values: Vec<Json>,
    /// What reads the values, in order: one type a value, but for the rest of the arguments.
    pub(crate) types: Vec<(Kind, Type)>,
}

/// An option's word and its list.
type Written = (Ident, parse::Example);

impl Example {
    /// `private` is the path of what generated code may use.
    pub(super) fn of_arguments(
        ctxt: &Ctxt,
        input: &EventInput,
        arguments: &[Argument],
        private: &TokenStream,
    ) -> Option<Self> {
        let (word, example) = input.options.example.as_ref()?;
        let is_opaque = |argument: &Argument| owned::is_opaque(&argument.written);
        if !input.generics.params.is_empty() || arguments.iter().any(is_opaque) {
            ctxt.error(word, "an example is read as the types of the event: name them all");
            return None;
        }
        let of_kind = |kind| arguments.iter().filter(|argument| argument.kind == kind).count();
        let (least, most) = match (of_kind(Kind::Required), of_kind(Kind::Optional)) {
            (least, _) if of_kind(Kind::Rest) > 0 => (least, None),
            (least, optional) => (least, Some(least + optional)),
        };
        let count = example.values.len();
        if count < least || most.is_some_and(|most| count > most) {
            let takes = match most {
                Some(most) if most == least => counted(least, "argument"),
                Some(most) => format!("{least} to {}", counted(most, "argument")),
                None => format!("at least {}", counted(least, "argument")),
            };
            let has = counted(count, "value");
            ctxt.error(&example.list, format!("this event has {takes}, the example {has}"));
            return None;
        }
        let types = arguments
            .iter()
            .map(|argument| (argument.kind, owned::example(argument.written_value(), private)));
        Some(Self { values: example.values.clone(), types: types.collect() })
    }

    pub(super) fn of_ack(
        ctxt: &Ctxt,
        written: Option<&Written>,
        ack: Option<&Ack>,
        private: &TokenStream,
    ) -> Option<Self> {
        let (word, example) = written?;
        let Some(ack) = ack else {
            let message = "`ack_example` needs an acknowledgement: give the event a return type";
            ctxt.error(word, message);
            return None;
        };
        let refuse = |message: String| {
            ctxt.error(&example.list, message);
            None
        };
        let values = &*example.values;
        let types = match (ack.codec, values) {
            (Codec::ErrorFirst, [Json::Null, _]) => {
                let value = owned::result(&ack.written).map(|[value, _]| value.clone());
                vec![parse_quote!(()), value?]
            }
            (Codec::ErrorFirst, [error]) if *error != Json::Null => {
                vec![owned::result(&ack.written)?[1].clone()]
            }
            (Codec::ErrorFirst, _) => {
                return refuse("this acknowledgement is `[null, value]` or `[error]`".to_owned());
            }
            (Codec::Value, [_]) => vec![ack.written.clone()],
            (Codec::Values, values) if values.len() == ack.texts.len() => {
                owned::tuple(&ack.written)?.into_iter().cloned().collect()
            }
            (_, values) => {
                let [declared, has] =
                    [ack.texts.len(), values.len()].map(|count| counted(count, "value"));
                return refuse(format!("this acknowledgement has {declared}, the example {has}"));
            }
        };
        let types = types.iter().map(|ty| (Kind::Required, owned::example(ty, private)));
        Some(Self { values: values.to_vec(), types: types.collect() })
    }

    /// The values as compact JSON.
    pub(crate) fn json(&self) -> String {
        Json::Array(self.values.clone()).to_string()
    }
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        0 => format!("no {noun}s"),
        1 => format!("one {noun}"),
        count => format!("{count} {noun}s"),
    }
}
