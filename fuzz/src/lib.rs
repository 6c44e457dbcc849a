//! Hostile and random input for the codec and the state machine of `socketio-runtime`.
//!
//! A target is a function of bytes that panics where something is wrong. The fuzzers in
//! `fuzz_targets` call one each; `tests` replay every file of `seeds` and `corpus` through them
//! with a stable compiler. See the README beside this crate.
//!
//! Must not know: the fuzzer.

mod bounded;
mod oracle;
pub mod script;
pub mod seeds;
pub mod targets;

use std::{fs, io, path::PathBuf};

/// Something to try.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// As its file in `fuzz_targets` is called, and its folders in `seeds` and `corpus`.
    pub name: &'static str,
    /// Panics where something is wrong.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 11] = [
    Target { name: "engine_packet", run: targets::engine_packet },
    Target { name: "polling_payload", run: targets::polling_payload },
    Target { name: "socket_packet", run: targets::socket_packet },
    Target { name: "attachments", run: targets::attachments },
    Target { name: "msgpack_packet", run: targets::msgpack_packet },
    Target { name: "handshake", run: targets::handshake },
    Target { name: "typed_payload", run: targets::typed_payload },
    Target { name: "round_trip_json", run: targets::round_trip_json },
    Target { name: "round_trip_msgpack", run: targets::round_trip_msgpack },
    Target { name: "round_trip_payload", run: targets::round_trip_payload },
    Target { name: "client_core", run: targets::client_core },
];

impl Target {
    /// The files with input for it, readable seeds first.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn inputs(&self) -> io::Result<Vec<PathBuf>> {
        let mut inputs = Vec::new();
        for folder in ["seeds", "corpus"] {
            let folder = root().join(folder).join(self.name);
            let mut files = Vec::new();
            for entry in fs::read_dir(folder)? {
                files.push(entry?.path());
            }
            files.sort();
            inputs.extend(files);
        }
        Ok(inputs)
    }
}

/// The folder of this crate.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
