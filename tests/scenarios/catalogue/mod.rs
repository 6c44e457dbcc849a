//! Catalogues, held against the tools that they are made for.

mod asyncapi;
mod json_schema;
mod odd;
mod typescript;
mod validation;
