//! `schema.json`: a catalogue as a text, and back.
//!
//! Must not know: how catalogues are made.

use std::collections::BTreeSet;

use serde::Deserialize;
use thiserror::Error;

use super::{model::Catalogue, values};
use crate::schema::Direction;

/// Why a text is not a catalogue.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// It was written by a version of this library that has another form of `schema.json`.
    #[error(
        "this `schema.json` has format {found}, and this version of the library reads format \
         {}: write it anew",
        Catalogue::FORMAT
    )]
    Format {
        /// The format of the text.
        found: u64,
    },

    /// It is no JSON, or no `schema.json`.
    #[error("this is not a `schema.json`")]
    Json(#[source] serde_json::Error),

    /// Two namespaces have one path. The file was not written by this library, or was changed since.
    #[error("this `schema.json` has the namespace `{path}` twice")]
    NamespaceTwice {
        /// Their path.
        path: String,
    },

    /// Two events of one direction have one name. The file was not written by this library, or was
    /// changed since.
    #[error(
        "this `schema.json` has the event `{event}` twice in `{namespace}`, {}",
        match .direction {
            Direction::ServerToClient => "server to client",
            Direction::ClientToServer => "client to server",
        }
    )]
    EventTwice {
        /// The namespace's path.
        namespace: String,
        /// Which way they travel.
        direction: Direction,
        /// Their name on the wire.
        event: String,
    },
}

impl Catalogue {
    /// The catalogue as `schema.json`: indented, every object sorted, a line feed at the end. The
    /// same catalogue always gives the same text.
    ///
    /// # Panics
    /// Never: every part of a catalogue can be JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut catalogue = self.clone();
        // The order in which serde_json keeps keys is another crate's choice of features.
        for value in values::json_mut(&mut catalogue) {
            value.sort_all_objects();
        }
        let mut text = serde_json::to_string_pretty(&catalogue).expect("a catalogue is plain data");
        text.push('\n');
        text
    }

    /// The catalogue of a `schema.json`. What is not in that text, the TypeScript types, is empty.
    ///
    /// # Errors
    /// [`CatalogueError::Format`] if a version of this library wrote it that has another format;
    /// [`CatalogueError::Json`] if it is not the text of a catalogue;
    /// [`CatalogueError::NamespaceTwice`] and [`CatalogueError::EventTwice`] if it declares one
    /// thing twice, so that nobody knows which of both is meant.
    pub fn from_json(text: &str) -> Result<Self, CatalogueError> {
        // Another format may have other fields, so its number is read alone and first.
        let Head { format } = serde_json::from_str(text).map_err(CatalogueError::Json)?;
        if format != u64::from(Self::FORMAT) {
            return Err(CatalogueError::Format { found: format });
        }
        let catalogue: Self = serde_json::from_str(text).map_err(CatalogueError::Json)?;
        catalogue.find_duplicate().map_or(Ok(catalogue), Err)
    }

    fn find_duplicate(&self) -> Option<CatalogueError> {
        let (mut paths, mut events) = (BTreeSet::new(), BTreeSet::new());
        let path = self.namespaces.iter().map(|it| &it.path).find(|path| !paths.insert(*path));
        if let Some(path) = path {
            return Some(CatalogueError::NamespaceTwice { path: path.clone() });
        }
        let (namespace, direction, event) =
            self.events().find(|(namespace, direction, event)| {
                !events.insert((&namespace.path, *direction, &event.name))
            })?;
        let (namespace, event) = (namespace.path.clone(), event.name.clone());
        Some(CatalogueError::EventTwice { namespace, direction, event })
    }
}

#[derive(Deserialize)]
struct Head {
    format: u64,
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::{Catalogue, CatalogueError};

    #[test]
    fn a_catalogue_survives_its_text() {
        let catalogue = Catalogue::builder("Chat", "1.0.0").description("Talk").build();
        let text = catalogue.to_json();
        assert!(text.ends_with("}\n"), "{text}");
        assert_eq!(Catalogue::from_json(&text).expect("its own text"), catalogue);
    }

    #[test]
    fn what_is_declared_twice_is_an_error() {
        let text = |namespaces: &str| {
            let text = Catalogue::builder("Chat", "1").build().to_json();
            text.replace(r#""namespaces": []"#, &format!(r#""namespaces": [{namespaces}]"#))
        };
        let namespace = |listens: &str, emits: &str| {
            let events = |names: &str| {
                let event =
                    |name| format!(r#"{{"name": "{name}", "ident": "e", "arguments": []}}"#);
                let events: Vec<_> = names.split_terminator(' ').map(event).collect();
                format!(r#"{{"ident": "E", "events": [{}]}}"#, events.join(","))
            };
            let (listens, emits) = (events(listens), events(emits));
            format!(r#"{{"path": "/a", "ident": "A", "listens": {listens}, "emits": {emits}}}"#)
        };
        let once = namespace("one two", "one");
        Catalogue::from_json(&text(&once)).expect("one name in each direction");
        for (namespaces, expected) in [
            (format!("{once},{once}"), "this `schema.json` has the namespace `/a` twice"),
            (
                namespace("one", "two one two"),
                "this `schema.json` has the event `two` twice in `/a`, client to server",
            ),
        ] {
            let error = Catalogue::from_json(&text(&namespaces)).expect_err(expected);
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn another_format_is_told_apart_from_a_broken_file() {
        let error = Catalogue::from_json(r#"{"format": 999, "unknown": []}"#).expect_err("refused");
        assert!(matches!(error, CatalogueError::Format { found: 999 }), "{error}");
        assert_eq!(
            error.to_string(),
            "this `schema.json` has format 999, and this version of the library reads format 1: \
             write it anew",
        );
        for text in ["", "[]", "{}", r#"{"format": 1}"#, r#"{"format": 1, "title": 5}"#] {
            let error = Catalogue::from_json(text).expect_err(text);
            assert!(matches!(error, CatalogueError::Json(_)), "{text}: {error}");
            assert!(error.source().is_some(), "{text}");
        }
    }
}
