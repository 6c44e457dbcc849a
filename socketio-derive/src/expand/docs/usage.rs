//! Code that uses an event, to be read and, where the schema asks for it, compiled.
//!
//! Must not know: what else stands on the page.

use quote::ToTokens as _;
use syn::{Ident, Type};

use super::{super::names::Names, markdown::Page};
use crate::{
    model::{Argument, Codec, Event, Kind, Schema, text},
    parse::Json,
};

/// Writes the examples of one event.
pub(super) struct Usage<'a> {
    schema: &'a Schema,
    event: &'a Event,
    /// What every test begins with; `None` if the examples are only shown.
    prelude: Option<&'a str>,
    /// The path of what generated code may use.
    runtime: String,
}

impl<'a> Usage<'a> {
    pub(super) fn new(schema: &'a Schema, event: &'a Event, names: &Names) -> Self {
        let runtime = names.runtime.to_string().replace(' ', "");
        // No value can be made up of a type without a name, and other paths are unknown to a test.
        let is_testable = event.arguments.iter().all(|argument| argument.exported.is_some())
            && runtime.starts_with("::");
        let prelude = schema.doctest.as_deref().filter(|_| is_testable);
        Self { schema, event, prelude, runtime }
    }

    /// `socket.emit().said("hello")?;`
    pub(super) fn emit(&self, page: &mut Page) {
        let event = self.event;
        let values: Vec<Value> =
            event.arguments.iter().enumerate().map(|(at, it)| self.value(at, it)).collect();
        let arguments: Vec<&str> = values.iter().map(|value| &*value.code).collect();
        let (before, after) = match &event.ack {
            None => ("", "?;"),
            Some(ack) if ack.codec == Codec::ErrorFirst => ("match ", ERROR_FIRST),
            Some(ack) if ack.texts.is_empty() => ("", ".await?;"),
            Some(_) => ("let answer = ", ".await?;"),
        };
        let call = format!("{}({})", event.ident, arguments.join(", "));
        let mut code = format!("{before}socket.emit().{call}{after}");
        if code.lines().any(|line| line.chars().count() > WIDTH) {
            let after = after.replacen('.', "\n    .", 1);
            code = format!("{before}socket\n    .emit()\n    .{call}{after}");
        }
        let made_up = values.iter().filter_map(|value| value.made_up.as_ref());
        let made_up: Vec<String> = made_up.map(|name| format!("let {name} = any();\n")).collect();
        let socket = self.socket("Emits");
        let before = format!(
            "use {}::AckError;\nfn any<T>() -> T {{ unimplemented!() }}\nasync fn example{socket} \
             -> Result<(), Box<dyn std::error::Error>> {{\n{made_up}",
            self.runtime,
            made_up = made_up.concat(),
        );
        self.show(page, &before, &code, "Ok(())\n}");
    }

    /// `socket.on().said(|text| { … });`
    pub(super) fn on(&self, page: &mut Page) {
        let event = self.event;
        let names: Vec<String> =
            event.arguments.iter().map(|argument| argument.ident.to_string()).collect();
        let list = names.join(", ");
        let call = format!("socket.on().{}", event.ident);
        let has_answer = event.ack.as_ref().is_some_and(|ack| !ack.texts.is_empty());
        // The user's own function.
        let is_free = |word: &&str| names.iter().all(|name| name != word);
        let answer =
            ["answer", "reply", "answered"].into_iter().find(is_free).unwrap_or("answer_it");
        let code = if has_answer {
            format!("{call}(async |{list}| {answer}({list}).await);")
        } else {
            format!("{call}(|{list}| {{\n    // …\n}});")
        };
        let types: Vec<String> = (0..names.len()).map(|index| format!("A{index}")).collect();
        let parameters: Vec<String> = types.iter().map(|ty| format!("_: {ty}")).collect();
        let before = format!(
            "async fn {answer}<{}>({}) -> Answer {{ unimplemented!() }}\nfn example{} {{",
            [&*types, &["Answer".to_owned()]].concat().join(", "),
            parameters.join(", "),
            self.socket("Listens")
        );
        self.show(page, &before, &code, "}");
    }

    /// `if let Event::Said { text } = event { … }`
    pub(super) fn variant(&self, event_enum: &Ident, page: &mut Page) {
        let Event { variant, arguments, .. } = self.event;
        let names: Vec<String> =
            arguments.iter().map(|argument| argument.ident.to_string()).collect();
        let fields = match &*names {
            [] => String::new(),
            names => format!(" {{ {} }}", names.join(", ")),
        };
        let code = format!("if let {event_enum}::{variant}{fields} = event {{\n    // …\n}}");
        self.show(page, &format!("fn example(event: {event_enum}) {{"), &code, "}");
    }

