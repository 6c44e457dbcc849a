//! A committed `schema.json`, held to what the schema is.
//!
//! Must not know: how catalogues are compared.

use std::{
    env,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

use thiserror::Error;

use super::{
    diff::{Diff, Verdict, diff},
    model::Catalogue,
    schema_json::CatalogueError,
};

/// Why a `schema.json` is not what the schema is. Its `Display` says what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The schema has changed and the file has not.
    #[error(
        "{path} is not the schema any more\n\n{diff}\n{}",
        accept(if .diff.wire() == Some(Verdict::Breaking) { BREAKING } else { "1" })
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// What has changed. Empty if the same types are merely described otherwise.
        diff: Diff,
    },

    /// There is no such file yet.
    #[error("{path} does not exist\n\n{}", accept("1"))]
    Missing {
        /// The file.
        path: PathBuf,
    },

    /// The file is no `schema.json`, or one of another version of this library.
    #[error("{path} cannot be compared: {}\n\n{}", chain(.source), accept(BREAKING))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: CatalogueError,
    },

    /// The file could not be read or written.
    #[error("{path} could not be read or written: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What is written without being asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Accept {
    Nothing,
    /// All that breaks nothing on the wire.
    Safe,
    Everything,
}

/// Holds a committed `schema.json` to the catalogue, as [`hold_schema!`](crate::hold_schema) does.
///
/// How the file is formatted does not matter, nor do its line endings. With
/// `SOCKETIO_ACCEPT_SCHEMA=1` in the environment the file is written, unless something breaks on
/// the wire; with `SOCKETIO_ACCEPT_SCHEMA=breaking` it is written in any case.
///
/// # Errors
/// When the file does not say what the catalogue says, and was not written anew.
pub fn check(path: impl AsRef<Path>, catalogue: &Catalogue) -> Result<(), CheckError> {
    let accept = match env::var(VARIABLE).as_deref() {
        Ok("1") => Accept::Safe,
        Ok(BREAKING) => Accept::Everything,
        _ => Accept::Nothing,
    };
    check_or_accept(path.as_ref(), catalogue, accept)
}

/// Panics with all that a person needs. Called by the macro.
#[doc(hidden)]
#[track_caller]
pub fn hold(path: &str, catalogue: &Catalogue) {
    if let Err(error) = check(path, catalogue) {
        panic!("{error}");
    }
}

/// A test that holds a committed `schema.json` to the schema.
///
/// The path is relative to the crate's `Cargo.toml`; the second argument is an expression of type
/// [`Catalogue`]. A name before them, of the test, is for a second file in one module.
///
/// ```
/// # use socketio_runtime::{client_to_server, namespace, server_to_client};
/// # #[server_to_client(export)]
/// # trait ServerToClient { fn pong(); }
/// # #[client_to_server(export)]
/// # trait ClientToServer { fn ping(); }
/// # #[namespace("/chat", listens = ServerToClient, emits = ClientToServer, export)]
/// # struct Chat;
/// use socketio_runtime::catalogue::Catalogue;
///
/// fn catalogue() -> Catalogue {
///     Catalogue::builder("Chat", "1.0.0").namespace::<Chat>().build()
/// }
///
/// socketio_runtime::hold_schema!("schema.json", catalogue());
/// # fn main() {}
/// ```
///
/// The test fails when the schema is not what the file says, and tells each change with its
/// [verdicts](crate::catalogue::diff::Verdict). Whoever means it writes the file anew and commits
/// it, so that a review sees what becomes of peers:
///
/// ```text
/// SOCKETIO_ACCEPT_SCHEMA=1 cargo test
/// ```
///
/// What breaks on the wire is not written by that, but by `SOCKETIO_ACCEPT_SCHEMA=breaking`.
#[macro_export]
macro_rules! hold_schema {
    ($path:literal, $catalogue:expr $(,)?) => {
        $crate::hold_schema!(the_schema_is_what_its_file_says, $path, $catalogue);
    };
    ($name:ident, $path:literal, $catalogue:expr $(,)?) => {
        #[test]
        fn $name() {
            $crate::catalogue::hold(
                $crate::__private::core::concat!(
                    $crate::__private::core::env!("CARGO_MANIFEST_DIR"),
                    "/",
                    $path
                ),
                &$catalogue,
            );
        }
    };
}

fn check_or_accept(path: &Path, catalogue: &Catalogue, accept: Accept) -> Result<(), CheckError> {
    let error = match compare(path, catalogue) {
        Ok(()) => return Ok(()),
        Err(error) => error,
    };
    let is_accepted = match &error {
        CheckError::Io { .. } => false,
        CheckError::Missing { .. } => accept != Accept::Nothing,
        CheckError::Unreadable { .. } => accept == Accept::Everything,
        CheckError::Changed { diff, .. } => match accept {
            Accept::Nothing => false,
            Accept::Safe => diff.wire() != Some(Verdict::Breaking),
            Accept::Everything => true,
        },
    };
    if !is_accepted {
        return Err(error);
    }
    fs::write(path, catalogue.to_json())
        .map_err(|source| CheckError::Io { path: path.to_owned(), source })
}

