//! Runs cargo on the generated crates, and counts what it takes.
//!
//! Must not know: what is in the crates.

use std::{
    fs, io,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use crate::stats::{self, Macro};

/// The generated workspace.
pub struct Workspace {
    pub root: PathBuf,
    pub target: PathBuf,
}

#[derive(Clone, Copy)]
pub struct Mode {
    pub command: &'static str,
    pub is_incremental: bool,
}

/// One run of cargo.
#[derive(Clone, Copy)]
pub struct Sample {
    pub wall: Duration,
    /// Of cargo and of the compiler, on all cores.
    pub cpu: Duration,
}

impl Workspace {
    /// Builds all that stands before the crate itself, and the crate once.
    pub fn prepare(&self, package: &str, mode: Mode) -> io::Result<()> {
        self.run(&mut self.cargo(package, mode)).map(drop)
    }

    /// The time for the crate itself after an edit, its dependencies being built.
    pub fn sample(&self, package: &str, mode: Mode, edit: usize) -> io::Result<Sample> {
        let path = self.root.join(package).join("src/lib.rs");
        let code = fs::read_to_string(&path)?;
        let unedited = code.split(EDIT).next().unwrap_or_default();
        fs::write(&path, format!("{unedited}{EDIT}{edit} }}\n"))?;
        let (start, cpu) = (Instant::now(), cpu_of_children()?);
        self.run(&mut self.cargo(package, mode))?;
        Ok(Sample { wall: start.elapsed(), cpu: cpu_of_children()? - cpu })
    }

    /// What the crate's macros write.
    pub fn macros(&self, package: &str) -> io::Result<Vec<Macro>> {
        // The crate alone is compiled with an unstable option: build scripts of dependencies look
        // for the variable that allows it, and would choose other code.
        let wrapper = self.root.join("macro-stats");
        fs::write(&wrapper, "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec \"$@\" -Zmacro-stats\n")?;
        fs::set_permissions(&wrapper, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        let mode = Mode { command: "check", is_incremental: false };
        let report =
            self.run(self.cargo(package, mode).env("RUSTC_WORKSPACE_WRAPPER", &wrapper))?;
        Ok(stats::parse(&report))
    }

    fn cargo(&self, package: &str, mode: Mode) -> Command {
        let mut command = Command::new("cargo");
        command
            .args([mode.command, "-p", &format!("{package}-service")])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_INCREMENTAL", if mode.is_incremental { "1" } else { "0" });
        command
    }

    /// What it says on its error output.
    fn run(&self, command: &mut Command) -> io::Result<String> {
        let output = command.output()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(text) } else { Err(io::Error::other(text)) }
    }
}

/// What an edit changes: the body of one function.
const EDIT: &str = "\npub fn edit() -> usize { ";

/// The time that finished children took, and theirs.
fn cpu_of_children() -> io::Result<Duration> {
    const MILLIS_A_TICK: u64 = 10;
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name in parentheses may contain anything; `cutime` and `cstime` are fields 16 and 17.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace();
    let ticks: u64 = fields.skip(13).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * MILLIS_A_TICK))
}