    /// `async fn said(&mut self, text: String) { … }`
    pub(super) fn handler(&self, page: &mut Page) {
        let event = self.event;
        let parameters = event
            .arguments
            .iter()
            .map(|argument| format!(", {}: {}", argument.ident, text::owned(&argument.written)));
        let parameters: String = parameters.collect();
        let (output, body) = match &event.ack {
            Some(ack) if !ack.texts.is_empty() => {
                (format!(" -> {}", text::owned(&ack.written)), "todo!()")
            }
            _ => (String::new(), "// …"),
        };
        let name = &event.ident;
        let code = format!("async fn {name}(&mut self{parameters}){output} {{\n    {body}\n}}");
        self.show(page, "struct Handler;\nimpl Handler {", &code, "}");
    }

    /// The parameters of a function that is given a socket.
    fn socket(&self, side: &str) -> String {
        let Self { runtime, schema, .. } = self;
        let schema = &schema.ident;
        format!("<N: {runtime}::Namespace<{side} = {schema}>>(socket: &{runtime}::Socket<N>)")
    }

    /// Shows `code`; a test has the rest around it, which is hidden.
    fn show(&self, page: &mut Page, before: &str, code: &str, after: &str) {
        page.paragraph("# Example");
        let Some(prelude) = self.prelude else {
            // Not `ignore`, which rustdoc marks as untested and counts among the tests.
            return page.fence("text", code);
        };
        let hidden =
            |code: &str| code.lines().flat_map(|line| ["# ", line, "\n"]).collect::<String>();
        let [prelude, before, after] = [prelude, before, after].map(hidden);
        page.fence("no_run", &format!("{prelude}{before}{code}\n{}", after.trim_end()));
    }

    /// What is given for an argument: the example's value, or a variable of its name.
    fn value(&self, position: usize, argument: &Argument) -> Value {
        let values = self.event.example.as_ref().map(|example| &*example.values);
        let ty = argument.written_value();
        let code = values.and_then(|values| match (argument.kind, values.get(position)) {
            (Kind::Required, value) => literal(ty, value?),
            (Kind::Optional, None | Some(Json::Null)) => Some("None".to_owned()),
            (Kind::Optional, Some(value)) => literal(ty, value).map(|it| format!("Some({it})")),
            (Kind::Rest, _) => {
                let rest = values.get(position..).unwrap_or_default();
                let rest: Option<Vec<String>> =
                    rest.iter().map(|value| literal(ty, value)).collect();
                let prefix = match &argument.written {
                    Type::Reference(_) => "&",
                    _ => "vec!",
                };
                rest.map(|rest| format!("{prefix}[{}]", rest.join(", ")))
            }
        });
        let mut name = argument.ident.to_string();
        if ["any", "socket"].contains(&&*name) {
            // What the call is made with.
            name.push_str("_value");
        }
        match (code, &argument.written) {
            (Some(code), _) => Value { code, made_up: None },
            (None, Type::Reference(reference)) if text::is_sized(&reference.elem) => {
                Value { code: format!("&{name}"), made_up: Some(name) }
            }
            (None, _) => Value { code: name.clone(), made_up: Some(name) },
        }
    }
}

/// An argument of a call.
struct Value {
    code: String,
    /// The variable in it.
    made_up: Option<String>,
}

/// A value as Rust writes it, if it is as simple as that.
fn literal(ty: &Type, value: &Json) -> Option<String> {
    let (is_reference, name) = match ty {
        Type::Reference(reference) => (true, reference.elem.to_token_stream().to_string()),
        ty => (false, ty.to_token_stream().to_string()),
    };
    match (&*name, is_reference, value) {
        ("str", true, Json::String(text)) => Some(format!("{text:?}")),
        ("String", false, Json::String(text)) => Some(format!("{text:?}.to_owned()")),
        ("bool", false, Json::Bool(value)) => Some(value.to_string()),
        ("f32" | "f64", false, Json::Number(text)) => {
            let is_float = text.contains(['.', 'e', 'E']);
            Some(if is_float { text.clone() } else { format!("{text}.0") })
        }
        (name, false, Json::Number(text)) if INTEGERS.contains(&name) => Some(text.clone()),
        _ => None,
    }
}

/// What follows an emit whose answer may be an error of the server's own.
const ERROR_FIRST: &str = ".await {
    Ok(answer) => {}
    Err(AckError::Remote(error)) => {} // the server's own error
    Err(error) => {} // no answer
}";

/// What rustdoc shows without a scroll bar beside its sidebar.
const WIDTH: usize = 84;

const INTEGERS: &[&str] =
    &["i128", "i16", "i32", "i64", "i8", "isize", "u128", "u16", "u32", "u64", "u8", "usize"];
