//! The table of scenarios names tests that exist.

use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn the_table_names_tests_that_exist() {
    let table = Path::new(TESTS).join("CONFORMANCE.md");
    let table = fs::read_to_string(table).expect("the table is there");
    let rows = table.lines().filter(|line| line.starts_with("| "));
    // What stands in backticks is every second part.
    let quoted = rows.flat_map(|row| row.split('`').skip(1).step_by(2));
    let names: Vec<_> =
        quoted.filter(|name| name.contains("::") || name.starts_with("compile-")).collect();
    assert!(names.len() > 100, "the table is not what it was: {names:?}");
    let lost: Vec<_> = names.into_iter().filter(|name| !exists(name)).collect();
    assert!(lost.is_empty(), "no such tests: {lost:#?}");
}

/// Whether there is such a test: `module::name`, or a file of the compile tests.
pub(crate) fn exists(name: &str) -> bool {
    let Some((module, function)) = name.rsplit_once("::") else {
        return Path::new(TESTS).join(name).with_extension("rs").is_file();
    };
    let signature = format!("fn {function}()");
    files_of(&module.replace("::", "/"))
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok())
        .any(|source| source.contains(&signature))
}

/// Where the tests of a module may stand.
fn files_of(module: &str) -> Vec<PathBuf> {
    let runtime = Path::new(TESTS).join("../socketio-runtime/src");
    let mut files = vec![
        Path::new(TESTS).join("scenarios").join(module).with_extension("rs"),
        runtime.join(module).with_extension("rs"),
        runtime.join(module).join("tests.rs"),
    ];
    files.push(runtime.join("../tests").join(module).with_extension("rs"));
    if let Some((layer, rest)) = module.split_once('/') {
        files.push(runtime.join(layer).join("tests").join(rest).with_extension("rs"));
    }
    files
}

const TESTS: &str = env!("CARGO_MANIFEST_DIR");
