//! Writes the chat service's catalogue for those who do not read Rust:
//! `cargo run -p schema-examples --bin catalogue -- --format typescript --out chat.d.ts`.
//!
//! `catalogue diff` compares two files `schema.json`.
//!
//! For a service of your own, copy this directory and name its catalogue in `run`. A format is an
//! arm of `run` and a line of `USAGE`.

mod diff;

use std::{
    env,
    error::Error,
    fs,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use serde_json::Value;
use socketio_runtime::catalogue::{Catalogue, Perspective};

const USAGE: &str = "\
usage: catalogue --format FORMAT [--out PATH] [--perspective client|server]
       catalogue diff OLD NEW [--deny VERDICT]… [--format text|json]

formats:
  asyncapi     AsyncAPI 3.0; by --perspective of a client (default) or of the server
  html         one page for browsers, with a search
  json-schema  a JSON Schema for each event, in files under the directory PATH
  markdown     one page for repositories and wikis
  schema-json  schema.json, to be committed and compared
  typescript   the types for socket.io and socket.io-client

Without PATH, or where it is `-`, the catalogue goes to standard output; `json-schema` needs a
directory.";

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        ["diff", ref arguments @ ..] => diff::run(arguments),
        _ => exit_code(run(&arguments)),
    }
}

fn exit_code(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => {
            eprintln!("{message}\n\n{USAGE}");
            ExitCode::from(2)
        }
        Err(Failure::Other(error)) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), Failure> {
    if wants_help(arguments) {
        return Ok(print(&format!("{USAGE}\n"))?);
    }
    let Options { format, out, perspective } = Options::parse(arguments)?;
    if perspective.is_some() && format != "asyncapi" {
        return Err(usage("`--perspective` is of `asyncapi` alone"));
    }
    let catalogue = schema_examples::catalogue();
    let text = match format {
        "asyncapi" => pretty(&catalogue.asyncapi(perspective.unwrap_or(Perspective::Client))),
        "html" => catalogue.html(),
        "json-schema" => {
            let directory =
                out.ok_or_else(|| usage("`json-schema` needs a directory: `--out PATH`"))?;
            return Ok(write_json_schemas(&catalogue, directory)?);
        }
        "markdown" => catalogue.markdown(),
        "schema-json" => catalogue.to_json(),
        "typescript" => catalogue.typescript()?,
        other => return Err(usage(format!("`{other}` is no format"))),
    };
    match out {
        Some(path) => write(path, &text)?,
        None => print(&text)?,
    }
    Ok(())
}

/// What the command line says.
struct Options<'a> {
    format: &'a str,
    out: Option<&'a Path>,
    perspective: Option<Perspective>,
}

impl<'a> Options<'a> {
    fn parse(arguments: &[&'a str]) -> Result<Self, Failure> {
        let (mut format, mut out, mut perspective) = (None, None, None);
        for option in arguments.chunks(2) {
            match *option {
                ["--format", name] => format = Some(name),
                ["--out", "-"] => out = None,
                ["--out", path] => out = Some(Path::new(path)),
                ["--perspective", "client"] => perspective = Some(Perspective::Client),
                ["--perspective", "server"] => perspective = Some(Perspective::Server),
                ["--perspective", other] => {
                    return Err(usage(format!("`{other}` is no perspective")));
                }
                ["--format" | "--out" | "--perspective"] => {
                    return Err(usage(format!("`{}` needs a value", option[0])));
                }
                _ => return Err(usage(format!("`{}` is no option", option[0]))),
            }
        }
        let format = format.ok_or_else(|| usage("`--format` is missing"))?;
        Ok(Self { format, out, perspective })
    }
}

fn write_json_schemas(catalogue: &Catalogue, directory: &Path) -> io::Result<()> {
    for (id, schemas) in catalogue.json_schemas() {
        let stem = id.file_stem();
        write(&directory.join(format!("{stem}.json")), &pretty(&schemas.arguments))?;
        if let Some(ack) = &schemas.ack {
            write(&directory.join(format!("{stem}.ack.json")), &pretty(ack))?;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(named)?;
    }
    fs::write(path, text).map_err(named)
}

/// Writes to standard output. A reader that has seen enough, such as `head`, is no error.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn wants_help(arguments: &[&str]) -> bool {
    arguments.iter().any(|argument| ["-h", "--help"].contains(argument))
}

fn pretty(json: &Value) -> String {
    format!("{json:#}\n")
}

/// Why nothing was written.
enum Failure {
    /// The command line is wrong.
    Usage(String),
    Other(Box<dyn Error>),
}

fn usage(message: impl Into<String>) -> Failure {
    Failure::Usage(message.into())
}

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}
