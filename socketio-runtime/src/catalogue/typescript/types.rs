//! Payload types as TypeScript, by ts-rs.
//!
//! Must not know: events.

use std::{
    any::{TypeId, type_name},
    collections::{BTreeMap, BTreeSet},
};

use ts_rs::{Config, TS, TypeVisitor};

/// The declarations of named types, collected while types are named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypeScriptTypes {
    /// By name.
    pub(super) declarations: BTreeMap<String, Declaration>,
    /// Declarations that found their name taken by another type.
    pub(super) clashes: Vec<(String, Declaration)>,
    visited: BTreeSet<TypeId>,
}

/// A named type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Declaration {
    /// The Rust type's path.
    pub(super) rust: &'static str,
    /// The documentation, then `type Name = …;`.
    pub(super) text: String,
}

impl TypeScriptTypes {
    /// How `T` is called, once it and all that it is made of are declared.
    pub(crate) fn name_of<T: TS + ?Sized + 'static>(&mut self) -> String {
        self.visit::<T>();
        T::name(&config())
    }
}

impl TypeVisitor for TypeScriptTypes {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.visited.insert(TypeId::of::<T>()) {
            return;
        }
        if T::output_path().is_some() {
            self.declare::<T>();
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

impl TypeScriptTypes {
    /// All instances of a generic type have one declaration.
    fn declare<T: TS + 'static + ?Sized>(&mut self) {
        let config = config();
        let name = T::ident(&config);
        let text = format!("{}{}", T::docs().unwrap_or_default(), T::decl(&config));
        let declaration = Declaration { rust: type_name::<T::WithoutGenerics>(), text };
        match self.declarations.get(&name) {
            None => {
                self.declarations.insert(name, declaration);
            }
            // TypeScript knows types by what they look like: these two are one to it.
            Some(other) if other.text == declaration.text => {}
            Some(_) => self.clashes.push((name, declaration)),
        }
    }
}

/// JSON has one kind of number, whatever its size.
fn config() -> Config {
    Config::new().with_large_int("number")
}
