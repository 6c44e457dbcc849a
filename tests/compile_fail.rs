//! What must not compile, with the message that the user reads, and what must.

use std::{
    io::{self, Write as _},
    process::Command,
};

/// The compiler whose wording the `.stderr` files hold. Other versions word their own errors in
/// another way, or place them elsewhere.
const SNAPSHOTS_FROM: &str = "1.95.";

#[test]
fn mistakes_have_their_messages() {
    let version = rustc_version();
    if !version.starts_with(SNAPSHOTS_FROM) {
        // Written directly: the output of a passing test's `eprintln!` is never shown.
        let text = "skipped: the messages are those of rustc";
        let _ = writeln!(io::stderr(), "{text} {SNAPSHOTS_FROM}x, and this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("compile-fail/*/*.rs");
}

#[test]
fn unusual_schemas_compile() {
    trybuild::TestCases::new().pass("compile-pass/*.rs");
}

/// `1.95.0`, of the compiler that cargo runs here.
fn rustc_version() -> String {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = Command::new(rustc).arg("-V").output().expect("rustc runs: it built this test");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split(' ').nth(1).unwrap_or_default().to_owned()
}
