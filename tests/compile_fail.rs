//! What must not compile, with the message that the user reads, and what must.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The compiler whose wording the `.stderr` files hold. Other versions word their own errors in
/// another way, or place them elsewhere.
const SNAPSHOTS_FROM: &str = "1.95.";

#[test]
fn mistakes_have_their_messages() {
    let version = rustc_version();
    if version.starts_with(SNAPSHOTS_FROM) {
        trybuild::TestCases::new().compile_fail("compile-fail/*/*.rs");
        return;
    }
    // Written directly: the output of a passing test's `eprintln!` is never shown.
    let text = format!(
        "the messages are those of rustc {SNAPSHOTS_FROM}x, and this is {version}: only the macros' \
         own are compared"
    );
    let _ = writeln!(io::stderr(), "{text}");
    assert_mistakes_are_told();
}

#[test]
fn every_mistake_is_in_the_table() {
    let readme = fs::read_to_string("compile-fail/README.md").expect("the table of mistakes");
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let named: BTreeSet<String> = rows.map(str::to_owned).collect();
    let there = cases().iter().map(|case| name(case)).collect();
    let unnamed: Vec<_> = BTreeSet::difference(&there, &named).collect();
    let missing: Vec<_> = named.difference(&there).collect();
    assert!(unnamed.is_empty(), "not in compile-fail/README.md: {unnamed:?}");
    assert!(missing.is_empty(), "only in compile-fail/README.md: {missing:?}");
}

#[test]
fn the_readme_quotes_the_compiler() {
    let readme = fs::read_to_string("../README.md").expect("the README");
    let quotes = readme.split("```text\n").skip(1).filter_map(|text| text.split("```").next());
    let quotes: Vec<_> = quotes.filter(|text| text.starts_with("error")).collect();
    let told = fs::read_to_string("compile-fail/usage/forgotten_answer.stderr").expect("a message");
    assert!(!quotes.is_empty(), "the README shows no mistake");
    assert!(quotes.iter().all(|quote| told.contains(quote)), "{quotes:?} is not in:\n{told}");
}

#[test]
fn unusual_schemas_compile() {
    trybuild::TestCases::new().pass("compile-pass/*.rs");
}

/// Compiles all cases as one package, and looks in the errors of each for what the macros say.
fn assert_mistakes_are_told() {
    let cases = cases();
    let errors = errors_of(&cases);
    let mut silent = Vec::new();
    for case in &cases {
        let name = name(case);
        let told: Vec<_> =
            errors.iter().filter(|(of, _)| *of == name).map(|(_, told)| told).collect();
        let expected = fs::read_to_string(case.with_extension("stderr")).expect("a message");
        let missing = own_messages(&expected).filter(|own| !told.iter().any(|told| told == own));
        silent.extend(missing.map(|own| format!("{name}: {own}")));
        if told.is_empty() {
            silent.push(format!("{name} compiles"));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

/// The errors that are not worded by the compiler, and so are the same with each: those without a
/// code, if they are not of its parser or a lint, and those about traits. Compilers write the types
/// in these in several ways; what has a path or a closure in it is left out.
fn own_messages(stderr: &str) -> impl Iterator<Item = &str> {
    let is_rustc = |text: &str| {
        let beginnings = ["expected type", "expected one of `:`", "use of deprecated method"];
        let others = ["unused ", "future cannot be sent"];
        beginnings.iter().chain(&others).any(|beginning| text.starts_with(beginning))
    };
    let is_portable = |text: &&str| !text.contains("::") && !text.contains('{');
    let macros = stderr.lines().filter_map(|line| line.strip_prefix("error: "));
    let traits = stderr.lines().filter_map(|line| line.strip_prefix("error[E0277]: "));
    macros.filter(move |text| !is_rustc(text)).chain(traits.filter(is_portable))
}

/// The errors of each case, by its name.
fn errors_of(cases: &[PathBuf]) -> Vec<(String, String)> {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("other-compiler");
    let root = env::current_dir().expect("cargo runs tests where their package is");
    fs::create_dir_all(&package).expect("a directory for the package");
    fs::write(package.join("Cargo.toml"), manifest(&root, cases)).expect("a manifest");
    fs::copy("../Cargo.lock", package.join("Cargo.lock")).expect("the workspace's versions");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--keep-going", "--bins", "--message-format=json"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .output()
        .expect("cargo runs: it built this test");
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors: Vec<_> = messages.lines().filter_map(error).collect();
    assert!(!errors.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    errors
}

/// The case and the text, if a line of cargo's output is an error.
fn error(line: &str) -> Option<(String, String)> {
    let line: Value = serde_json::from_str(line).ok()?;
    let message = &line["message"];
    if message["level"] != "error" {
        return None;
    }
    let text = message["message"].as_str()?.to_owned();
    Some((name(Path::new(line["target"]["src_path"].as_str()?)), text))
}

/// A package beside the workspace, with each case as a program.
fn manifest(root: &Path, cases: &[PathBuf]) -> String {
    let runtime = root.with_file_name("socketio-runtime");
    let head = format!(
        "[package]\nname = 'other-compiler'\nversion = '0.0.0'\nedition = '2024'\n\
         [workspace]\n[dependencies]\nschemars = '1'\nts-rs = '12'\n\
         serde = {{ version = '1', features = ['derive'] }}\n\
         [dependencies.socketio-runtime]\npath = '{}'\nfeatures = ['msgpack', 'testing', 'typescript']\n",
        runtime.display()
    );
    let program = |case: &PathBuf| {
        let (name, path) = (name(case).replace('/', "-"), root.join(case));
        format!("[[bin]]\nname = '{name}'\npath = '{}'\n", path.display())
    };
    [head].into_iter().chain(cases.iter().map(program)).collect()
}

/// All cases, in order.
fn cases() -> Vec<PathBuf> {
    let entries = |directory: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(directory).expect("a directory of cases");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    };
    let topics = entries(Path::new("compile-fail")).into_iter().filter(|path| path.is_dir());
    let files = topics.flat_map(|topic| entries(&topic));
    let mut cases: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|extension| extension == "rs")).collect();
    cases.sort();
    cases
}

/// `topic/mistake`.
fn name(case: &Path) -> String {
    let [topic, mistake] = [case.parent(), Some(case)]
        .map(|path| path.and_then(Path::file_stem).unwrap_or_default().to_string_lossy());
    format!("{topic}/{mistake}")
}

/// `1.95.0`, of the compiler that cargo runs here.
fn rustc_version() -> String {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = Command::new(rustc).arg("-V").output().expect("rustc runs: it built this test");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split(' ').nth(1).unwrap_or_default().to_owned()
}
