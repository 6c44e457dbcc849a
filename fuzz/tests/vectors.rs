//! What becomes of the protocol's test vectors, and whether the files of seeds are the seeds.
//!
//! Must not know: the fuzzer.

use std::{collections::BTreeSet, fs};

use serde_json::Value;
use socketio_fuzz::{
    TARGETS, root,
    seeds::{self, Fate},
};
use socketio_runtime::{
    Parser, Untyped,
    error::DecodeError,
    unstable::{Reader, Received, wire},
};

#[test]
fn each_vector_has_its_fate() {
    let mut told = 0;
    for seed in seeds::all() {
        let text = || std::str::from_utf8(&seed.input).expect("it is text");
        let fate = match seed.target {
            "socket_packet" => fate(text_packet(text())),
            "msgpack_packet" => {
                fate(Reader::new(Parser::Msgpack, 0).binary(seed.input.clone().into()))
            }
            "engine_packet" if wire::decode_frame(text()).is_err() => Fate::Refused,
            "engine_packet" if text().starts_with('b') => Fate::Taken,
            "engine_packet" => taken(wire::decode_engine(text()).is_ok()),
            "handshake" => taken(wire::decode_handshake(text()).is_ok()),
            _ => Fate::Open,
        };
        // What is nested deep in msgpack is shown as null.
        assert_eq!(fate, seed.fate, "{} {}", seed.target, seed.name);
        told += usize::from(seed.fate != Fate::Open);
    }
    assert!(told > 150, "only {told} vectors have a fate");
}

fn taken(is_taken: bool) -> Fate {
    if is_taken { Fate::Taken } else { Fate::Refused }
}

/// With as many attachments as it announces.
fn text_packet(packet: &str) -> Result<Option<Received>, DecodeError> {
    let mut reader = Reader::new(Parser::Json, 10);
    let mut received = reader.text(&format!("4{packet}"))?;
    while received.is_none() {
        received = reader.binary(bytes::Bytes::new())?;
    }
    Ok(received)
}

fn fate(received: Result<Option<Received>, DecodeError>) -> Fate {
    let Ok(received) = received else { return Fate::Refused };
    let received = received.expect("it is complete");
    let is_readable = match received.kind() {
        0 => received.connect_reply().is_ok(),
        2 => {
            let event = received.into_event::<Untyped>().expect("an event");
            serde_json::from_str::<Vec<Value>>(&event.json()).is_ok()
                && (event.decode::<Vec<Value>>().is_ok())
        }
        3 => received.into_answer().expect("an answer").decode::<Vec<Value>>().is_ok(),
        _ => true,
    };
    if is_readable { Fate::Taken } else { Fate::Unreadable }
}

#[test]
fn the_files_of_seeds_are_the_seeds() {
    let mut files = BTreeSet::new();
    for target in TARGETS {
        let folder = root().join("seeds").join(target.name);
        for entry in fs::read_dir(&folder).expect("it has seeds") {
            files.insert(entry.expect("a file").path());
        }
    }
    for seed in seeds::all() {
        let path = root().join("seeds").join(seed.target).join(&seed.name);
        let input = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(input, seed.input, "{}", path.display());
        assert!(files.remove(&path), "{}: another seed has this name", path.display());
    }
    assert!(files.is_empty(), "files that are no seeds: {files:#?}");
}

#[test]
fn each_target_has_its_fuzzer() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    for target in TARGETS {
        let shim = root().join("fuzz_targets").join(format!("{}.rs", target.name));
        let text = fs::read_to_string(&shim).unwrap_or_else(|error| panic!("{shim:?}: {error}"));
        assert!(text.contains(&format!("targets::{}(data)", target.name)), "{shim:?}");
        assert!(manifest.contains(&format!("name = \"{}\"", target.name)), "{}", target.name);
    }
}
