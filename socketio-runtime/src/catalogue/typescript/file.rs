//! The file: payload types, then the namespaces.
//!
//! Must not know: how declarations are set.

use std::{collections::BTreeMap, fmt::Write as _};

use thiserror::Error;

use super::{events, layout, links, names, types::Declaration};
use crate::catalogue::{
    model::{Catalogue, Events, Namespace, ValueType},
    values,
};

/// Why a catalogue cannot be TypeScript.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TypeScriptError {
    /// Two things would have one name.
    #[error(
        "`{name}` would be the name of both {first} and {second} in TypeScript; give a payload \
         type another name by `#[ts(rename = \"…\")]`, a schema or a namespace in Rust"
    )]
    NameTaken {
        /// The name.
        name: String,
        /// What has it.
        first: String,
        /// What should have it, too.
        second: String,
    },

    /// The catalogue was read from a `schema.json`, which has no TypeScript types.
    #[error(
        "a catalogue that was read from `schema.json` has no TypeScript types: make it from the schemas"
    )]
    NoTypes,
}

impl Catalogue {
    /// The catalogue as a TypeScript file: the payload types; and for each namespace the events
    /// of both directions, one interface each, as the type parameters of socket.io's `Server`,
    /// `Namespace` and `Socket`.
    ///
    /// ```ts
    /// const chat: Namespace<ClientToServerEvents, ServerToClientEvents> = io.of("/chat"); // socket.io
    /// const chat: Socket<ServerToClientEvents, ClientToServerEvents> = io("/chat"); // socket.io-client
    /// ```
    ///
    /// The interfaces are called like the traits, with `Events` behind; if several namespaces have
    /// different traits of one name, with the namespace's name before it. Numbers are `number`
    /// whatever their size, since that is what JSON makes of them; JavaScript knows integers up to
    /// 2⁵³ exactly.
    ///
    /// The payload types are as `ts-rs` sees them, which does not see that a field may be absent: one
    /// with `#[serde(skip_serializing_if = "Option::is_none")]` and no `#[serde(default)]` is
    /// `x: T | null` in TypeScript, and always there. Write `#[ts(optional)]` beside it, which makes
    /// `x?: T`, or `#[ts(optional = nullable)]` where `null` may come, too: `x?: T | null`.
    ///
    /// # Errors
    /// [`TypeScriptError::NameTaken`] if two Rust types that look different have one name in
    /// TypeScript. [`TypeScriptError::NoTypes`] if the catalogue was read from a `schema.json`.
    pub fn typescript(&self) -> Result<String, TypeScriptError> {
        if values::types(self).any(|ty| ty.typescript.is_empty()) {
            return Err(TypeScriptError::NoTypes);
        }
        if let Some((name, second)) = self.typescript.clashes.first() {
            let first = &self.typescript.declarations[name];
            let (first, second) = (first.describe(), second.describe());
            return Err(TypeScriptError::NameTaken { name: name.clone(), first, second });
        }
        let mut file = File::new(self);
        for (name, declaration) in &self.typescript.declarations {
            file.take(name, declaration.describe())?;
            file.declare(&declaration.text);
        }
        for namespace in &self.namespaces {
            file.namespace(namespace)?;
        }
        Ok(file.text)
    }
}

impl Declaration {
    fn describe(&self) -> String {
        format!("the type `{}`", self.rust)
    }
}

struct File<'a> {
    catalogue: &'a Catalogue,
    text: String,
    /// What has which name.
    names: BTreeMap<String, String>,
    interfaces: Vec<(&'a Events, String)>,
}

impl<'a> File<'a> {
    fn new(catalogue: &'a Catalogue) -> Self {
        let Catalogue { title, version, description, .. } = catalogue;
        let builtin = |name: &str| (name.to_owned(), "a type of JavaScript's own".to_owned());
        let names = BUILTIN.into_iter().map(builtin).collect();
        let mut file = Self { catalogue, text: String::new(), names, interfaces: Vec::new() };
        file.remark(&format!("{title} {version}"));
        file.remark(description);
        file.remark("\nMade by socketio-runtime from the Rust schemas. Do not edit: change those.");
        file
    }

