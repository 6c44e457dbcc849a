//! Writes the chat service's catalogue for those who do not read Rust:
//! `cargo run -p schema-examples --bin catalogue -- --format typescript --out chat.d.ts`.
//!
//! To have it in a project of your own, copy this file and name your catalogue in `main`.

use std::{env, fs, io, path::Path, process::ExitCode};

use socketio_runtime::catalogue::{Catalogue, Perspective};

const USAGE: &str = "\
usage: catalogue --format FORMAT [--out PATH] [--perspective client|server]

formats:
  asyncapi     AsyncAPI 3.0, for those who write clients or, by --perspective, the server
  html         one page for browsers, with a search
  json-schema  a JSON Schema for each event, in files under the directory PATH
  markdown     one page for repositories and wikis
  schema-json  schema.json, to be committed and compared
  typescript   declarations for socket.io and socket.io-client

Without PATH, or where it is `-`, the catalogue goes to standard output.";

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    if matches!(*arguments, ["-h" | "--help"]) {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let options = match Options::parse(&arguments) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match options.write(&schema_examples::catalogue()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What the command line says.
struct Options<'a> {
    format: &'a str,
    out: Option<&'a Path>,
    perspective: Perspective,
}

impl<'a> Options<'a> {
    fn parse(arguments: &[&'a str]) -> Result<Self, String> {
        let mut format = None;
        let mut out = None;
        let mut perspective = Perspective::Client;
        for pair in arguments.chunks(2) {
            let &[option, value] = pair else { return Err(format!("`{}` needs a value", pair[0])) };
            match (option, value) {
                ("--format", format_name) => format = Some(format_name),
                ("--out", path) => out = Some(Path::new(path)),
                ("--perspective", "client") => perspective = Perspective::Client,
                ("--perspective", "server") => perspective = Perspective::Server,
                ("--perspective", other) => return Err(format!("`{other}` is no perspective")),
                (other, _) => return Err(format!("`{other}` is no option")),
            }
        }
        let format = format.ok_or("`--format` is missing")?;
        if !FORMATS.contains(&format) {
            return Err(format!("`{format}` is no format"));
        }
        let out = out.filter(|path| *path != Path::new("-"));
        if format == "json-schema" && out.is_none() {
            return Err("`--format json-schema` needs a directory: `--out PATH`".to_owned());
        }
        Ok(Self { format, out, perspective })
    }

    fn write(&self, catalogue: &Catalogue) -> io::Result<()> {
        let text = match (self.format, self.out) {
            ("asyncapi", _) => pretty(&catalogue.asyncapi(self.perspective)),
            ("html", _) => catalogue.html(),
            ("markdown", _) => catalogue.markdown(),
            ("schema-json", _) => catalogue.to_json(),
            ("typescript", _) => catalogue.typescript().map_err(io::Error::other)?,
            (_, Some(directory)) => return write_json_schemas(catalogue, directory),
            (format, None) => unreachable!("`{format}` was parsed"),
        };
        match self.out {
            Some(path) => write_file(path, &text),
            None => {
                print!("{text}");
                Ok(())
            }
        }
    }
}

fn write_json_schemas(catalogue: &Catalogue, directory: &Path) -> io::Result<()> {
    for (id, schemas) in catalogue.json_schemas() {
        let stem = id.file_stem();
        write_file(&directory.join(format!("{stem}.json")), &pretty(&schemas.arguments))?;
        if let Some(ack) = schemas.ack {
            write_file(&directory.join(format!("{stem}.ack.json")), &pretty(&ack))?;
        }
    }
    Ok(())
}

fn write_file(path: &Path, text: &str) -> io::Result<()> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(named)?;
    }
    fs::write(path, text).map_err(named)
}

fn pretty(json: &serde_json::Value) -> String {
    format!("{json:#}\n")
}

const FORMATS: [&str; 6] =
    ["asyncapi", "html", "json-schema", "markdown", "schema-json", "typescript"];
