//! Where and with what a run was made.
//!
//! Must not know: results.

use std::{fs, process::Command, thread};

use jiff::Timestamp;
use rustix::system::uname;

const LOCK: &str = include_str!("../Cargo.lock");
const NODE_LOCK: &str = include_str!("../node/package-lock.json");
/// Those that are compared, and those that the comparison stands on.
const CRATES: [&str; 6] =
    ["tokio-tungstenite", "serde_json", "tokio", "hyper", "sioc", "rust_socketio"];

/// One paragraph. What cannot be found out is left out or unknown, never an error.
pub(crate) fn describe() -> String {
    let kernel = uname();
    let (system, release) =
        (kernel.sysname().to_string_lossy(), kernel.release().to_string_lossy());
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    let versions = CRATES.map(|name| format!("{name} {}", version(name))).join(", ");
    format!(
        "Measured on {} on {} ({cores} cores, {system} {release}, load average {load} before), with \
         {}, {versions}, Node {}, socket.io-client {}.",
        Timestamp::now().strftime("%Y-%m-%d"),
        processor(),
        output("rustc", "--version"),
        output("node", "--version"),
        node_version("socket.io-client"),
    )
}

fn processor() -> String {
    let description = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name =
        description.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    name.unwrap_or("an unknown processor").to_owned()
}

fn output(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output();
    let text = output.map_or_else(|_| "unknown".into(), |output| output.stdout);
    String::from_utf8_lossy(&text).trim().to_owned()
}

/// The locked one, the newest where there are several.
fn version(name: &str) -> &'static str {
    let head = format!("name = \"{name}\"\nversion = \"");
    let entries = LOCK.split(&*head).skip(1);
    entries.filter_map(|entry| entry.split('"').next()).last().unwrap_or("unknown")
}

fn node_version(name: &str) -> &'static str {
    let head = format!("\"node_modules/{name}\": {{");
    let entry =
        NODE_LOCK.split(&*head).nth(1).and_then(|entry| entry.split("\"version\": \"").nth(1));
    entry.and_then(|entry| entry.split('"').next()).unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_files_tell_every_version() {
        for name in CRATES {
            assert_ne!(version(name), "unknown", "{name}");
        }
        assert_ne!(node_version("socket.io-client"), "unknown");
    }
}
