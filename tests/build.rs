//! Finds out whether the tests against the reference server can run: sets `has_node`.
//!
//! `SOCKETIO_REQUIRE_NODE=1` sets it in any case, so that those tests fail rather than be
//! ignored where Node.js is missing.

use std::{env, process::Command};

fn main() {
    println!("cargo::rustc-check-cfg=cfg(has_node)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SOCKETIO_REQUIRE_NODE");
    println!("cargo::rerun-if-env-changed=PATH");

    let required = env::var("SOCKETIO_REQUIRE_NODE").is_ok_and(|value| value == "1");
    let installed =
        Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    if required || installed {
        println!("cargo::rustc-cfg=has_node");
    }
}
