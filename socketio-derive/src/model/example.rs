//! An example of an event's arguments or of its answer, held against what is declared.
//!
//! Must not know: where it is shown and how it is tested.

use proc_macro2::{Ident, TokenStream};
use syn::{Type, ext::IdentExt as _, parse_quote};

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
        let (_, example) = input.options.example.as_ref()?;
        if arguments.iter().any(|argument| argument.is_refused) {
            return None;
        }
        if !input.generics.params.is_empty() {
            ctxt.error(&input.generics, NO_NAME);
            return None;
        }
        if let Some(argument) = arguments.iter().find(|it| owned::is_opaque(&it.written)) {
            ctxt.error(&argument.written, NO_NAME);
            return None;
        }
        let count = example.values.len();
        let missing = arguments.get(count).filter(|argument| argument.kind == Kind::Required);
        let takes_any = arguments.last().is_some_and(|last| last.kind == Kind::Rest);
        if let Some(argument) = missing {
            let name = argument.ident.unraw();
            ctxt.error(&example.list, format!("the example has no value for argument `{name}`"));
            return None;
        }
        if count > arguments.len() && !takes_any {
            let takes = counted(arguments.len(), "argument");
            let message = format!("this event takes {takes}, the example has {count} values");
            ctxt.error(&example.list, message);
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
                return refuse(
                    "an `error_first` acknowledgement is `[null, value]` or `[error]`".to_owned(),
                );
            }
            (Codec::Value, [_]) => vec![ack.written.clone()],
            (Codec::Values, values) if values.len() == ack.texts.len() => {
                owned::tuple(&ack.written)?.into_iter().cloned().collect()
            }
            (_, values) => {
                let [declared, has] =
                    [ack.texts.len(), values.len()].map(|count| counted(count, "value"));
                return refuse(format!(
                    "this acknowledgement has {declared}, the example has {has}"
                ));
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

const NO_NAME: &str = "an event with an example names its types, against which the example is \
    checked: name the type, or leave out `example`";

fn counted(count: usize, noun: &str) -> String {
    match count {
        0 => format!("no {noun}s"),
        1 => format!("one {noun}"),
        count => format!("{count} {noun}s"),
    }
}