    fn take(&mut self, name: &str, second: String) -> Result<(), TypeScriptError> {
        if let Some(first) = self.names.get(name) {
            let (name, first) = (name.to_owned(), first.clone());
            return Err(TypeScriptError::NameTaken { name, first, second });
        }
        self.names.insert(name.to_owned(), second);
        Ok(())
    }

    fn remark(&mut self, text: &str) {
        // These end a comment in TypeScript, too.
        for line in text.lines().flat_map(|line| line.split(['\r', '\u{2028}', '\u{2029}'])) {
            let _ = writeln!(self.text, "{}", format!("// {line}").trim_end());
        }
    }

    fn declare(&mut self, text: &str) {
        let declaration = layout::declaration(text);
        let declaration = links::resolve(&declaration, &self.catalogue.typescript);
        let _ = writeln!(self.text, "\n{declaration}");
    }

    fn namespace(&mut self, namespace: &'a Namespace) -> Result<(), TypeScriptError> {
        let path = names::string(&namespace.path);
        let listens = namespace.listens.as_ref().map(|events| self.name_of(namespace, events));
        let emits = namespace.emits.as_ref().map(|events| self.name_of(namespace, events));
        let _ = writeln!(self.text, "\n// Namespace {path}");
        if !namespace.docs.is_empty() {
            self.text.push_str("//\n");
        }
        self.remark(&namespace.docs);
        if listens.is_some() || emits.is_some() {
            let of = |name: &Option<(String, bool)>| match name {
                Some((name, _)) => name.clone(),
                None => "DefaultEventsMap".to_owned(),
            };
            let (listens, emits) = (of(&listens), of(&emits));
            self.remark(&format!(
                "\nServer: const namespace: Namespace<{emits}, {listens}> = io.of({path});\n\
                 Client: const socket: Socket<{listens}, {emits}> = io({path});"
            ));
        }
        for (events, name) in [(&namespace.listens, listens), (&namespace.emits, emits)] {
            let (Some(events), Some((name, true))) = (events, name) else { continue };
            self.take(&name, format!("the schema `{}` of the namespace {path}", events.ident))?;
            self.declare(&events::interface(&name, events));
            self.interfaces.push((events, name));
        }
        self.alias(
            namespace,
            "Auth",
            namespace.auth.as_ref(),
            &format!("What a client sends to be let into {path}: `io({path}, {{ auth }})`."),
        )?;
        self.alias(
            namespace,
            "Refusal",
            namespace.refusal.as_ref(),
            &format!("The `data` of the `connect_error` of a client that {path} refuses."),
        )
    }

    /// What the interface of some events is called, and whether it has still to be declared.
    fn name_of(&self, namespace: &Namespace, events: &Events) -> (String, bool) {
        if let Some((_, name)) = self.interfaces.iter().find(|(declared, _)| *declared == events) {
            return (name.clone(), false);
        }
        let name = interface_name(events);
        let namespaces = self.catalogue.namespaces.iter();
        let mut all =
            namespaces.flat_map(|namespace| namespace.listens.iter().chain(&namespace.emits));
        let is_unique = all.all(|other| other == events || interface_name(other) != name);
        (if is_unique { name } else { format!("{}{name}", namespace.ident) }, true)
    }

    fn alias(
        &mut self,
        namespace: &Namespace,
        suffix: &str,
        ty: Option<&ValueType>,
        docs: &str,
    ) -> Result<(), TypeScriptError> {
        let name = format!("{}{suffix}", namespace.ident);
        // The type may have just the name that its role would give it.
        let Some(ty) = ty.filter(|ty| ty.typescript != name) else { return Ok(()) };
        self.take(&name, format!("the alias that the namespace `{}` gets", namespace.path))?;
        let docs = layout::comment(&[docs.to_owned()]);
        self.declare(&format!("{docs}type {name} = {};", ty.typescript));
        Ok(())
    }
}

fn interface_name(events: &Events) -> String {
    let ident = events.ident.strip_suffix("Events").unwrap_or(&events.ident);
    format!("{ident}Events")
}

/// The types that the file itself uses.
const BUILTIN: [&str; 4] = ["Array", "ArrayBuffer", "Record", "Uint8Array"];
