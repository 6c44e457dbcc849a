//! Counts instructions: callgrind runs a workload twice, and the difference takes the start and
//! the connection out.
//!
//! Must not know: baselines.

use std::{
    env,
    error::Error,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use crate::workloads::Workload;

pub(super) struct Counter {
    /// The program that runs workloads.
    program: PathBuf,
    /// Where callgrind's profiles are left, to look at when a count has grown.
    profiles: PathBuf,
    server: SocketAddr,
}

impl Counter {
    pub(super) fn new(server: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let program = env::current_exe()?.with_file_name("workload");
        let profiles = program.with_file_name("instructions-profiles");
        fs::create_dir_all(&profiles)?;
        Ok(Self { program, profiles, server })
    }

    /// Where the profiles are.
    pub(super) fn profiles(&self) -> &Path {
        &self.profiles
    }

    /// Instructions an operation.
    pub(super) fn count(&self, workload: &Workload<'_>) -> Result<u64, Box<dyn Error>> {
        let Workload { name, few, many, .. } = *workload;
        let difference = self.run(name, many)?.checked_sub(self.run(name, few)?);
        let difference = difference.ok_or_else(|| format!("{name}: more operations cost less"))?;
        Ok(difference / (many - few))
    }

    /// All instructions of one run, in user space.
    fn run(&self, name: &str, count: u64) -> Result<u64, Box<dyn Error>> {
        let profile = self.profiles.join(format!("{name}.{count}"));
        let output = Command::new("valgrind")
            .args(["--tool=callgrind"])
            .arg(format!("--callgrind-out-file={}", profile.display()))
            .arg(&self.program)
            .args([name, &count.to_string(), &self.server.port().to_string()])
            // What is in the environment moves the stack, and may name a proxy.
            .env_clear()
            .output()?;
        let report = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("{name} failed:\n{report}").into());
        }
        let collected = report.lines().find_map(|line| line.split_once("Collected : "));
        let (_, count) = collected.ok_or_else(|| format!("{name}: no count in\n{report}"))?;
        Ok(count.trim().parse()?)
    }
}
