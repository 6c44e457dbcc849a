//! Every file that a fuzzer begins with, or has found, through its target, with a stable compiler.
//!
//! Must not know: what the files are.
//!
//! One test, since memory is counted for the whole process.

use std::{fs, panic};

use socketio_fuzz::TARGETS;

#[test]
fn every_file_passes_its_target() {
    let mut failed = Vec::new();
    for target in TARGETS {
        let inputs = target.inputs().expect("its folders are there");
        assert!(inputs.len() >= FEWEST, "{}: only {} files", target.name, inputs.len());
        println!("{}: {} files", target.name, inputs.len());
        for path in inputs {
            let input = fs::read(&path).expect("it is a file");
            if panic::catch_unwind(|| (target.run)(&input)).is_err() {
                failed.push(path);
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// A target with fewer has lost them.
const FEWEST: usize = 4;
