//! A folder in which the tools of `typescript/package.json` work on generated files.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::json;

use super::packages;

/// A folder of one test, empty at its beginning. It stays behind, to be looked at.
#[derive(Debug)]
pub struct Workbench {
    directory: PathBuf,
}

impl Workbench {
    /// Installs the tools where necessary. Blocks. `name` is the test's own.
    ///
    /// # Panics
    /// When the tools cannot be installed, or the folder not be made.
    #[must_use]
    pub fn new(name: &str) -> Self {
        packages::ensure_typescript();
        // Node.js looks for packages in the folders above.
        let directory = Path::new(packages::TYPESCRIPT_DIRECTORY).join("target").join(name);
        if directory.exists() {
            fs::remove_dir_all(&directory).expect("the folder is this test's");
        }
        fs::create_dir_all(&directory).expect("folders can be made here");
        Self { directory }
    }

    /// Adds a file.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, file: &str, text: &str) {
        fs::write(self.directory.join(file), text).expect("files can be written here");
    }

    /// Adds copies of the files in a folder of `typescript/`; their names, sorted.
    ///
    /// # Panics
    /// When there are none.
    #[must_use]
    pub fn copy(&self, folder: &str) -> Vec<String> {
        let folder = Path::new(packages::TYPESCRIPT_DIRECTORY).join(folder);
        let files = fs::read_dir(folder).expect("the folder is there");
        let files = files.map(|file| file.expect("the folder can be read").path());
        let mut names: Vec<_> = files
            .filter(|file| file.is_file())
            .map(|file| {
                let name = file.file_name().expect("it is a file").to_string_lossy().into_owned();
                fs::copy(&file, self.directory.join(&name)).expect("files can be copied here");
                name
            })
            .collect();
        assert!(!names.is_empty(), "there is nothing to copy");
        names.sort();
        names
    }

    /// Reads a file back.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.directory.join(file)).expect("the file is there")
    }

    /// What `tsc --strict` says of some files, in an environment that has the types of the
    /// packages `types` and the libraries `lib`.
    ///
    /// # Panics
    /// When it cannot be run.
    #[must_use]
    pub fn tsc(&self, types: &[&str], lib: &[&str], files: &[String]) -> String {
        let options = json!({
            "strict": true, "noEmit": true, "module": "nodenext", "target": "es2022",
            "types": types, "lib": lib,
        });
        let project = json!({ "compilerOptions": options, "files": files });
        self.write("tsconfig.json", &project.to_string());
        let compiler = "../../node_modules/typescript/bin/tsc";
        said(self.node(&[compiler, "--project", ".", "--pretty", "false"]))
    }

    /// What speaks against documents in the folder, a line each: `schema` is `asyncapi`, `draft-07`
    /// or a file.
    ///
    /// # Panics
    /// When it cannot be run.
    #[must_use]
    pub fn validate(&self, schema: &str, documents: &[&str]) -> String {
        said(self.node(&[&["../../validate.mjs", schema], documents].concat()))
    }

    /// Runs a program on Node.js in the folder.
    ///
    /// # Panics
    /// When it cannot be run.
    #[must_use]
    pub fn node(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("node");
        command.args(arguments).current_dir(&self.directory);
        command.output().expect("Node.js can be run, see tests/README.md")
    }
}

/// What a tool found. One that crashes has found nothing, and fails.
fn said(output: Output) -> String {
    let Output { status, stdout, stderr } = output;
    let complaint = String::from_utf8_lossy(&stderr);
    assert!(complaint.is_empty(), "{complaint}");
    let said = String::from_utf8(stdout).expect("it writes UTF-8");
    assert_eq!(status.success(), said.is_empty(), "{status}: {said}");
    said
}
