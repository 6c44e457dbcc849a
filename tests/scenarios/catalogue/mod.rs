//! Catalogues, held against the tools that they are made for.

mod asyncapi;
mod examples;
mod json_schema;
mod odd;
mod pages;
mod schema_json;
mod typescript;
mod validation;
