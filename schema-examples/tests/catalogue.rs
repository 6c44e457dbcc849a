//! The command that writes catalogues.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use socketio_runtime::catalogue::{Catalogue, Perspective};

fn catalogue(arguments: &[&str]) -> Output {
    let command = &mut Command::new(env!("CARGO_BIN_EXE_catalogue"));
    command.args(arguments).output().expect("the command can be run")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("it writes UTF-8")
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("the folder is this test's");
    }
    folder
}

#[test]
fn each_format_goes_to_standard_output() {
    let expected = schema_examples::catalogue();
    let written = |format| {
        let output = catalogue(&["--format", format]);
        assert!(output.status.success(), "{output:?}");
        text(&output.stdout).to_owned()
    };
    assert_eq!(written("schema-json"), expected.to_json());
    assert_eq!(written("typescript"), expected.typescript().expect("each name is one type"));
    let document = expected.asyncapi(Perspective::Client);
    assert_eq!(written("asyncapi"), format!("{document:#}\n"));
    let server = catalogue(&["--perspective", "server", "--format", "asyncapi", "--out", "-"]);
    let document = expected.asyncapi(Perspective::Server);
    assert_eq!(text(&server.stdout), format!("{document:#}\n"));
}

#[test]
fn a_file_is_written_where_it_should_be() {
    let path = folder("catalogue-file").join("schemas").join("schema.json");
    let output = catalogue(&["--format", "schema-json", "--out", path.to_str().expect("UTF-8")]);
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    let written = fs::read_to_string(path).expect("the file is there");
    let read = Catalogue::from_json(&written).expect("it is a catalogue");
    assert_eq!(read.to_json(), schema_examples::catalogue().to_json());
}

#[test]
fn json_schemas_are_files_in_folders() {
    let folder = folder("catalogue-json-schema");
    let output = catalogue(&["--format", "json-schema", "--out", folder.to_str().expect("UTF-8")]);
    assert!(output.status.success(), "{output:?}");
    for file in ["message%3Asend.json", "message%3Asend.ack.json", "typing%3Astart.json"] {
        let text = fs::read_to_string(folder.join("chat/client-to-server").join(file));
        assert!(text.expect("the file is there").contains("\"$schema\""), "{file}");
    }
    assert!(folder.join("chat/server-to-client/typing%3Astart.json").exists());
    assert!(!folder.join("chat/client-to-server/typing%3Astart.ack.json").exists());
}

#[test]
fn a_wrong_command_line_is_told_and_has_its_own_exit_status() {
    for (arguments, expected) in [
        (&[][..], "`--format` is missing"),
        (&["--format"], "`--format` needs a value"),
        (&["--format", "yaml"], "`yaml` is no format"),
        (&["--fromat", "typescript"], "`--fromat` is no option"),
        (&["--format", "asyncapi", "--perspective", "both"], "`both` is no perspective"),
        (
            &["--format", "html", "--perspective", "server"],
            "`--perspective` is of `asyncapi` alone",
        ),
        (&["--format", "json-schema"], "`json-schema` needs a directory: `--out PATH`"),
    ] {
        let output = catalogue(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = text(&output.stderr);
        assert_eq!(said.lines().next(), Some(expected));
        assert!(said.contains("usage: catalogue"), "{said}");
        assert!(output.stdout.is_empty());
    }
    let file = env::current_exe().expect("this test is a file").join("below");
    let path = file.to_str().expect("UTF-8");
    let output = catalogue(&["--format", "schema-json", "--out", path]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text(&output.stderr).contains(path), "{output:?}");
}

/// As `catalogue … | head` does, whose end may come before all is written.
#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
    for arguments in [
        &["--format", "html"][..],
        &["--help"],
        &["diff", schema, schema],
        &["diff", schema, schema, "--format", "json"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_catalogue"));
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command can be run");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told() {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
    for (arguments, status) in [(&["--format", "html"][..], 1), (&["diff", schema, schema], 2)] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let mut command = Command::new(env!("CARGO_BIN_EXE_catalogue"));
        let output = command.args(arguments).stdout(full).stderr(Stdio::piped()).spawn();
        let output = output.and_then(Child::wait_with_output).expect("it runs");
        assert_eq!(output.status.code(), Some(status), "{output:?}");
        assert!(text(&output.stderr).contains("No space"), "{output:?}");
    }
}

#[test]
fn help_is_given_wherever_it_is_asked_for() {
    for (arguments, expected) in [
        (&["-h"][..], "usage: catalogue --format"),
        (&["--format", "html", "--help"], "usage: catalogue --format"),
        (&["diff", "old.json", "-h"], "usage: catalogue diff"),
    ] {
        let output = catalogue(arguments);
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        assert!(text(&output.stdout).starts_with(expected), "{output:?}");
    }
}
