//! Finds out which servers that are no Rust programs the tests can run against, and whether they can
//! make networks: sets `has_node`, `has_python` and `has_network`.
//!
//! `SOCKETIO_REQUIRE_NODE=1`, `SOCKETIO_REQUIRE_PYTHON=1` and `SOCKETIO_REQUIRE_NETWORK=1` set them
//! in any case, so that the tests that need them fail rather than be ignored.

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PATH");
    look_for("has_node", "SOCKETIO_REQUIRE_NODE", Command::new("node").arg("--version"));
    let python = if cfg!(windows) { "python" } else { "python3" };
    // Distributions leave parts of Python out that make virtual environments. 3.10 is the oldest
    // that the server's packages take.
    let is_usable = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
    look_for("has_python", "SOCKETIO_REQUIRE_PYTHON", Command::new(python).args(["-c", is_usable]));
    // All that `harness/network.rs` does, as root or as whoever may pass for root.
    let makes_a_network =
        "ip link add name wire type veth peer name other && nft add table inet faults";
    let both = format!(
        "unshare --net sh -c '{makes_a_network}' || \
         unshare --user --map-root-user --net sh -c '{makes_a_network}'"
    );
    look_for("has_network", "SOCKETIO_REQUIRE_NETWORK", Command::new("sh").args(["-c", &both]));
}

fn look_for(cfg: &str, required: &str, probe: &mut Command) {
    println!("cargo::rustc-check-cfg=cfg({cfg})");
    println!("cargo::rerun-if-env-changed={required}");
    let is_required = env::var(required).is_ok_and(|value| value == "1");
    if is_required || probe.output().is_ok_and(|output| output.status.success()) {
        println!("cargo::rustc-cfg={cfg}");
    }
}
