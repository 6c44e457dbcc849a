//! No `unsafe`, anywhere: neither written nor generated, so that memory is the compiler's to keep safe.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// All files of one name or ending below the top of the repository, but for what tools make.
fn files(is_wanted: impl Fn(&Path) -> bool) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let entry = entry.expect("the entry is there");
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_str().expect("names are UTF-8");
            if path.is_dir() && !name.starts_with('.') && !MADE.contains(&name) {
                folders.push(path);
            } else if path.is_file() && is_wanted(&path) {
                let text = fs::read_to_string(&path).expect("it is UTF-8");
                files.push((path, text));
            }
        }
    }
    files
}

/// The folders in which tools put what they make.
const MADE: [&str; 4] = ["target", "node_modules", "corpus", "artifacts"];

/// The entry that libFuzzer calls cannot be without.
fn is_fuzzing(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "fuzz")
}

fn assert_none(broken: &[PathBuf]) {
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_package_forbids_unsafe_code() {
    let manifests = files(|path| path.ends_with("Cargo.toml"));
    let packages = manifests
        .iter()
        .filter(|(path, text)| text.lines().any(|line| line == "[package]") && !is_fuzzing(path));
    let (mut broken, mut count) = (Vec::new(), 0);
    for (path, text) in packages {
        let forbids = text.contains("[lints]\nworkspace = true") || forbids(text, "[lints.rust]");
        if !forbids {
            broken.push(path.clone());
        }
        count += 1;
    }
    assert!(count >= 9, "the packages are found: {count}");
    assert_none(&broken);
    let is_root = |text: &str| text.contains("\"socketio-runtime\", \"schema-examples\"");
    let root = manifests.iter().find(|(_, text)| is_root(text)).expect("the workspace");
    assert!(forbids(&root.1, "[workspace.lints.rust]"), "what they inherit");
}

/// Whether a manifest's table does.
fn forbids(manifest: &str, table: &str) -> bool {
    let Some((_, lints)) = manifest.split_once(&format!("{table}\n")) else { return false };
    lints.split("\n[").next().is_some_and(|lints| lints.contains("unsafe_code = \"forbid\""))
}

/// The lint does not look into what macros generate. Where the word is nowhere, they cannot.
#[test]
fn nobody_writes_the_word() {
    let mut broken = Vec::new();
    let sources = files(|path| path.extension().is_some_and(|ending| ending == "rs"));
    assert!(sources.len() > 300, "the sources are found: {}", sources.len());
    for (path, text) in sources {
        // Schemas that are to be refused for it, and what refuses them.
        let is_about_it = path.to_string_lossy().contains("/compile-fail/");
        let refuses = path.ends_with("socketio-derive/src/parse/schema.rs");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        if !is_about_it && code.filter(|line| writes_it(line)).count() > usize::from(refuses) * 2 {
            broken.push(path);
        }
    }
    assert_none(&broken);
}

fn writes_it(line: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = line.split(|c| !is_name(c));
    words.any(|word| word == concat!("un", "safe"))
}
