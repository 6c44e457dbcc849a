//! The npm packages of the reference server, installed when they are missing or outdated.

use std::{
    fs::{self, File},
    path::Path,
    process::Command,
    sync::OnceLock,
};

/// Where the server and its lock file are.
pub(super) const SERVER_DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/servers/node");

/// Makes `node_modules` be what the lock file says. Blocks; does its work once a process, and
/// processes that come at the same time wait for each other.
pub(super) fn ensure_installed() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| install_if_outdated(Path::new(SERVER_DIRECTORY)));
}

fn install_if_outdated(directory: &Path) {
    let lock_path = directory.join("package-lock.json");
    // The copy is made last, so a broken installation has none. Times of files would not do:
    // a checkout changes them.
    let installed_path = directory.join("node_modules/.installed-package-lock.json");

    let mutex = File::open(directory.join("package.json")).expect("package.json is there");
    mutex.lock().expect("files can be locked here");
    let wanted = fs::read(&lock_path).expect("package-lock.json is there");
    if fs::read(&installed_path).is_ok_and(|installed| installed == wanted) {
        return;
    }
    run_npm_ci(directory);
    fs::copy(lock_path, installed_path).expect("npm has made node_modules");
}

fn run_npm_ci(directory: &Path) {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output =
        Command::new(npm).arg("ci").current_dir(directory).output().unwrap_or_else(|error| {
            panic!("these tests need Node.js 20 with npm, and `npm` cannot be run: {error}")
        });
    assert!(
        output.status.success(),
        "`npm ci` in {} failed: {}\n{}",
        directory.display(),
        output.status,
        String::from_utf8_lossy(&output.stderr),
    );
}
