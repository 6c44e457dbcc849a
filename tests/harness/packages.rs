//! The packages of the servers that are no Rust programs, installed when they are missing or
//! outdated.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// Where the servers on Node.js and their lock file are.
pub(super) const NODE_DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/servers/node");

/// Where the server on Python and its requirements are.
pub(super) const PYTHON_DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/servers/python");

/// Where the TypeScript compiler, its programs and their lock file are.
pub(super) const TYPESCRIPT_DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/typescript");

/// Makes `node_modules` be what the lock file says. Blocks; does its work once a process, and
/// processes that come at the same time wait for each other.
pub(super) fn ensure_npm() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| install_npm(NODE_DIRECTORY));
}

/// As [`ensure_npm`], for the TypeScript compiler.
pub(super) fn ensure_typescript() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| install_npm(TYPESCRIPT_DIRECTORY));
}

fn install_npm(directory: &str) {
    install_if_outdated(directory, "package-lock.json", "node_modules", |directory| {
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        run(Command::new(npm).arg("ci").current_dir(directory));
    });
}

/// Makes the virtual environment be what the requirements say, as [`ensure_npm`] does.
pub(super) fn ensure_python() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        install_if_outdated(PYTHON_DIRECTORY, "requirements.txt", ".venv", |directory| {
            run(Command::new(PYTHON)
                .args(["-m", "venv", "--clear", ".venv"])
                .current_dir(directory));
            run(Command::new(virtual_python())
                .args(["-m", "pip", "install", "--disable-pip-version-check", "--no-deps"])
                .args(["--only-binary=:all:", "--requirement", "requirements.txt"])
                .current_dir(directory));
        });
    });
}

/// The interpreter of the virtual environment.
pub(super) fn virtual_python() -> PathBuf {
    let program = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    Path::new(PYTHON_DIRECTORY).join(".venv").join(program)
}

/// Runs `install` unless `installed` is what it left there for the same `lock_file`.
fn install_if_outdated(
    directory: &str,
    lock_file: &str,
    installed: &str,
    install: impl FnOnce(&Path),
) {
    let directory = Path::new(directory);
    let lock_path = directory.join(lock_file);
    // The copy is made last, so a broken installation has none. Times of files would not do:
    // a checkout changes them.
    let installed_path = directory.join(installed).join(format!(".installed-{lock_file}"));

    let wanted = fs::read(&lock_path).expect("the lock file is there");
    let mutex = File::open(&lock_path).expect("the lock file is there");
    mutex.lock().expect("files can be locked here");
    if fs::read(&installed_path).is_ok_and(|installed| installed == wanted) {
        return;
    }
    install(directory);
    fs::copy(lock_path, installed_path).expect("the installation has made the directory");
}

fn run(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?} cannot be run, see tests/README.md: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr),
    );
}

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };
