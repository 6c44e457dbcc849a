//! The rules of this crate that no compiler checks: who may name whom, who may wait, what each
//! file says of itself.
//!
//! Must not know: what the code does.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The layers, each of which may name those before it.
const LAYERS: [&str; 5] = ["codec", "proto", "driver", "client", "testing"];
/// Those that do no I/O.
const PURE_LAYERS: [&str; 2] = ["codec", "proto"];
/// The file that may ask for the time.
const CLOCK: &str = "driver/clock.rs";
/// Lines of code in a file: what a reader keeps in mind. Documentation is not counted.
const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 60;

struct Source {
    /// Inside `src`.
    path: String,
    text: String,
    /// Without comments and blank lines.
    code: Vec<String>,
}

impl Source {
    fn layer(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// Up to the tests in the file.
    fn shipped_code(&self) -> &[String] {
        let end = self.code.windows(2).position(|pair| {
            pair[0].trim() == "#[cfg(test)]" && pair[1].trim_start().starts_with("mod tests {")
        });
        &self.code[..end.unwrap_or(self.code.len())]
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the entry is there").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push(source(&root, &path));
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(sources.len() > LAYERS.len(), "the sources are found");
    sources
}

fn source(root: &Path, path: &PathBuf) -> Source {
    let text = fs::read_to_string(path).expect("the file is UTF-8");
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    let code = text.lines().filter(is_code).map(str::to_owned).collect();
    let path = path.strip_prefix(root).expect("the file is in `src`");
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    Source { path: parts.join("/"), text, code }
}

/// The modules of this crate that a file names by `crate::`.
fn named_modules(code: &[String]) -> Vec<String> {
    let code = code.join("\n");
    let mut modules = Vec::new();
    for (at, path) in code.match_indices("crate::") {
        let is_whole_word = !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let rest = &code[at + path.len()..];
        match rest.strip_prefix('{') {
            _ if !is_whole_word => {}
            Some(list) => modules.extend(first_names(list)),
            None => modules.push(word(rest).to_owned()),
        }
    }
    modules
}

/// The first name of each path in `a::b, c::{d, e}, f}`.
fn first_names(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut is_first) = (0, true);
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => is_first = true,
            c if is_first && !c.is_whitespace() => {
                names.push(word(&list[at..]).to_owned());
                is_first = false;
            }
            _ => {}
        }
    }
    names
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn each_file_says_what_it_is_and_what_it_must_not_know() {
    let mut broken = Vec::new();
    for source in sources() {
        let is_header = |line: &&str| line.is_empty() || line.starts_with("//");
        let mut header = source.text.lines().take_while(is_header);
        // In public modules it is a plain comment, since users do not need it.
        let rule = ["//! Must not know: ", "// Must not know: "];
        if !source.text.starts_with("//!") {
            broken.push(format!("{}: does not begin with `//!`", source.path));
        } else if !header.any(|line| rule.iter().any(|rule| line.starts_with(rule))) {
            broken.push(format!("{}: no `Must not know: `", source.path));
        }
    }
    assert_none(&broken);
}

#[test]
fn imports_point_one_way() {
    assert_eq!(
        named_modules(&[
            "use crate::{a::b, c::{d, e}, f};".into(),
            "pub(crate) x: crate::g::H".into()
        ]),
        ["a", "c", "f", "g"]
    );
    let mut broken = Vec::new();
    for source in sources() {
        let Some(layer) = LAYERS.iter().position(|layer| *layer == source.layer()) else {
            continue;
        };
        for module in named_modules(&source.code) {
            if LAYERS[layer + 1..].contains(&&*module) {
                broken.push(format!("{}: names `{module}`, which stands above", source.path));
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn codec_and_state_machine_neither_wait_nor_look_at_the_clock() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| PURE_LAYERS.contains(&source.layer())) {
        for line in source.code.iter().filter(|_| !source.is_test()) {
            for word in [" tokio::", "(tokio::", "async ", ".await", "Instant::now", "SystemTime"] {
                if line.contains(word) {
                    broken.push(format!("{}: `{}`", source.path, line.trim()));
                }
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn one_file_asks_for_the_time() {
    let asks = |source: &&Source| {
        let mut code = source.shipped_code().iter();
        !source.is_test() && code.any(|line| line.contains("clippy::disallowed_methods"))
    };
    let sources = sources();
    let paths: Vec<_> = sources.iter().filter(asks).map(|source| &*source.path).collect();
    assert_eq!(paths, [CLOCK]);
}

#[test]
fn files_and_functions_are_short() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        let code = source.shipped_code();
        if code.len() > LONGEST_FILE {
            broken.push(format!("{}: {} lines", source.path, code.len()));
        }
        for (name, length) in functions(code) {
            if length > LONGEST_FUNCTION {
                broken.push(format!("{}: `{name}` has {length} lines", source.path));
            }
        }
    }
    assert_none(&broken);
}

/// The functions of a formatted file, with the lines from the name to the closing brace.
fn functions(code: &[String]) -> Vec<(&str, usize)> {
    let mut functions = Vec::new();
    for (at, line) in code.iter().enumerate() {
        let Some((before, name)) = line.split_once("fn ") else { continue };
        let is_item = before.chars().all(|c| c.is_lowercase() || " ()".contains(c));
        let opening = code[at..].iter().find(|line| line.ends_with(['{', ';', '}']));
        if !is_item || !opening.is_some_and(|line| line.ends_with('{')) {
            continue;
        }
        let indent = &line[..line.len() - line.trim_start().len()];
        let end = format!("{indent}}}");
        let length = code[at..].iter().position(|line| *line == end).expect("a closing brace");
        functions.push((word(name), length + 1));
    }
    functions
}

#[test]
fn the_oldest_supported_rust_is_one_truth() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("the workspace's manifest");
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = "));
    let version = version.expect("a `rust-version`").trim_matches('"');
    assert_eq!(version, env!("CARGO_PKG_RUST_VERSION"));
    let readme = fs::read_to_string(root.join("README.md")).expect("the README");
    assert!(readme.contains(&format!("Rust {version} or later")), "the README says {version}");
}
