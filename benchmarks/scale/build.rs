//! Writes the schemas of so many events.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

mod names {
    include!("src/names.rs");
}

use names::{SCHEMA_SIZES, event_name};

fn main() -> Result<(), Box<dyn Error>> {
    let mut code = String::new();
    for size in SCHEMA_SIZES {
        write_schema(&mut code, size)?;
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("schemas.rs"), code)?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/names.rs");
    Ok(())
}

/// A namespace whose every event has a listener; all listeners are of one type.
fn write_schema(code: &mut String, size: usize) -> Result<(), Box<dyn Error>> {
    writeln!(code, "mod events_{size} {{")?;
    writeln!(code, "    use socketio_runtime::{{Socket, namespace, server_to_client}};")?;
    writeln!(code, "    use crate::{{service::ToServer, workload::Heard}};")?;
    writeln!(code, "    #[server_to_client]")?;
    writeln!(code, "    pub trait Events {{")?;
    for number in 0..size {
        writeln!(code, "        #[event({:?})]", event_name(number))?;
        writeln!(code, "        fn event_{number}(value: u64);")?;
    }
    writeln!(code, "    }}")?;
    writeln!(code, "    #[namespace(\"/\", listens = Events, emits = ToServer)]")?;
    writeln!(code, "    pub struct Chat;")?;
    writeln!(code, "    pub fn listen(socket: &Socket<Chat>, heard: &Heard) {{")?;
    writeln!(code, "        let heard = heard.clone();")?;
    writeln!(code, "        let listener = move |value: u64| heard.hear(value);")?;
    for number in 0..size {
        writeln!(code, "        socket.on().event_{number}(listener.clone());")?;
    }
    writeln!(code, "    }}")?;
    writeln!(code, "}}")?;
    Ok(())
}
