//! What rustdoc and the editor say about generated items: the user's words first.
//!
//! Must not know: the code of the items.
//!
//! What is added to the words is one string an item: the fewest tokens to compile.

mod facts;
mod json;
mod markdown;
mod usage;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Ident, Type, ext::IdentExt as _};

use self::{
    markdown::{Page, code, row},
    usage::Usage,
};
use super::names::Names;
use crate::{
    model::{Argument, Direction, Event, Schema},
    parse::{DocText, NamespaceInput},
};

/// The marker type: the user's words, and what is there.
pub(super) fn schema(schema: &Schema, names: &Names) -> TokenStream {
    let mut page = Page::default();
    if schema.attrs.docs.is_empty() {
        page.paragraph(match schema.direction {
            Direction::ServerToClient => "Events that the server sends to its clients.",
            Direction::ClientToServer => "Events that clients send to the server.",
        });
    }
    let mut ways = Vec::new();
    if schema.sides.emit {
        ways.push(format!("Emit them with [`{}`].", names.emit));
    }
    if schema.sides.listen {
        ways.push(format!(
            "Listen to them with [`{}`], [`{}`] and [`{}`], match them as [`{}`], or handle all \
             of them with [`{}`].",
            names.on, names.once, names.stream, names.event, names.handler
        ));
    }
    ways.push(
        "The namespaces that they travel in are among the [implementations](#trait-implementations)."
            .into(),
    );
    page.paragraph(&ways.join(" "));
    if !schema.events.is_empty() {
        page.paragraph(&markdown::head(["Event", "Meaning"]));
    }
    let view = if schema.sides.emit { &names.emit } else { &names.on };
    let mut conditional = Vec::new();
    for event in &schema.events {
        let link = format!("[{}]({view}::{})", code(&event.name), event.ident.unraw());
        let row = row([link, facts::summary(&event.attrs.text)]);
        match &*event.attrs.cfg {
            [] if conditional.is_empty() => page.line(&row),
            // Rows keep the order of the events, so these too stand alone.
            cfg => {
                let row = format!(" {row}");
                conditional.push(quote!(#[cfg_attr(all(#(#cfg),*), doc = #row)]));
            }
        }
    }
    let docs = page.after(&schema.attrs.docs);
    quote!(#docs #(#conditional)*)
}

/// A view struct, the event enum or the handler trait.
pub(super) fn view(schema: &Schema, purpose: &str) -> TokenStream {
    let mut page = Page::default();
    page.paragraph(&format!("{purpose} [`{}`].", schema.ident.unraw()));
    page.into_attribute()
}

pub(super) fn event_enum(schema: &Schema) -> TokenStream {
    view(schema, "One of the events of")
}

pub(super) fn handler(schema: &Schema) -> TokenStream {
    let mut page = Page::default();
    page.paragraph(&format!("Handles every event of [`{}`].", schema.ident.unraw()));
    page.paragraph(
        "Each method may be implemented as a plain `async fn`. One event is handled after the \
         other; what a method returns is the event's acknowledgement.",
    );
    page.into_attribute()
}

pub(super) fn emit(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    if names.is_for_tests {
        return for_tests("Emits", schema, event, names, Some(&event.ident));
    }
    let mut page = Page::default();
    let (from, to) = facts::ends(schema.direction);
    let answer = facts::answer(event);
    let answer = answer.map_or_else(String::new, |answer| format!(", which answers {answer}"));
    let mut facts = vec![format!("Emits {} from {from} to {to}{answer}.", code(&event.name))];
    facts.extend(facts::patience(event, names));
    facts.extend(facts::delivery(event));
    page.paragraph(&facts.join(" "));
    facts::arguments(event, markdown::ty, &mut page);
    Usage::new(schema, event, names).emit(&mut page);
    facts::wire(event, &mut page);
    if event.ack.is_none() {
        page.paragraph("# Errors");
        let error = facts::link("EmitError", names);
        page.paragraph(&format!("{error}, when the event cannot be queued."));
    }
    item(event, Some(&event.ident), page)
}

pub(super) fn on(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    if names.is_for_tests {
        return for_tests("Listens to", schema, event, names, Some(&event.ident));
    }
    let mut page = Page::default();
    let sent = facts::sent(schema, event);
    page.paragraph(&match facts::answer(event) {
        None => format!("Listens to {sent}."),
        Some(answer) => format!(
            "Listens to {sent}, and answers it {answer}{}. One listener answers: another one takes \
             this one's place. {}",
            facts::returned(event, "the listener"),
            facts::deadline(event)
        ),
    });
    facts::arguments(event, markdown::owned, &mut page);
    Usage::new(schema, event, names).on(&mut page);
    facts::wire(event, &mut page);
    item(event, Some(&event.ident), page)
}

/// What a test server gets out of one event.
pub(super) fn expect(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    let gives = match event.ack {
        Some(_) => "Gives the arguments and, as the last value, the responder for the answer of",
        None => "Gives the arguments of",
    };
    for_tests(gives, schema, event, names, Some(&event.ident))
}

/// The side of a test server, which is short: the other one says it all.
fn for_tests(
    does: &str,
    schema: &Schema,
    event: &Event,
    names: &Names,
    alias: Option<&Ident>,
) -> TokenStream {
    let view = if schema.sides.emit { &names.emit } else { &names.on };
    let (name, link) = (code(&event.name), format!("[`{view}::{}`]", event.ident.unraw()));
    let mut page = Page::default();
    page.paragraph(&format!("{does} {name}, as a test server; see {link}."));
    let (page, alias) = (page.into_attribute(), alias.and_then(|item| self::alias(event, item)));
    quote!(#page #alias)
}

pub(super) fn once(event: &Event, on: &Ident) -> TokenStream {
    watch(event, on, "The next")
}

pub(super) fn stream(event: &Event, on: &Ident) -> TokenStream {
    watch(event, on, "Every further")
}

fn watch(event: &Event, on: &Ident, which: &str) -> TokenStream {
    let mut page = Page::default();
    let name = code(&event.name);
    page.paragraph(&format!("{which} {name}; see [`{on}::{}`].", event.ident.unraw()));
    if event.ack.is_some() {
        page.paragraph(ONLY_WATCHED);
    }
    page.into_attribute()
}

pub(super) fn variant(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    if names.is_for_tests {
        return for_tests("The event", schema, event, names, Some(&event.variant));
    }
    let mut page = Page::default();
    let sent = facts::sent(schema, event);
    page.paragraph(&match facts::answer(event) {
        None => format!("Event {sent}."),
        Some(answer) => format!("Event {sent}, and which is answered {answer}. {ONLY_WATCHED}"),
    });
    // The arguments are the variant's fields, which rustdoc lists.
    Usage::new(schema, event, names).variant(&names.event, &mut page);
    facts::wire(event, &mut page);
    item(event, Some(&event.variant), page)
}

pub(super) fn field(argument: &Argument) -> TokenStream {
    let docs = &argument.docs;
    quote!(#(#docs)*)
}

pub(super) fn handler_method(schema: &Schema, event: &Event, names: &Names) -> TokenStream {
    if names.is_for_tests {
        return for_tests("Handles", schema, event, names, None);
    }
    let mut page = Page::default();
    let sent = facts::sent(schema, event);
    page.paragraph(&match facts::answer(event) {
        None => format!("Handles {sent}."),
        Some(answer) => format!(
            "Handles {sent}, and answers it {answer}{}. {}",
            facts::returned(event, "the method"),
            facts::deadline(event)
        ),
    });
    facts::arguments(event, markdown::owned, &mut page);
    Usage::new(schema, event, names).handler(&mut page);
    facts::wire(event, &mut page);
    item(event, None, page)
}

/// What a namespace's struct is, after the user's own words. Where there are none the struct stays
/// without documentation, for the lint that wants it.
pub(super) fn namespace(input: &NamespaceInput) -> TokenStream {
    if input.text.is_empty() {
        return TokenStream::new();
    }
    let linked = |ty: &Type| markdown::ty(ty, &Generics::default());
    let rows = [
        ("Server to client", &input.listens),
        ("Client to server", &input.emits),
        ("Authentication", &input.auth),
        ("Refusal", &input.refusal),
    ];
    let rows = rows.iter().filter_map(|(what, ty)| Some(row([*what, &linked(ty.as_ref()?)])));
    let head = markdown::head(["Namespace", &code(&input.path.value())]);
    let mut page = Page::default();
    page.paragraph(&rows.fold(head, |table, row| format!("{table}\n{row}")));
    let (blank, page) = (quote!(#[doc = ""]), page.into_attribute());
    quote!(#blank #page)
}

/// The user's words, and the page that goes on after them.
fn item(event: &Event, alias: Option<&Ident>, page: Page) -> TokenStream {
    let docs = page.after(&event.attrs.docs);
    let alias = alias.and_then(|item| self::alias(event, item));
    quote!(#docs #alias)
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

/// Finds the item by its name on the wire, in rustdoc's search, and in the compiler's suggestions
/// as it can be written there. Both refuse some names.
fn alias(event: &Event, item: &Ident) -> Option<TokenStream> {
    let name = &event.name;
    let is_refused = |c: char| c == '"' || c == '\'' || (c.is_whitespace() && c != ' ');
    let is_legal = !name.is_empty() && !name.contains(is_refused) && name.trim() == name;
    if !is_legal {
        return None;
    }
    let written = name.replace(|c: char| !c.is_alphanumeric(), "_");
    let written = (written != *name).then_some(&written);
    let aliases: Vec<&String> =
        [Some(name), written].into_iter().flatten().filter(|alias| item.unraw() != alias).collect();
    (!aliases.is_empty()).then(|| quote!(#[doc(alias(#(#aliases),*))]))
}

const ONLY_WATCHED: &str =
    "This only watches: the event is answered by a listener of `on` or by a handler.";

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;
    use syn::{Attribute, Expr, ExprLit, Lit, Meta, parse::Parser as _};

    use super::super::names::Names;
    use crate::{
        ctxt::Ctxt,
        model::{Direction, Schema},
        parse,
    };

    fn schema(direction: Direction, options: TokenStream, events: &TokenStream) -> Schema {
        let ctxt = Ctxt::new();
        let item = quote!(trait Chat { #events });
        let input = parse::schema(&ctxt, "attribute", options, &item).expect("a trait");
        let schema = Schema::new(&ctxt, direction, input);
        assert_eq!(ctxt.check().to_string(), "");
        schema
    }

    /// The page as rustdoc sees it, for the only event of a schema.
    fn page(tokens: TokenStream) -> String {
        let attributes = Attribute::parse_outer.parse2(tokens).expect("attributes");
        let texts = attributes.iter().filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(meta) => match &meta.value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        });
        let text = texts.collect::<Vec<_>>().join("\n");
        let lines = text.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn an_emit_is_documented_from_its_words_to_its_packet() {
        let events = quote!(
            /// Says something.
            ///
            /// Aloud.
            #[event("say:it", timeout = "5s", example = ["hi", {"to": "all"}], ack_example = [1])]
            fn say_it(
                /// What | that.
                text: &str,
                options: Options,
            ) -> u32;
        );
        let schema = schema(Direction::ClientToServer, TokenStream::new(), &events);
        let names = Names::new(&schema);
        let expected = r#"Says something.

Aloud.

Emits `say:it` from the client to the server, which answers with `u32`. The answer is awaited for 5 s, unless the call says otherwise.

| Argument | Type | Meaning |
| :--- | :--- | :--- |
| `text` | `&str` | What \| that. |
| `options` | [`Options`](type@Options) |  |

# Example

```text
let answer = socket.emit().say_it("hi", options).await?;
```

# On the wire

```json
["say:it", "hi", {"to": "all"}]
```

The answer:

```json
[1]
```"#;
        assert_eq!(page(super::emit(&schema, &schema.events[0], &names)), expected);
    }

    #[test]
    fn a_received_event_is_documented_for_each_way_of_receiving_it() {
        let events = quote!(
            fn ask(user: &User) -> bool;
        );
        let schema = schema(Direction::ServerToClient, TokenStream::new(), &events);
        let (names, event) = (Names::new(&schema), &schema.events[0]);
        let on = page(super::on(&schema, event, &names));
        assert!(on.contains("[`User`](type@User)"), "{on}");
        assert!(on.contains("socket.on().ask(async |user| answer(user).await);"), "{on}");
        let variant = page(super::variant(&schema, event, &names));
        assert!(variant.contains("if let ChatEvent::Ask { user } = event {"), "{variant}");
        assert!(variant.contains("This only watches"), "{variant}");
        let handler = page(super::handler_method(&schema, event, &names));
        assert!(handler.contains("async fn ask(&mut self, user: User) -> bool {"), "{handler}");
    }

    #[test]
    fn tests_of_the_documentation_hide_what_surrounds_the_example() {
        let events = quote!(
            fn said(text: &str, user: &User);
        );
        let options = quote!(doctest = "use chat::*;\nuse more::*;");
        let schema = schema(Direction::ClientToServer, options, &events);
        let emit = page(super::emit(&schema, &schema.events[0], &Names::new(&schema)));
        let begin = "```no_run\n# use chat::*;\n# use more::*;\n# ";
        assert!(emit.contains(begin), "{emit}");
        assert!(emit.contains("\nsocket.emit().said(text, &user)?;\n# Ok(())\n# }\n```"), "{emit}");
    }

    #[test]
    fn words_that_are_not_known_stay_as_they_are() {
        let events = quote!(
            /** In
            a block. */
            fn block();
            #[doc = include_str!("said.md")]
            fn included();
            /// Known.
            #[doc(alias = "other")]
            fn known();
        );
        let schema = schema(Direction::ClientToServer, TokenStream::new(), &events);
        let names = Names::new(&schema);
        let [block, included, known] =
            [0, 1, 2].map(|index| super::emit(&schema, &schema.events[index], &names).to_string());
        assert!(block.contains(r#"# [doc = ""] # [doc = " Emits"#), "{block}");
        assert!(included.contains(r#"include_str ! ("said.md")"#), "{included}");
        assert!(known.contains(r#"alias = "other""#), "{known}");
        assert!(known.contains(r#"[doc = " Known.\n\n Emits"#), "{known}");
    }

    #[test]
    fn a_schema_lists_its_events() {
        let events = quote!(
            /// First line
            /// and second.
            ///
            /// More.
            fn one();
            #[cfg(unix)]
            #[event("t|wo")]
            fn two();
        );
        let schema = schema(Direction::ClientToServer, TokenStream::new(), &events);
        let text = super::schema(&schema, &Names::new(&schema)).to_string();
        assert!(text.contains("| [`one`](ChatEmit::one) | First line and second. |"), "{text}");
        assert!(text.contains(r#"doc = " | [`t\\|wo`](ChatEmit::two) |  |""#), "{text}");
    }
}
