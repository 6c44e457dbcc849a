//! A trait of event functions, item by item.
//!
//! Must not know: the direction, other events, what the types mean.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::{
    FnArg, Generics, ItemTrait, LitStr, Pat, PatType, Path, Result, ReturnType, Safety, Signature,
    TraitItem, TraitItemFn, Type, Visibility, parse_quote,
};

use super::{
    attrs::{Attrs, Target},
    event::{self, EventOptions},
    options::{self, Key, Once},
    symbol,
};
use crate::{ctxt::Ctxt, model::case::RenameRule};

/// A trait as written.
pub(crate) struct SchemaInput {
    pub(crate) options: SchemaOptions,
    pub(crate) attrs: Attrs,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    /// Parsed one by one, so that all mistakes are reported in the order of the source.
    items: Vec<TraitItem>,
}

/// What stood in `#[server_to_client(…)]`.
pub(crate) struct SchemaOptions {
    pub(crate) rename_all: Option<RenameRule>,
    /// The names on the wire that no event may have any more.
    pub(crate) retired: Vec<LitStr>,
    /// Whether the schema can stand in a catalogue.
    pub(crate) is_exported: bool,
    /// Whether tests need the other side too.
    pub(crate) is_tested: bool,
    /// The path of the runtime.
    pub(crate) runtime: Path,
}

/// A function as written.
pub(crate) struct EventInput {
    pub(crate) options: EventOptions,
    pub(crate) attrs: Attrs,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) arguments: Vec<ArgumentInput>,
    pub(crate) output: Option<Type>,
}

/// An argument as written.
pub(crate) struct ArgumentInput {
    pub(crate) attrs: Attrs,
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// Where `#[event(rest)]` stands.
    pub(crate) rest: Option<Span>,
}

impl SchemaInput {
    /// A schema without events, which stands in for one that could not be parsed.
    pub(super) fn empty(ctxt: &Ctxt, options: TokenStream, vis: Visibility, ident: Ident) -> Self {
        let options = SchemaOptions::parse(ctxt, options);
        Self { options, attrs: Attrs::default(), vis, ident, items: Vec::new() }
    }

    pub(super) fn parse(ctxt: &Ctxt, options: TokenStream, item: ItemTrait) -> Self {
        let options = SchemaOptions::parse(ctxt, options);
        refuse_on_trait(ctxt, &item);
        let attrs = Attrs::parse(ctxt, Target::Schema, item.attrs);
        if item.items.is_empty() {
            ctxt.error(&item.ident, "this event schema has no events; declare one as `fn name();`");
        }
        Self { options, attrs, vis: item.vis, ident: item.ident, items: item.items }
    }

    /// The events, each parsed when it is asked for.
    pub(crate) fn take_events<'a>(
        &mut self,
        ctxt: &'a Ctxt,
    ) -> impl Iterator<Item = EventInput> + use<'a> {
        let items = std::mem::take(&mut self.items);
        items.into_iter().filter_map(move |item| match item {
            TraitItem::Fn(item) => Some(EventInput::parse(ctxt, item)),
            item => {
                ctxt.error(item, "only event functions are allowed in an event schema");
                None
            }
        })
    }
}

