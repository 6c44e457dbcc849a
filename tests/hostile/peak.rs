//! The peak of memory of one attack, measured in a process of its own.
//!
//! A test runs itself once more, alone and in a child process, where it makes its attack; the child
//! says how far the kernel's count (`VmHWM`, the peak of resident memory) went beyond the peak of a
//! connection without an attack. The server is in the same process, and holds a few hundred
//! kilobytes. Bytes that are reserved and never touched cost nothing, and are not counted.

use std::{
    env, fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::scene::{Scene, make_peace, make_polling_peace};

/// Set in the child.
const CHILD: &str = "SOCKETIO_HOSTILE_CHILD";

/// Longer than any attack takes.
const LIMIT: Duration = Duration::from_secs(50);

/// Runs `scenario`, which is all of the test of this name in this file, and holds it to a peak.
pub(crate) fn within_bytes<S: Future<Output = ()>>(
    name: &str,
    bound: usize,
    scenario: impl FnOnce() -> S,
) {
    if env::var_os(CHILD).is_some() {
        return run(scenario());
    }
    let started = Instant::now();
    let Some(peak) = in_child(name) else {
        println!("SKIPPED: {name}: memory is measured on Linux alone; the attack itself was made");
        return;
    };
    let (kib, time) = (|bytes: usize| bytes / 1024, started.elapsed());
    println!("{name}: {} KiB, at most {} KiB, in {time:.1?}", kib(peak), kib(bound));
    assert!(peak <= bound, "{name}: {peak} bytes, over the bound of {bound}");
}

fn run(scenario: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let before = runtime.expect("the system lets this process be").block_on(async {
        // So that the program's own pages are there.
        Scene::websocket().attacked_by(make_peace).await;
        Scene::polling().attacked_by(make_polling_peace).await;
        let before = status("VmHWM:");
        scenario.await;
        before
    });
    match before.zip(status("VmHWM:")) {
        Some((before, peak)) => println!("\npeak: {}", peak.saturating_sub(before)),
        None => println!("\nno peak"),
    }
}

/// What the child says; `None` where the system does not count.
fn in_child(name: &str) -> Option<usize> {
    let program = env::current_exe().expect("this program has a path");
    let mut child = Command::new(program)
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be run again");
    let started = Instant::now();
    let status = loop {
        match child.try_wait().expect("it is a child of this process") {
            Some(status) => break status,
            None if started.elapsed() > LIMIT => {
                child.kill().ok();
                child.wait().ok();
                panic!("{name}: not done within {LIMIT:?}");
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    let output = child.wait_with_output().expect("it has ended");
    let output = String::from_utf8_lossy(&output.stdout);
    assert!(status.success(), "{name}: {status}\n{output}");
    if output.contains("\nno peak") {
        return None;
    }
    let peak = output.lines().find_map(|line| line.strip_prefix("peak: "));
    Some(peak.and_then(|peak| peak.parse().ok()).expect("there is a test of this name"))
}

/// A line of the process's status, in bytes.
fn status(name: &str) -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: usize = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}
