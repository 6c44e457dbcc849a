//! One run of one contender, in a process of its own.
//!
//! Must not know: rounds, medians.

use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use socketio_benchmarks::{Error, measure::Sample, workload::Workload};
use tokio::{process::Command, time::timeout};

use crate::contender::Contender;

/// A run that takes longer has got stuck.
const RUN_LIMIT: Duration = Duration::from_secs(300);

/// Where the programs are.
pub(crate) struct Programs {
    /// This program's directory: cargo puts the others beside it.
    binaries: PathBuf,
    node: PathBuf,
    /// Whether there is Node.js, with what its contender needs.
    pub(crate) has_node: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) contender: Contender,
    pub(crate) workload: Workload,
    pub(crate) count: usize,
    pub(crate) port: u16,
    pub(crate) counts_allocations: bool,
}

impl Programs {
    pub(crate) async fn find() -> Result<Self, Error> {
        let this = env::current_exe()?;
        let binaries = this.parent().ok_or("this program is nowhere")?.to_owned();
        let node = Path::new(env!("CARGO_MANIFEST_DIR")).join("node");
        let has_node = install(&node).await?;
        Ok(Self { binaries, node, has_node })
    }

    pub(crate) fn server(&self) -> PathBuf {
        self.binaries.join("server")
    }

    pub(crate) async fn run(&self, run: Run) -> Result<Sample, Error> {
        let mut command = self.command(run);
        command
            .args([&run.workload.to_string(), &run.count.to_string(), &run.port.to_string()])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .kill_on_drop(true);
        let output = timeout(RUN_LIMIT, command.output()).await??;
        if !output.status.success() {
            return Err(output.status.to_string().into());
        }
        let sample: Sample = serde_json::from_slice(&output.stdout)?;
        if usize::try_from(sample.operations)? != run.count {
            return Err(format!("{} operations instead of {}", sample.operations, run.count).into());
        }
        Ok(sample)
    }

    fn command(&self, run: Run) -> Command {
        if run.contender.is_node() {
            let mut command = Command::new("node");
            command.arg(self.node.join("contender.js"));
            if run.contender == Contender::Node {
                command.env("WS_NO_BUFFER_UTIL", "1");
            }
            return command;
        }
        let counting = if run.counts_allocations { "counting-contender" } else { "contender" };
        let mut command = Command::new(self.binaries.join(counting));
        command.arg(run.contender.name());
        command
    }
}

/// Installs what is locked, the first time.
async fn install(node: &Path) -> Result<bool, Error> {
    let version = Command::new("node").arg("--version").stdout(Stdio::null()).status().await;
    if version.is_err() {
        eprintln!("SKIPPED: socket.io-client, as there is no Node.js");
        return Ok(false);
    }
    // npm leaves it behind when it is done.
    if node.join("node_modules/.package-lock.json").exists() {
        return Ok(true);
    }
    let status = Command::new("npm")
        .args(["ci", "--silent", "--no-audit", "--no-fund"])
        .current_dir(node)
        .stdout(Stdio::null())
        .status()
        .await?;
    if status.success() { Ok(true) } else { Err("npm ci failed".into()) }
}