fn compare(path: &Path, catalogue: &Catalogue) -> Result<(), CheckError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(CheckError::Missing { path: path.to_owned() });
        }
        Err(source) => return Err(CheckError::Io { path: path.to_owned(), source }),
    };
    let committed = Catalogue::from_json(&text)
        .map_err(|source| CheckError::Unreadable { path: path.to_owned(), source })?;
    if committed.to_json() == catalogue.to_json() {
        return Ok(());
    }
    Err(CheckError::Changed { path: path.to_owned(), diff: diff(&committed, catalogue) })
}

/// With what is behind it, such as the line of a JSON error.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

fn accept(value: &str) -> String {
    let breaks = if value == BREAKING { ", and what it breaks is taken care of" } else { "" };
    format!(
        "if that is meant{breaks}, write the file and commit it:\n\n    {VARIABLE}={value} cargo test\n"
    )
}

const VARIABLE: &str = "SOCKETIO_ACCEPT_SCHEMA";
const BREAKING: &str = "breaking";

#[cfg(test)]
mod tests {
    use super::{Accept, Catalogue, CheckError, check_or_accept, fs};

    /// A file of this test's own, in a folder that nobody has left.
    fn file(name: &str) -> std::path::PathBuf {
        let folder = format!("socketio-check-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder for temporary files");
        folder.join(name)
    }

    fn schema(version: &str) -> Catalogue {
        Catalogue::builder("Chat", version).build()
    }

    fn with_namespaces(paths: &[&str]) -> Catalogue {
        let text = schema("1").to_json();
        let of = |path: &&str| format!(r#"{{"path": "{path}", "ident": "N"}}"#);
        let namespaces = paths.iter().map(of).collect::<Vec<_>>().join(",");
        let text = text.replace(r#""namespaces": []"#, &format!(r#""namespaces": [{namespaces}]"#));
        Catalogue::from_json(&text).expect("it is a catalogue")
    }

    #[test]
    fn a_missing_file_is_written_when_that_is_accepted() {
        let path = file("missing.json");
        let error =
            check_or_accept(&path, &schema("1"), Accept::Nothing).expect_err("it is missing");
        assert!(matches!(error, CheckError::Missing { .. }));
        assert!(error.to_string().contains("SOCKETIO_ACCEPT_SCHEMA=1 cargo test"), "{error}");
        check_or_accept(&path, &schema("1"), Accept::Safe).expect("it is written");
        check_or_accept(&path, &schema("1"), Accept::Nothing).expect("it is there");
    }

    #[test]
    fn a_change_is_told_and_written_when_that_is_accepted() {
        let path = file("changed.json");
        check_or_accept(&path, &schema("1"), Accept::Safe).expect("it is written");
        let error =
            check_or_accept(&path, &schema("2"), Accept::Nothing).expect_err("it has changed");
        assert!(error.to_string().contains("[version-changed]"), "{error}");
        check_or_accept(&path, &schema("2"), Accept::Safe).expect("it is written");
        check_or_accept(&path, &schema("2"), Accept::Nothing).expect("it is the same");
    }

    #[test]
    fn what_breaks_on_the_wire_is_accepted_in_so_many_words() {
        let path = file("breaking.json");
        let (old, new) = (with_namespaces(&["/a", "/b"]), with_namespaces(&["/a"]));
        check_or_accept(&path, &old, Accept::Safe).expect("it is written");
        let error = check_or_accept(&path, &new, Accept::Safe).expect_err("it breaks");
        assert!(error.to_string().contains("[namespace-removed]"), "{error}");
        assert!(error.to_string().contains("SOCKETIO_ACCEPT_SCHEMA=breaking"), "{error}");
        check_or_accept(&path, &old, Accept::Nothing).expect("it was not written");
        check_or_accept(&path, &new, Accept::Everything).expect("it is written");
        check_or_accept(&path, &new, Accept::Nothing).expect("it is the same");
    }

    #[test]
    fn line_endings_and_format_do_not_matter() {
        let path = file("format.json");
        let text = schema("1").to_json();
        for text in [text.replace('\n', "\r\n"), text.replace(['\n', ' '], "")] {
            fs::write(&path, text).expect("it is written");
            check_or_accept(&path, &schema("1"), Accept::Nothing).expect("it says the same");
        }
    }

    #[test]
    fn a_file_that_is_no_schema_is_told_where_and_not_written_over_lightly() {
        let path = file("broken.json");
        fs::write(&path, "{\n<<<<<<< HEAD").expect("it is written");
        let error = check_or_accept(&path, &schema("1"), Accept::Safe).expect_err("it is broken");
        assert!(error.to_string().contains("line 2 column 1"), "{error}");
        check_or_accept(&path, &schema("1"), Accept::Everything).expect("it is written");
        check_or_accept(&path, &schema("1"), Accept::Nothing).expect("it is the same");
    }
}
