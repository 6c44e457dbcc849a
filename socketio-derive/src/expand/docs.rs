//! What rustdoc and the editor say about generated items: the user's words first.
//!
//! Must not know: the code of the items.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, ext::IdentExt as _};

use super::names::Names;
use crate::{
    model::{Argument, Codec, Direction, Event, Schema},
    parse::{DocText, OfflinePolicy},
};

/// The marker type: the user's words, and what is there.
pub(super) fn schema(schema: &Schema, names: &Names) -> TokenStream {
    let docs = &schema.attrs.docs;
    let mut ways = Vec::new();
    if schema.sides.emit {
        ways.push(format!("emit them with [`{}`]", names.emit));
    }
    if schema.sides.listen {
        ways.push(format!(
            "listen to them with [`{}`], [`{}`] and [`{}`], match them as [`{}`], or handle all \
             of them with [`{}`]",
            names.on, names.once, names.stream, names.event, names.handler
        ));
    }
    let summary = docs.is_empty().then(|| {
        line(match schema.direction {
            Direction::ServerToClient => "Events that the server sends to its clients.",
            Direction::ClientToServer => "Events that clients send to the server.",
        })
    });
    let ways = ways.join("; ");
    let intro = paragraph(true, &format!("These are the events; {ways}:"));
    let view = if schema.sides.emit { &names.emit } else { &names.on };
    let blank = line("");
    let list = schema.events.iter().map(|event| {
        let text = format!(" - [{}]({view}::{})", code(&event.name), event.ident.unraw());
        match &*event.attrs.cfg {
            [] => quote!(#[doc = #text]),
            cfg => quote!(#[cfg_attr(all(#(#cfg),*), doc = #text)]),
        }
    });
    quote!(#(#docs)* #summary #intro #blank #(#list)*)
}

/// A view struct, the event enum or the handler trait.
pub(super) fn view(schema: &Schema, purpose: &str) -> TokenStream {
    line(&format!("{purpose} [`{}`].", schema.ident.unraw()))
}

/// What a test server gets out of one event.
pub(super) fn expect(event: &Event) -> TokenStream {
    let text = facts(event, "Takes");
    let answer = if event.ack.is_some() {
        " It gives the arguments and, as the last value, the responder for the answer."
    } else {
        " It gives the arguments."
    };
    method(event, &format!("{text}{answer}"), &TokenStream::new())
}

pub(super) fn event_enum(schema: &Schema) -> TokenStream {
    line(&format!("One of the events of [`{}`].", schema.ident.unraw()))
}

pub(super) fn handler(schema: &Schema) -> TokenStream {
    let first = view(schema, "Handles every event of");
    let rest = paragraph(
        true,
        "Each method may be implemented as a plain `async fn`. One event is handled after the \
         other; what a method returns is the event's acknowledgement.",
    );
    quote!(#first #rest)
}

pub(super) fn emit(event: &Event) -> TokenStream {
    let timeout = event.timeout.map(|timeout| {
        format!(" It is awaited for at most {timeout:?}, unless the call says otherwise.")
    });
    let volatile =
        event.is_volatile.then_some(" Volatile: dropped when it cannot be sent at once.");
    let facts = facts(event, "Emits");
    let (timeout, volatile) = (timeout.unwrap_or_default(), volatile.unwrap_or_default());
    let text = format!("{facts}{timeout}{volatile}{}", delivery(event));
    let errors = event.ack.is_none().then(|| {
        let title = paragraph(true, "# Errors");
        let text =
            paragraph(true, "When the event cannot be queued: see the variants of the error.");
        quote!(#title #text)
    });
    method(event, &text, &quote!(#errors))
}

/// What the schema says about the delivery.
fn delivery(event: &Event) -> String {
    let retries = match event.retries {
        Some(0) => " It is not sent again by itself.".to_owned(),
        Some(1) => " Without an answer it is sent once more.".to_owned(),
        Some(count) => format!(" Without an answer it is sent again, up to {count} times."),
        None => String::new(),
    };
    let key = if event.has_idempotency_key {
        " A key follows the arguments: a string that is the same each time this emit is sent, for \
         the server to know a repetition."
    } else {
        ""
    };
    let offline = match event.offline {
        Some(OfflinePolicy::Buffer) => " While the socket is offline it waits.",
        Some(OfflinePolicy::Drop) => " While the socket is offline it is dropped.",
        Some(OfflinePolicy::Reject) => " While the socket is offline it is refused.",
        None => "",
    };
    let time_to_live = event.time_to_live.map_or_else(String::new, |time| {
        format!(" It waits for the connection for at most {time:?}.")
    });
    format!("{retries}{key}{offline}{time_to_live}")
}

pub(super) fn on(event: &Event) -> TokenStream {
    let mut text = facts(event, "Listens to");
    if event.ack.is_some() {
        text.push_str(
            " The listener's return value is the acknowledgement. One listener answers: another \
             one takes this one's place.",
        );
    }
    method(event, &text, &TokenStream::new())
}

fn method(event: &Event, text: &str, more: &TokenStream) -> TokenStream {
    let docs = &event.attrs.docs;
    let text = paragraph(!docs.is_empty(), text);
    let alias = alias(event, &event.ident);
    quote!(#(#docs)* #text #more #alias)
}

pub(super) fn once(event: &Event, on: &Ident) -> TokenStream {
    watch(event, on, "The next")
}

pub(super) fn stream(event: &Event, on: &Ident) -> TokenStream {
    watch(event, on, "Every further")
}

fn watch(event: &Event, on: &Ident, which: &str) -> TokenStream {
    let name = code(&event.name);
    let first = line(&format!("{which} {name}; see [`{on}::{}`].", event.ident.unraw()));
    let answer = event.ack.as_ref().map(|_| {
        paragraph(
            true,
            "This only watches: the event is answered by a listener of `on` or by a handler.",
        )
    });
    quote!(#first #answer)
}

pub(super) fn variant(event: &Event) -> TokenStream {
    let docs = &event.attrs.docs;
    let text = paragraph(!docs.is_empty(), &format!("Event {}.", code(&event.name)));
    let alias = alias(event, &event.variant);
    quote!(#(#docs)* #text #alias)
}

pub(super) fn field(argument: &Argument) -> TokenStream {
    let docs = &argument.docs;
    quote!(#(#docs)*)
}

pub(super) fn handler_method(event: &Event) -> TokenStream {
    let docs = &event.attrs.docs;
    let text = paragraph(!docs.is_empty(), &facts(event, "Handles"));
    quote!(#(#docs)* #text)
}

/// The documentation as one string expression, without the space that `///` leaves before each
/// line.
pub(super) fn text(docs: &[DocText]) -> Option<TokenStream> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    for (index, text) in docs.iter().enumerate() {
        if index > 0 {
            literal.push('\n');
        }
        match text {
            DocText::Literal(text) => literal.push_str(text.strip_prefix(' ').unwrap_or(text)),
            DocText::Expr(text) => {
                let before = std::mem::take(&mut literal);
                parts.push(quote!(#before, #text));
            }
        }
    }
    match &*parts {
        [] if literal.is_empty() => None,
        [] => Some(quote!(#literal)),
        parts => Some(quote!(::core::concat!(#(#parts,)* #literal))),
    }
}

/// What the wire and the service see of an event.
fn facts(event: &Event, verb: &str) -> String {
    let name = code(&event.name);
    let Some(ack) = &event.ack else { return format!("{verb} {name}.") };
    let values: Vec<String> = ack.texts.iter().map(|text| code(text)).collect();
    match (ack.codec, &*values) {
        (Codec::ErrorFirst, [value, error]) => {
            format!("{verb} {name}, which is acknowledged with {value} or the error {error}.")
        }
        (_, []) => format!("{verb} {name}, which is acknowledged without a value."),
        (_, values) => format!("{verb} {name}, which is acknowledged with {}.", values.join(", ")),
    }
}

/// Finds the item by its name on the wire, in rustdoc's search and in the compiler's
/// suggestions. Both refuse some names.
fn alias(event: &Event, item: &Ident) -> Option<TokenStream> {
    let name = &event.name;
    let is_refused = |c: char| c == '"' || c == '\'' || (c.is_whitespace() && c != ' ');
    let is_legal = !name.is_empty() && !name.contains(is_refused) && name.trim() == name;
    (is_legal && item.unraw() != name).then(|| quote!(#[doc(alias = #name)]))
}

/// Inline code, whatever the text contains.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    if longest == 0 {
        return format!("`{text}`");
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence} {text} {fence}")
}

fn line(text: &str) -> TokenStream {
    let text = format!(" {text}");
    quote!(#[doc = #text])
}

/// A line set apart from what stands before it.
fn paragraph(follows: bool, text: &str) -> TokenStream {
    let blank = follows.then(|| quote!(#[doc = ""]));
    let line = line(text);
    quote!(#blank #line)
}
