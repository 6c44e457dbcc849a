//! Single declarations, to be shown beside other things.
//!
//! Must not know: where they are shown.

use super::{events, layout, names};
use crate::catalogue::{
    model::{Catalogue, Event},
    values,
};

/// Whether the catalogue knows its types; one that was read from `schema.json` does not.
pub(in crate::catalogue) fn is_known(catalogue: &Catalogue) -> bool {
    values::types(catalogue).all(|ty| !ty.typescript.is_empty())
}

/// An event as the member of its interface.
pub(in crate::catalogue) fn member(event: &Event) -> String {
    let member = format!("{}: {} => void;", names::key(&event.name), events::parameters(event));
    let interface = layout::declaration(&format!("interface Events {{\n{member}\n}}"));
    let mut lines: Vec<_> = interface.lines().skip(1).collect();
    lines.pop();
    let lines = lines.iter().map(|line| line.strip_prefix("  ").unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// The declaration of a named type.
pub(in crate::catalogue) fn declaration(catalogue: &Catalogue, name: &str) -> Option<String> {
    let declaration = catalogue.typescript.declarations.get(name)?;
    Some(layout::declaration(&declaration.text))
}
