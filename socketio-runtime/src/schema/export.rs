//! The types of an exported schema's values, as catalogues need them.
//!
//! A schema asks for it with `export`, the features decide what there is: cargo unifies features
//! over all crates of a program, so a feature alone must not ask anything of a schema that never
//! mentioned it.
//!
//! Must not know: what the catalogues look like.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema as JsonSchemaOf, SchemaGenerator};

use super::{Namespace, NoEvents, Schema, Untyped};
#[cfg(feature = "typescript")]
use crate::catalogue::TypeScriptTypes;

/// A schema that can stand in a catalogue, with the types of all values.
#[diagnostic::on_unimplemented(
    message = "the schema `{Self}` is not exported",
    label = "this schema cannot stand in a catalogue",
    note = "write `#[server_to_client(export)]` or `#[client_to_server(export)]` on its trait"
)]
pub trait Export: Schema {
    /// The events' types, in the order of the source.
    #[doc(hidden)]
    const TYPES: &'static [EventTypes];
}

/// A namespace that can stand in a catalogue, with the types of its payloads.
#[diagnostic::on_unimplemented(
    message = "the namespace `{Self}` is not exported",
    label = "this namespace cannot stand in a catalogue",
    note = "write `#[namespace(\"/path\", …, export)]` on its struct"
)]
pub trait ExportNamespace: Namespace<Listens: Export, Emits: Export> {
    #[doc(hidden)]
    const AUTH: Option<ExportedType>;
    #[doc(hidden)]
    const REFUSAL: Option<ExportedType>;
}

/// The types of one event's values.
#[doc(hidden)]
#[derive(Debug)]
pub struct EventTypes {
    /// [`EventDescriptor::index`](super::EventDescriptor::index).
    pub(crate) index: usize,
    pub(crate) arguments: &'static [ExportedType],
    /// The error last.
    pub(crate) ack: &'static [ExportedType],
}

/// One value's type.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct ExportedType {
    pub(crate) json_schema: fn(&mut SchemaGenerator) -> JsonSchemaOf,
    #[cfg(feature = "typescript")]
    pub(crate) typescript: fn(&mut TypeScriptTypes) -> String,
}

/// A value whose type has no name, such as `impl Serialize`.
#[doc(hidden)]
#[derive(Debug)]
pub struct AnyValue;

/// A type with a JSON Schema.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no JSON Schema, so the event that carries it cannot be exported",
    label = "this type is in an exported schema",
    note = "add `#[derive(schemars::JsonSchema)]` to the type, or take `export` off the schema"
)]
pub trait ExportJsonSchema {
    #[doc(hidden)]
    fn json_schema(generator: &mut SchemaGenerator) -> JsonSchemaOf;
}

/// A type with a declaration in TypeScript.
#[cfg(feature = "typescript")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no TypeScript declaration, so the event that carries it cannot be exported",
    label = "this type is in an exported schema",
    note = "add `#[derive(ts_rs::TS)]` to the type, or take `export` off the schema"
)]
pub trait ExportTypeScript {
    #[doc(hidden)]
    fn typescript(types: &mut TypeScriptTypes) -> String;
}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema + ?Sized> ExportJsonSchema for T {
    fn json_schema(generator: &mut SchemaGenerator) -> JsonSchemaOf {
        generator.subschema_for::<T>()
    }
}

#[cfg(feature = "typescript")]
#[diagnostic::do_not_recommend]
impl<T: ts_rs::TS + ?Sized + 'static> ExportTypeScript for T {
    fn typescript(types: &mut TypeScriptTypes) -> String {
        types.name_of::<T>()
    }
}

impl Export for NoEvents {
    const TYPES: &'static [EventTypes] = &[];
}

/// What may come is not known, so nothing is told.
impl Export for Untyped {
    const TYPES: &'static [EventTypes] = &[];
}

impl EventTypes {
    #[must_use]
    pub const fn new(
        index: usize,
        arguments: &'static [ExportedType],
        ack: &'static [ExportedType],
    ) -> Self {
        Self { index, arguments, ack }
    }
}

#[cfg(not(feature = "typescript"))]
impl ExportedType {
    #[must_use]
    pub const fn of<T: ExportJsonSchema + ?Sized>() -> Self {
        Self { json_schema: T::json_schema }
    }
}

#[cfg(feature = "typescript")]
impl ExportedType {
    #[must_use]
    pub const fn of<T: ExportJsonSchema + ExportTypeScript + ?Sized>() -> Self {
        Self { json_schema: T::json_schema, typescript: T::typescript }
    }
}

impl JsonSchema for AnyValue {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "AnyValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> JsonSchemaOf {
        true.into()
    }
}

#[cfg(feature = "typescript")]
impl ts_rs::TS for AnyValue {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &ts_rs::Config) -> String {
        "unknown".into()
    }

    fn inline(config: &ts_rs::Config) -> String {
        Self::name(config)
    }
}

#[doc(hidden)]
#[macro_export]
macro_rules! __export_schema {
    ($schema:ident { $($(#[$cfg:meta])* $index:literal => [$($argument:ty),*] [$($ack:ty),*];)* }) => {
        #[automatically_derived]
        impl $crate::__private::Export for $schema {
            const TYPES: &'static [$crate::__private::EventTypes] = &[$(
                $(#[$cfg])* $crate::__private::EventTypes::new(
                    $index,
                    &[$($crate::__private::ExportedType::of::<$argument>()),*],
                    &[$($crate::__private::ExportedType::of::<$ack>()),*],
                )
            ),*];
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __export_namespace {
    ($(#[$attribute:meta])* $namespace:ident [$($auth:ty)?] [$($refusal:ty)?]) => {
        $(#[$attribute])*
        #[automatically_derived]
        impl $crate::__private::ExportNamespace for $namespace {
            const AUTH: $crate::__private::core::option::Option<$crate::__private::ExportedType> =
                $crate::__export_namespace!(@ $($auth)?);
            const REFUSAL: $crate::__private::core::option::Option<$crate::__private::ExportedType> =
                $crate::__export_namespace!(@ $($refusal)?);
        }
    };
    (@ $ty:ty) => {
        $crate::__private::core::option::Option::Some($crate::__private::ExportedType::of::<$ty>())
    };
    (@) => { $crate::__private::core::option::Option::None };
}