impl SchemaOptions {
    fn parse(ctxt: &Ctxt, tokens: TokenStream) -> Self {
        let (mut rename_all, mut runtime) = (Once::new(), Once::new());
        let (mut retired, mut export, mut testing) = (Once::new(), Once::new(), Once::new());
        options::parse(ctxt, tokens, |key, input| {
            let word = match key {
                Key::Word(word) => word,
                Key::Literal(literal) => {
                    return Err(syn::Error::new_spanned(
                        literal,
                        "a schema has no name on the wire",
                    ));
                }
            };
            match &*word.to_string() {
                symbol::RENAME_ALL => {
                    let rules = RenameRule::NAMES.join(", ");
                    let expected = format!("expected one of {rules}");
                    let literal = options::string(word, input, r#""camelCase""#, &expected)?;
                    rename_all.set(word, symbol::RENAME_ALL, rename_rule(&literal, &expected)?)
                }
                symbol::RETIRED => {
                    let names = options::strings(word, input, r#""old:name""#)?;
                    retired.set(word, symbol::RETIRED, names)
                }
                symbol::EXPORT => export.set(word, symbol::EXPORT, options::flag(word, input)?),
                symbol::TESTING => testing.set(word, symbol::TESTING, options::flag(word, input)?),
                symbol::CRATE => {
                    let path = options::value(word, input, "path", Path::parse_mod_style)?;
                    runtime.set(word, symbol::CRATE, path)
                }
                _ => Err(options::unknown(word, symbol::SCHEMA_OPTIONS)),
            }
        });
        let runtime = runtime.get().unwrap_or_else(default_runtime);
        Self {
            rename_all: rename_all.get(),
            retired: retired.get().unwrap_or_default(),
            is_exported: export.get().unwrap_or_default(),
            is_tested: testing.get().unwrap_or_default(),
            runtime,
        }
    }
}

impl EventInput {
    fn parse(ctxt: &Ctxt, item: TraitItemFn) -> Self {
        let mut attrs = Attrs::parse(ctxt, Target::Event, item.attrs);
        let options = EventOptions::parse(ctxt, std::mem::take(&mut attrs.event));
        refuse_on_function(ctxt, &item.sig);
        if let Some(body) = &item.default {
            let message = "an event function has no body, the macro generates the code; \
                           end the declaration with `;`";
            ctxt.error(body, message);
        }
        let mut arguments: Vec<ArgumentInput> = Vec::new();
        for input in item.sig.inputs {
            match input {
                FnArg::Receiver(receiver) => {
                    let message = "event functions take no `self`: \
                                   the parameters are exactly the event's arguments";
                    ctxt.error(receiver, message);
                }
                FnArg::Typed(input) => {
                    arguments.push(ArgumentInput::parse(ctxt, input, &arguments));
                }
            }
        }
        let output = match item.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(bare(*ty)),
        };
        let Signature { ident, generics, .. } = item.sig;
        Self { options, attrs, ident, generics, arguments, output }
    }
}

impl ArgumentInput {
    fn parse(ctxt: &Ctxt, input: PatType, earlier: &[Self]) -> Self {
        let mut attrs = Attrs::parse(ctxt, Target::Argument, input.attrs);
        let rest = event::rest(ctxt, std::mem::take(&mut attrs.event));
        let ident = argument_name(*input.pat, earlier).unwrap_or_else(|error| {
            let (index, span) = (earlier.len(), error.span());
            ctxt.push(error);
            format_ident!("argument{index}", span = span)
        });
        Self { attrs, ident, ty: bare(*input.ty), rest }
    }
}

/// The type inside parentheses, and inside the invisible ones around what a macro was given.
fn bare(mut ty: Type) -> Type {
    loop {
        ty = match ty {
            Type::Group(group) => *group.elem,
            Type::Paren(paren) => *paren.elem,
            ty => return ty,
        };
    }
}

/// The argument's name, unless it is a pattern, or an earlier argument has it: they become
/// parameters of one function and fields of one variant.
fn argument_name(pattern: Pat, earlier: &[ArgumentInput]) -> Result<Ident> {
    let message = match &pattern {
        Pat::Ident(name)
            if name.by_ref.is_none() && name.mutability.is_none() && name.subpat.is_none() =>
        {
            let name = &name.ident;
            if earlier.iter().any(|argument| argument.ident == *name) {
                let message = format!("argument `{name}` is declared twice");
                return Err(syn::Error::new_spanned(name, message));
            }
            return Ok(name.clone());
        }
        Pat::Wild(_) => {
            "name this argument: the name appears in the generated methods and documentation"
        }
        _ => "event arguments must be plain names: they become the names of parameters and fields",
    };
    Err(syn::Error::new_spanned(pattern, message))
}

fn refuse_on_trait(ctxt: &Ctxt, item: &ItemTrait) {
    ctxt.ok(item.modifiers.require_empty());
    if let Some(keyword) = &item.unsafety {
        ctxt.error(keyword, "`unsafe` has no meaning on an event schema");
    }
    if !item.generics.params.is_empty() {
        let message = "an event schema cannot be generic: every event name has one payload type";
        ctxt.error(&item.generics, message);
    }
    if let Some(clause) = &item.generics.where_clause {
        ctxt.error(clause, "an event schema has no `where` clause");
    }
    if !item.supertraits.is_empty() {
        ctxt.error(&item.supertraits, "an event schema has no supertraits");
    }
}

fn refuse_on_function(ctxt: &Ctxt, signature: &Signature) {
    let refuse = |keyword: &dyn ToTokens, name: &str| {
        ctxt.error(keyword, format!("`{name}` has no meaning on an event"));
    };
    if let Some(keyword) = &signature.constness {
        refuse(keyword, "const");
    }
    match &signature.safety {
        Safety::Unsafe(keyword) => refuse(keyword, "unsafe"),
        Safety::Safe(keyword) => refuse(keyword, "safe"),
        Safety::Default => {}
    }
    if let Some(abi) = &signature.abi {
        refuse(abi, "extern");
    }
    if let Some(dots) = &signature.variadic {
        let message = "an event's further arguments are declared as `#[event(rest)] name: Vec<T>`";
        ctxt.error(dots, message);
    }
    if let Some(keyword) = &signature.asyncness {
        let message = "events are declared without `async`: emits need no await, and any listener \
                       may be asynchronous";
        ctxt.error(keyword, message);
    }
}

fn rename_rule(literal: &LitStr, expected: &str) -> Result<RenameRule> {
    let text = literal.value();
    RenameRule::from_name(&text).ok_or_else(|| {
        let near = RenameRule::NAMES.iter().find(|name| options::is_near(name, &text));
        let hint = near.map_or(expected.to_owned(), |name| format!("did you mean {name:?}?"));
        syn::Error::new_spanned(literal, format!("unknown case {text:?}; {hint}"))
    })
}

/// The runtime where no `crate = …` says otherwise.
pub(super) fn default_runtime() -> Path {
    parse_quote!(::socketio_runtime)
}
