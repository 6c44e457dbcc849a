//! The generated crates, one a library.
//!
//! Must not know: how they are measured.

mod jsonrpsee;
mod sioc;
mod socketio;
mod tarpc;

use std::{fs, io, path::Path};

use crate::service::{self, Event};

/// A crate that declares and uses the service with one library.
pub struct Library {
    pub name: &'static str,
    /// The macros that its users write, as the compiler calls them.
    pub macros: &'static [&'static str],
    /// The part of its manifest that is the library's.
    dependencies: &'static str,
    code: fn() -> String,
}

pub const LIBRARIES: [Library; 4] = [
    Library {
        name: "socketio",
        macros: &["#[server_to_client]", "#[client_to_server]", "#[namespace]"],
        dependencies: "socketio-runtime = { path = \"RUNTIME\" }",
        code: socketio::code,
    },
    Library { name: "sioc",
        macros: &[
            "#[derive(EventType)]",
            "#[derive(AckType)]",
            "#[derive(SerializePayload)]",
            "#[derive(DeserializePayload)]",
            "#[derive(EventRouter)]",
        ],
        dependencies: "sioc = \"=0.5.0\"\nserde_json = \"1\"", code: sioc::code },
    Library {
        name: "tarpc",
        macros: &["#[tarpc::service]"],
        dependencies: "futures = \"0.3\"
tarpc = { version = \"=0.38.0\", features = [\"serde-transport-json\", \"tokio1\"] }
tokio = { version = \"1\", features = [\"net\"] }
tokio-serde = { version = \"0.9\", features = [\"json\"] }
tokio-util = { version = \"0.7\", features = [\"codec\"] }",
        code: tarpc::code,
    },
    Library {
        name: "jsonrpsee",
        macros: &["#[rpc]"],
        dependencies: "jsonrpsee = { version = \"=0.26.1\", features = [\"async-client\", \"client-core\", \"macros\", \"server-core\"] }
tokio = { version = \"1\", features = [\"rt\"] }
tracing = \"0.1\"",
        code: jsonrpsee::code,
    },
];

/// What every crate has.
pub const PAYLOADS_ALONE: &str = "payloads";

/// Writes a workspace of all crates into `root`. `runtime` is where this project's is.
pub fn write(root: &Path, runtime: &Path) -> io::Result<()> {
    let names = LIBRARIES.iter().map(|library| library.name);
    let members: Vec<_> = names.chain([PAYLOADS_ALONE]).collect();
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n");
    write_file(&root.join("Cargo.toml"), &manifest)?;
    write_file(&root.join("Cargo.lock"), include_str!("../../peers.lock"))?;
    for library in &LIBRARIES {
        let dependencies = library.dependencies.replace("RUNTIME", &runtime.display().to_string());
        write_crate(root, library.name, &dependencies)?;
        let directory = root.join(library.name);
        write_file(&directory.join("src/service.rs"), &(library.code)())?;
        write_file(&directory.join("src/lib.rs"), LIB)?;
    }
    write_crate(root, PAYLOADS_ALONE, "")?;
    write_file(&root.join(PAYLOADS_ALONE).join("src/lib.rs"), "pub mod payload;\n")
}

fn write_crate(root: &Path, name: &str, dependencies: &str) -> io::Result<()> {
    let directory = root.join(name);
    let manifest = format!(
        "[package]
name = \"{name}-service\"
version = \"0.0.0\"
edition = \"2024\"

[dependencies]
serde = {{ version = \"1\", features = [\"derive\"] }}
{dependencies}
"
    );
    write_file(&directory.join("Cargo.toml"), &manifest)?;
    write_file(&directory.join("src/payload.rs"), &service::payloads())
}

fn write_file(path: &Path, text: &str) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    fs::write(path, text)
}

/// The events of both directions as methods of one service.
fn methods() -> Vec<Event> {
    let mut methods = service::events();
    let more = service::events().into_iter().map(|event| {
        let index = event.index + service::EVENTS_EACH_WAY;
        Event { index, ..event }
    });
    methods.extend(more);
    methods
}

/// The code of a future is generated where it is made a trait object.
const LIB: &str = "pub mod payload;
pub mod service;

pub type Task = std::pin::Pin<Box<dyn Future<Output = bool> + Send>>;

/// What is done with every value that is received.
pub fn take<T>(_: T) {}
";
