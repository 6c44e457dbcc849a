//! The rules that events must keep, alone and together, each with its why.
//!
//! Must not know: how the events were parsed, what is generated from them.

use std::collections::{HashMap, hash_map::Entry};

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Error, LitStr, Type, ext::IdentExt as _};

use super::{Event, owned};
use crate::{
    ctxt::Ctxt,
    parse::{EventInput, EventOptions, OfflinePolicy},
};

/// The names that Socket.IO keeps for itself: `RESERVED_EVENTS` in
/// `packages/socket.io-client/lib/socket.ts`, the same six as in
/// `packages/socket.io/lib/socket-types.ts`. Node throws when one is emitted.
const RESERVED: &[&str] =
    &["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// The most values that the runtime's tuples of acknowledgements have.
const MAX_ACK_VALUES: usize = 6;

pub(super) fn wire_name(ctxt: &Ctxt, name: &str, source: &TokenStream) {
    if name.is_empty() {
        ctxt.error(source, "an event name must not be empty");
    }
    if RESERVED.contains(&name) {
        let message = format!(
            "`{name}` is a reserved Socket.IO event name; use the socket's lifecycle, or pick \
             another name with `#[event(\"…\")]`"
        );
        ctxt.error(source, message);
    }
}

/// Options that contradict the return type or each other.
pub(super) fn options(ctxt: &Ctxt, input: &EventInput) {
    let options = &input.options;
    if let (Some((word, _)), None) = (&options.timeout, &input.output) {
        let message = "`timeout` needs an acknowledgement: give the event a return type";
        ctxt.error(word, message);
    }
    if let (Some(span), Some(_)) = (options.volatile, &input.output) {
        let message = "a volatile event may be dropped, so it cannot carry an acknowledgement";
        ctxt.push(Error::new(span, message));
    }
    delivery(ctxt, input);
}

/// Options for the delivery of an event that cannot be had at the same time.
fn delivery(ctxt: &Ctxt, input: &EventInput) {
    let options = &input.options;
    if options.volatile.is_some() {
        // That it has no acknowledgement goes without saying.
        let refused = "a volatile event is sent at once or not at all: leave out `volatile`, or";
        if let Some((word, _)) = &options.offline {
            ctxt.error(word, format!("{refused} the policy while offline"));
        }
        if let Some((word, _)) = &options.time_to_live {
            ctxt.error(word, format!("{refused} the time to live"));
        }
        if let Some((word, _)) = &options.retries {
            ctxt.error(word, format!("{refused} the retries"));
        }
        if let Some(word) = &options.idempotency_key {
            ctxt.error(word, format!("{refused} the key for its repetitions"));
        }
        return;
    }
    // One that is retried may still wait for its turn.
    if let (Some((word, _)), Some((_, OfflinePolicy::Drop | OfflinePolicy::Reject)), None) =
        (&options.time_to_live, &options.offline, &options.retries)
    {
        let message = "an event that does not wait while the socket is offline needs no time to \
                       live: leave it out, or say `offline = buffer`";
        ctxt.error(word, message);
    }
    if input.output.is_none() {
        if let Some((word, _)) = &options.retries {
            let message = "`retries` needs an acknowledgement, by which the server confirms the \
                           event: give the event a return type, such as `-> ()`";
            ctxt.error(word, message);
        }
        if let Some(word) = &options.idempotency_key {
            let message = "`idempotency_key` needs an acknowledgement, since only an event that \
                           is acknowledged is retried: give the event a return type, such as \
                           `-> ()`";
            ctxt.error(word, message);
        }
    }
    if let (Some(word), true) =
        (&options.idempotency_key, input.arguments.iter().any(|argument| argument.rest.is_some()))
    {
        let message = "the server could not tell the key from the arguments that `rest` stands \
                       for: take a list instead, as `name: Vec<T>` without `rest`";
        ctxt.error(word, message);
    }
}

/// A byte list is hardly ever meant to be `[1,2,3]`.
pub(super) fn no_byte_list(ctxt: &Ctxt, options: &EventOptions, ty: &Type) {
    if let Some(bytes) = owned::byte_list(ty).filter(|_| !options.json) {
        let message = "a byte list is sent as a JSON array of numbers; use `Bytes` to send it as \
                       a binary attachment, or `#[event(json)]` to keep the array";
        ctxt.error(bytes, message);
    }
}

/// Whether the runtime can read and write that many values.
pub(super) fn ack_size(ctxt: &Ctxt, ty: &Type, values: usize) -> bool {
    let fits = values <= MAX_ACK_VALUES;
    if !fits {
        let message =
            format!("an acknowledgement has at most {MAX_ACK_VALUES} values; use a struct");
        ctxt.error(ty, message);
    }
    fits
}

/// The names of the events so far.
#[derive(Default)]
pub(super) struct Names {
    functions: HashMap<String, First>,
    wire: HashMap<String, First>,
    variants: HashMap<String, First>,
    retired: HashMap<String, LitStr>,
}

/// The first event of a name.
struct First {
    ident: Ident,
    source: TokenStream,
    is_conditional: bool,
}

impl Names {
    pub(super) fn new(ctxt: &Ctxt, retired: &[LitStr]) -> Self {
        let mut names = Self::default();
        for literal in retired {
            let name = literal.value();
            if name.is_empty() {
                ctxt.error(literal, "an event name is not empty");
            } else if names.retired.insert(name.clone(), literal.clone()).is_some() {
                ctxt.error(literal, format!("`{name}` is retired twice"));
            }
        }
        names
    }

    /// Reports an event whose name is taken. Events that all stand under a `#[cfg]` may share
    /// one: which of them are there is the compiler's business.
    pub(super) fn admit(&mut self, ctxt: &Ctxt, event: &Event) -> bool {
        self.refuse_retired(ctxt, event);
        let ident = event.ident.unraw().to_string();
        let function = taken(&mut self.functions, &ident, event, &event.ident);
        let wire = taken(&mut self.wire, &event.name, event, &event.name_source);
        let variant = taken(&mut self.variants, &event.variant.to_string(), event, &event.ident);
        let name = &event.name;
        let at_ident = event.ident.to_token_stream();
        let (message, place, first) = if let Some(first) = function {
            (format!("event function `{ident}` is declared twice"), at_ident, first)
        } else if let Some(first) = wire {
            let is_renamed = !event.is_name_explicit() && *name != ident;
            let message = if is_renamed {
                format!("`{name}` is produced by both `{}` and `{ident}`", first.ident)
            } else {
                format!("event name `{name}` is declared twice")
            };
            (message, event.name_source.clone(), first)
        } else if let Some(first) = variant {
            let message = format!(
                "`{ident}` and `{}` both make the variant `{}` of the event enum; rename one \
                 function and keep its name on the wire with `#[event({name:?})]`",
                first.ident, event.variant
            );
            (message, at_ident, first)
        } else {
            return true;
        };
        let mut error = Error::new_spanned(place, message);
        let text = format!("`{}` first declared here", first.ident);
        error.combine(Error::new_spanned(&first.source, text));
        ctxt.push(error);
        false
    }

    fn refuse_retired(&self, ctxt: &Ctxt, event: &Event) {
        let Some(literal) = self.retired.get(&event.name) else { return };
        let message = format!(
            "`{}` is retired: peers may still know it with its old meaning; pick another name on \
             the wire",
            event.name
        );
        let mut error = Error::new_spanned(&event.name_source, message);
        error.combine(Error::new_spanned(literal, "it is retired here"));
        ctxt.push(error);
    }
}

/// The event that has taken `name`; enters this one otherwise.
fn taken<'a>(
    names: &'a mut HashMap<String, First>,
    name: &str,
    event: &Event,
    source: &impl ToTokens,
) -> Option<&'a First> {
    let this = First {
        ident: event.ident.clone(),
        source: source.to_token_stream(),
        is_conditional: !event.attrs.cfg.is_empty(),
    };
    match names.entry(name.to_owned()) {
        Entry::Vacant(entry) => {
            entry.insert(this);
            None
        }
        Entry::Occupied(entry) => {
            let first = entry.into_mut();
            (!(first.is_conditional && this.is_conditional)).then_some(&*first)
        }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    use crate::{
        ctxt::Ctxt,
        model::{Direction, Schema},
        parse,
    };

    /// The messages about the events of a trait.
    fn messages(options: TokenStream, events: &TokenStream) -> Vec<String> {
        let ctxt = Ctxt::new();
        let item = quote!(trait Chat { #events });
        let input = parse::schema(&ctxt, "client_to_server", options, &item).expect("a trait");
        let _ = Schema::new(&ctxt, Direction::ClientToServer, input);
        let errors = ctxt.check().to_string();
        errors.split("compile_error ! { \"").skip(1).map(|e| e.replace("\" }", "")).collect()
    }

    fn assert_only(message: &str, options: TokenStream, events: &TokenStream) {
        let messages = messages(options, events);
        assert!(messages[0].contains(message), "{message} in {messages:?}");
        assert!(messages[1..].iter().all(|other| other.contains("first declared")), "{messages:?}");
    }

    #[test]
    fn names_are_taken_once() {
        let twice = quote!(
            fn say();
            #[event("say")]
            fn tell();
        );
        assert_only("`say` is declared twice", quote!(), &twice);
        let case = quote!(
            fn say_it();
            fn sayIt();
        );
        assert_only("both make the variant `SayIt`", quote!(), &case);
        let renamed = quote!(
            fn say_it();
            fn say__it();
        );
        assert_only("produced by both", quote!(rename_all = "camelCase"), &renamed);
        let raw = quote!(
            fn say();
            fn r#say();
        );
        assert_only("function `say` is declared twice", quote!(), &raw);
    }

    #[test]
    fn conditional_events_may_share_a_name() {
        let events = quote!(
            #[cfg(a)]
            fn say();
            #[cfg(not(a))]
            fn say(text: &str);
        );
        assert_eq!(messages(quote!(), &events), Vec::<String>::new());
        let one = quote!(
            #[cfg(a)]
            fn say();
            fn say(text: &str);
        );
        assert_only("declared twice", quote!(), &one);
    }

    #[test]
    fn names_differ_in_case() {
        let events = quote!(
            #[event("say")]
            fn one();
            #[event("Say")]
            fn other();
        );
        assert_eq!(messages(quote!(), &events), Vec::<String>::new());
    }

    #[test]
    fn reserved_names_are_refused_however_they_come_about() {
        assert_only(
            "`connect` is a reserved",
            quote!(),
            &quote!(
                fn connect();
            ),
        );
        assert_only(
            "`connect` is a reserved",
            quote!(),
            &quote!(
                #[event("connect")]
                fn say();
            ),
        );
        let events = quote!(
            fn new_listener();
        );
        assert_only("`newListener`", quote!(rename_all = "camelCase"), &events);
        assert_eq!(messages(quote!(), &events), Vec::<String>::new());
    }
}
