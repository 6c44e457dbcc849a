//! Every run for a few seconds, and whether faults on purpose are noticed: for every change.
//!
//! Must not know: what the runs do.

use std::process::{Output, Stdio};

use futures_util::future::{try_join, try_join_all};
use tokio::process::Command;

use crate::{Result, server, verdict::Verdict};

/// What depends on how busy the machine is has wide bounds here; what is counted has its own.
const RUNS: [&[&str]; 5] = [
    &["burst", "--events=20000", "--rounds=2"],
    &["idle", "--connections=500", "--seconds=4", "--ping-interval=1", "--resident-kib=20"],
    &[
        "active",
        "--connections=100",
        "--seconds=5",
        "--interval-ms=100",
        "--least-rate=0.1",
        "--p50-ms=10000",
        "--p99-ms=30000",
    ],
    &["neighbours", "--rounds=1", "--seconds=3", "--slower=30", "--growth-kib=1024"],
    &["hour", "--seconds=9", "--period=3", "--regulars=14", "--lifetime=2", "--growth-kib=1024"],
];

/// Faults on purpose, and what has to be said of each.
const FAULTS: [(&str, &str); 7] = [
    ("listener", "BROKEN captures:"),
    ("ack", "BROKEN client 5, WebSocket, unbroken: acks that have settled:"),
    ("task", "BROKEN tasks:"),
    ("file", "BROKEN open files:"),
    ("heap", "BROKEN KiB that the heap has grown:"),
    ("lost", "BROKEN client 5, WebSocket, unbroken: feeds: twice, or missed while there:"),
    ("twice", "BROKEN client 6, polling, unbroken: feeds: twice, or missed while there:"),
];

pub(crate) async fn run() -> Result<Verdict> {
    let mut verdict = Verdict::default();
    if let Some(reason) = server::is_missing().await {
        println!("SKIPPED: {reason}");
        return Ok(verdict);
    }
    let mut faulty = vec![
        "hour",
        "--seconds=6",
        "--period=2",
        "--regulars=7",
        "--lifetime=2",
        "--growth-kib=1024",
        "--patience=1",
    ];
    faulty.extend(FAULTS.iter().flat_map(|(leak, _)| ["--leak", leak]));
    // All at once: most of their time they wait.
    let runs = try_join_all(RUNS.map(run_apart));
    let (outputs, output) = try_join(runs, run_apart(&faulty)).await?;
    for (arguments, output) in RUNS.into_iter().zip(outputs) {
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            println!("{said}{}", String::from_utf8_lossy(&output.stderr));
        }
        verdict.note(output.status.success(), &arguments.join(" "));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    verdict.note(!output.status.success(), "with faults on purpose, a run fails");
    for (fault, words) in FAULTS {
        verdict.note(said.contains(words), &format!("a fault on purpose is noticed: {fault}"));
    }
    Ok(verdict)
}

/// In a process of its own, as memory, tasks and files are counted.
async fn run_apart(arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    Ok(command.output().await?)
}
