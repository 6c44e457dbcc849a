//! `schema.json`: a catalogue as a text, and back.
//!
//! Must not know: how catalogues are made.

use serde::Deserialize;
use thiserror::Error;

use super::{model::Catalogue, values};

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
    /// [`CatalogueError::Json`] if it is not the text of a catalogue.
    pub fn from_json(text: &str) -> Result<Self, CatalogueError> {
        // Another format may have other fields, so its number is read alone and first.
        let Head { format } = serde_json::from_str(text).map_err(CatalogueError::Json)?;
        if format != u64::from(Self::FORMAT) {
            return Err(CatalogueError::Format { found: format });
        }
        serde_json::from_str(text).map_err(CatalogueError::Json)
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
