//! The reference server, in a process of its own.
//!
//! Must not know: what a run asks of it.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use serde::Deserialize;
use serde_json::json;
use tokio::process::Command;

use crate::{Result, child::Child};

/// How it beats, and how it writes packets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) ping_interval: Duration,
    pub(crate) ping_timeout: Duration,
    pub(crate) is_msgpack: bool,
}

impl Default for Manner {
    /// Socket.IO's own.
    fn default() -> Self {
        let (ping_interval, ping_timeout) = (Duration::from_secs(25), Duration::from_secs(20));
        Self { ping_interval, ping_timeout, is_msgpack: false }
    }
}

/// What the server's engine has seen, and what its process has used.
#[derive(Debug, Deserialize)]
pub(crate) struct Census {
    pub(crate) heartbeats: u64,
    /// Sessions that have ended, by the reason.
    closed: BTreeMap<String, u64>,
    pub(crate) open: u64,
    cpu_ms: u64,
    pub(crate) resident: u64,
}

impl Census {
    pub(crate) fn closed(&self) -> u64 {
        self.closed.values().sum()
    }

    pub(crate) fn cpu(&self) -> Duration {
        Duration::from_millis(self.cpu_ms)
    }
}

pub(crate) async fn start(manner: Manner) -> Result<Child> {
    install().await?;
    let mut command = Command::new("node");
    command.current_dir(FOLDER).arg("server.mjs");
    command.arg(format!("--ping-interval={}", manner.ping_interval.as_millis()));
    command.arg(format!("--ping-timeout={}", manner.ping_timeout.as_millis()));
    if manner.is_msgpack {
        command.arg("--msgpack");
    }
    Child::start(&mut command).await
}

pub(crate) async fn census(server: &mut Child) -> Result<Census> {
    server.order(&json!({ "order": "census" })).await
}

pub(crate) fn url(server: &Child) -> String {
    format!("http://127.0.0.1:{}", server.port)
}

/// Whether there is what the server needs; if not, the answer is why.
pub(crate) async fn is_missing() -> Option<String> {
    let version = Command::new("node").arg("--version").output().await;
    version.err().map(|error| format!("Node.js does not run: {error}"))
}

/// Makes the packages be those of the lock file. Processes that come at the same time wait for
/// each other.
async fn install() -> Result<()> {
    let folder = Path::new(FOLDER);
    let (lock, installed) = (folder.join("package-lock.json"), folder.join("node_modules/.of"));
    let wanted = fs::read(&lock)?;
    let mutex = fs::File::open(&lock)?;
    rustix::fs::flock(&mutex, rustix::fs::FlockOperation::LockExclusive)?;
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let status = Command::new("npm").args(["ci", "--silent"]).current_dir(folder).status().await?;
    if !status.success() {
        return Err(format!("npm ci has failed: {status}").into());
    }
    Ok(fs::write(installed, wanted)?)
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/node");
