//! How catalogues describe binary data.
//!
//! Must not know: other types.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::payload::Bytes;

/// As it stands in the packet's text, in place of the attachment
/// (`socket.io-parser/lib/binary.ts`).
impl JsonSchema for Bytes {
    fn schema_name() -> Cow<'static, str> {
        "Bytes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Binary data. It travels as an attachment of the packet, by its number.",
            "type": "object",
            "properties": {
                "_placeholder": { "const": true },
                "num": { "type": "integer", "minimum": 0 }
            },
            "required": ["_placeholder", "num"],
            "x-socketio": { "binary": true }
        })
    }
}

/// Node's `Buffer` is a `Uint8Array`; browsers receive an `ArrayBuffer`.
#[cfg(feature = "typescript")]
impl ts_rs::TS for Bytes {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &ts_rs::Config) -> String {
        "Bytes".into()
    }

    fn inline(config: &ts_rs::Config) -> String {
        Self::name(config)
    }

    fn docs() -> Option<String> {
        Some(
            "/**\n * Binary data. A browser receives an `ArrayBuffer`, Node.js a `Buffer`, which is \
             a `Uint8Array`;\n * both may be sent.\n */\n"
                .into(),
        )
    }

    fn decl(_: &ts_rs::Config) -> String {
        "type Bytes = ArrayBuffer | Uint8Array;".into()
    }

    fn decl_concrete(config: &ts_rs::Config) -> String {
        Self::decl(config)
    }

    fn output_path() -> Option<std::path::PathBuf> {
        Some("Bytes.ts".into())
    }
}
