//! Who uses a type.
//!
//! Must not know: what types look like.

use super::{Entry, Section, type_id};
use crate::catalogue::{
    definitions,
    model::{Ack, Catalogue, ValueType},
};

/// What a type stands in.
pub(crate) enum User<'a> {
    /// An event, by its anchor and name.
    Event { id: String, name: &'a str },
    /// What connects to a namespace, or is refused, by the namespace's anchor and path.
    Connection { id: String, path: &'a str },
    /// Another definition.
    Type { id: String, name: &'a str },
}

/// Whoever names the type, not those who name it through others.
pub(super) fn of<'a>(
    name: &str,
    sections: &[Section<'a>],
    catalogue: &'a Catalogue,
) -> Vec<User<'a>> {
    let names = |schema| definitions::references(schema).contains(name);
    let mut users = Vec::new();
    for section in sections {
        let namespace = section.namespace;
        let payloads = namespace.auth.iter().chain(&namespace.refusal);
        if payloads.into_iter().any(|ty| names(&ty.schema)) {
            users.push(User::Connection { id: section.id.clone(), path: &namespace.path });
        }
        let entries = section.directions.iter().flat_map(|direction| &direction.entries);
        users.extend(
            entries
                .filter(|entry| values(entry).any(|ty| names(&ty.schema)))
                .map(|entry| User::Event { id: entry.id.clone(), name: &entry.event.name }),
        );
    }
    let others = catalogue.definitions.iter().filter(|(other, _)| *other != name);
    users.extend(
        others
            .filter(|(_, schema)| names(schema))
            .map(|(other, _)| User::Type { id: type_id(other), name: other }),
    );
    users
}

fn values<'a>(entry: &Entry<'a>) -> impl Iterator<Item = &'a ValueType> {
    let answers = match &entry.event.ack {
        None => Vec::new(),
        Some(Ack::Values(values)) => values.iter().collect(),
        Some(Ack::ErrorFirst { value, error }) => vec![value, error],
    };
    entry.event.arguments.iter().map(|argument| &argument.ty).chain(answers)
}
