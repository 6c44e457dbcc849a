//! `catalogue diff`: what a change of the schema means to those who do not change with it.

use std::{error::Error, fs, process::ExitCode};

use socketio_runtime::catalogue::{Catalogue, diff, diff::Deny};

use super::{print, wants_help};

const USAGE: &str = "\
usage: catalogue diff OLD NEW [--deny VERDICT]… [--format text|json]

Tells what has changed between two files `schema.json`, and exits with 1 if something is denied:
the verdict and all that are worse, of `breaking`, `dangerous`, `minor`, `compatible` and `info`.
`wire:breaking` is about peers that were built before, `rust:breaking` about code that was written
before, `breaking` about both. Without `--deny` nothing is denied. Exits with 2 if the files cannot
be compared.";

/// Something is denied.
const DENIED: u8 = 1;
/// The arguments or the files are wrong.
const NOT_COMPARED: u8 = 2;

pub(super) fn run(arguments: &[&str]) -> ExitCode {
    if wants_help(arguments) {
        return written(&format!("{USAGE}\n"), ExitCode::SUCCESS);
    }
    let options = match Options::parse(arguments) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n\n{USAGE}");
            return ExitCode::from(NOT_COMPARED);
        }
    };
    let [old, new] = match options.paths.map(read) {
        [Ok(old), Ok(new)] => [old, new],
        [old, new] => {
            [old, new].into_iter().filter_map(Result::err).for_each(|error| eprintln!("{error}"));
            return ExitCode::from(NOT_COMPARED);
        }
    };
    let changes = diff(&old, &new);
    let text = if options.is_json {
        format!("{:#}\n", serde_json::json!(changes))
    } else {
        changes.to_string()
    };
    match changes.denied(options.deny).count() {
        0 => written(&text, ExitCode::SUCCESS),
        denied => {
            let code = written(&text, ExitCode::from(DENIED));
            eprintln!("{denied} of {} denied", changes.changes().len());
            code
        }
    }
}

/// Writes to standard output; the code, unless that cannot be done.
fn written(text: &str, code: ExitCode) -> ExitCode {
    match print(text) {
        Ok(()) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(NOT_COMPARED)
        }
    }
}

/// What the command line says.
struct Options<'a> {
    paths: [&'a str; 2],
    deny: Deny,
    is_json: bool,
}

impl<'a> Options<'a> {
    fn parse(arguments: &[&'a str]) -> Result<Self, String> {
        let (mut paths, mut deny, mut is_json) = (Vec::new(), Deny::NOTHING, false);
        let mut arguments = arguments.iter().copied();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("`{argument}` needs a value"));
            match argument {
                "--deny" => {
                    let verdict = value()?;
                    let denied =
                        verdict.parse().map_err(|error| format!("`{verdict}`: {error}"))?;
                    deny = deny.and(denied);
                }
                "--format" => match value()? {
                    "text" => is_json = false,
                    "json" => is_json = true,
                    other => return Err(format!("`{other}` is no format of a diff")),
                },
                option if option.starts_with('-') => {
                    return Err(format!("`{option}` is no option"));
                }
                path => paths.push(path),
            }
        }
        let paths = paths.try_into().map_err(|_| "two files are compared".to_owned())?;
        Ok(Self { paths, deny, is_json })
    }
}

fn read(path: &str) -> Result<Catalogue, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    Catalogue::from_json(&text).map_err(|error| match error.source() {
        Some(source) => format!("{path}: {error}: {source}"),
        None => format!("{path}: {error}"),
    })
}
