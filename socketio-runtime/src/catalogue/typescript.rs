//! Payload types as TypeScript.
//!
//! Must not know: JSON Schema.

use std::collections::BTreeMap;

use ts_rs::{Config, TS, TypeVisitor};

/// The declarations of named types, collected while types are named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypeScriptTypes {
    /// By name; each with its documentation before it.
    pub(super) declarations: BTreeMap<String, String>,
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
        let config = config();
        if T::output_path().is_some() {
            let name = T::ident(&config);
            if self.declarations.contains_key(&name) {
                return;
            }
            let docs = T::docs().unwrap_or_default();
            let declaration = format!("{docs}export {}", T::decl(&config));
            self.declarations.insert(name, declaration);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// JSON has one kind of number, whatever its size.
fn config() -> Config {
    Config::new().with_large_int("number")
}
