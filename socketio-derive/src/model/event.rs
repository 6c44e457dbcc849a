//! One event.
//!
//! Must not know: other events.

use std::time::Duration;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{Generics, LitStr, Token, Type, ext::IdentExt as _, parse_quote};

use super::{
    Ack, Argument, Example, Kind, Runtime, argument, case, case::RenameRule, check, owned, payload,
};
use crate::{
    ctxt::Ctxt,
    parse::{Attrs, EventInput, OfflinePolicy},
};

/// One event.
pub(crate) struct Event {
    pub(crate) attrs: Attrs,
    pub(crate) fn_token: Token![fn],
    /// The user's own function name.
    pub(crate) ident: Ident,
    /// The position among the functions of the trait.
    pub(crate) index: usize,
    /// The name on the wire.
    pub(crate) name: String,
    /// The tokens that decide the name on the wire: a literal, or the function's name.
    pub(crate) name_source: TokenStream,
    /// The name as a variant of the event enum.
    pub(crate) variant: Ident,
    pub(crate) generics: Generics,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) ack: Option<Ack>,
    pub(crate) is_volatile: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) offline: Option<OfflinePolicy>,
    pub(crate) time_to_live: Option<Duration>,
    pub(crate) retries: Option<u32>,
    pub(crate) has_idempotency_key: bool,
    pub(crate) example: Option<Example>,
    pub(crate) ack_example: Option<Example>,
}

/// What an event takes from its schema.
pub(super) struct Context<'a> {
    pub(super) received: Option<Received>,
    pub(super) runtime: &'a Runtime,
    pub(super) rename_all: Option<RenameRule>,
}

/// By whom the events are received.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Received {
    ByUsers,
    /// By test servers alone, because the schema has the option `testing`.
    ByTests,
}

impl Received {
    fn event(self) -> &'static str {
        match self {
            Self::ByUsers => "a received event",
            Self::ByTests => "an event that a test server receives (option `testing`)",
        }
    }

    fn argument(self) -> &'static str {
        match self {
            Self::ByUsers => "a received argument",
            Self::ByTests => "an argument that a test server receives (option `testing`)",
        }
    }
}

impl Event {
    pub(super) fn new(ctxt: &Ctxt, context: &Context<'_>, index: usize, input: EventInput) -> Self {
        check::options(ctxt, &input);
        let unraw = input.ident.unraw().to_string();
        let explicit = input.options.name.as_ref();
        let renamed =
            || context.rename_all.map_or_else(|| unraw.clone(), |rule| rule.apply(&unraw));
        let name = explicit.map_or_else(renamed, LitStr::value);
        let name_source = explicit.map_or_else(|| input.ident.to_token_stream(), |n| quote!(#n));
        check::wire_name(ctxt, &name, &name_source);
        let (arguments, ack) = context.types(ctxt, &input);
        let private = context.runtime.private();
        let example = Example::of_arguments(ctxt, &input, &arguments, &private);
        let ack_example = input.options.ack_example.as_ref();
        let ack_example = Example::of_ack(ctxt, ack_example, ack.as_ref(), &private);
        Self {
            variant: Ident::new(&case::variant(&unraw), input.ident.span()),
            attrs: input.attrs,
            fn_token: input.fn_token,
            ident: input.ident,
            index,
            name,
            name_source,
            generics: input.generics,
            arguments,
            ack,
            is_volatile: input.options.volatile.is_some(),
            timeout: input.options.timeout.map(|(_, timeout)| timeout),
            offline: input.options.offline.map(|(_, policy)| policy),
            time_to_live: input.options.time_to_live.map(|(_, time)| time),
            retries: input.options.retries.map(|(_, retries)| retries),
            has_idempotency_key: input.options.idempotency_key.is_some(),
            example,
            ack_example,
        }
    }

    /// Whether the name on the wire is written out.
    pub(super) fn is_name_explicit(&self) -> bool {
        syn::parse2::<Ident>(self.name_source.clone()).is_err()
    }

    /// What a one-time listener and a stream give: the single argument itself, or a
    /// tuple.
    pub(crate) fn received(&self) -> TokenStream {
        match &*self.arguments {
            [argument] => argument.received.to_token_stream(),
            arguments => {
                let types = arguments.iter().map(|argument| &argument.received);
                quote!((#(#types),*))
            }
        }
    }

    /// All types of the event, to see which names they use.
    pub(crate) fn types(&self) -> TokenStream {
        let arguments = self.arguments.iter().map(|argument| &argument.received);
        let ack = self.ack.iter().map(|ack| &ack.answer);
        quote!(#(#arguments)* #(#ack)*)
    }
}

impl Context<'_> {
    /// The arguments and the ack. Types that cannot be received are reported, and become JSON
    /// values so that the rest of the event stands.
    fn types(&self, ctxt: &Ctxt, input: &EventInput) -> (Vec<Argument>, Option<Ack>) {
        let generics = &input.generics;
        if let Some(received) = self.received {
            check::no_generics(ctxt, generics, received.event());
        }
        let private = self.runtime.private();
        let unknown: Type = parse_quote!(#private::serde_json::Value);
        let own = |ty: &Type, subject: &str| {
            if self.received.is_some() && owned::mentions(ty, generics) {
                return unknown.clone();
            }
            ctxt.ok(owned::owned(ty, subject, &private)).unwrap_or_else(|| unknown.clone())
        };
        let kinds = argument::kinds(ctxt, &input.arguments);
        let arguments = input.arguments.iter().zip(kinds).map(|(argument, kind)| {
            if !payload::check(ctxt, &argument.ty) {
                let anything = parse_quote!(impl #private::Emit);
                return Argument::unknown(argument, anything, unknown.clone());
            }
            if kind != Kind::Rest {
                check::no_byte_list(ctxt, &input.options, &argument.ty);
            }
            let received = match self.received {
                Some(received) => own(&argument.ty, received.argument()),
                None => argument.ty.clone(),
            };
            Argument::new(argument, kind, received, generics)
        });
        let arguments = arguments.collect();
        let own_ack = |ty: &Type| own(ty, "an acknowledgement");
        let ack = Ack::new(ctxt, input, own_ack, &unknown);
        (arguments, ack)
    }
}
