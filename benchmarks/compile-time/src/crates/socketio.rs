//! This project: a schema each way, a listener and an emit for each event.
//!
//! Must not know: the other libraries.

use std::fmt::Write as _;

use crate::service::{EVENTS_A_FUNCTION, Event, Type, events};

pub fn code() -> String {
    let events = events();
    format!(
        "use socketio_runtime::{{Socket, client_to_server, namespace, server_to_client}};

use crate::{{payload::*, take}};

#[namespace(\"/service\", listens = ServerToClient, emits = ClientToServer)]
pub struct Service;

{}
{}
{}
{}",
        schema("server_to_client", "ServerToClient", &events, Type::owned),
        schema("client_to_server", "ClientToServer", &events, Type::borrowed),
        listeners(&events),
        emits(&events),
    )
}

fn schema(macro_name: &str, name: &str, events: &[Event], ty: fn(Type) -> String) -> String {
    let mut code = format!("#[{macro_name}]\npub trait {name} {{\n");
    for event in events {
        let (docs, wire_name, function) = (event.docs(), event.wire_name(), event.function());
        let parameters = event.parameters(ty);
        let ack = event.ack.map(|ack| format!(" -> {}", ack.owned())).unwrap_or_default();
        let _ = write!(
            code,
            "    {docs}
    #[event(\"{wire_name}\")]
    fn {function}({parameters}){ack};
"
        );
    }
    code + "}\n"
}

fn listeners(events: &[Event]) -> String {
    let mut code = String::from("pub fn listen(socket: &Socket<Service>) {\n");
    for group in 0..events.len().div_ceil(EVENTS_A_FUNCTION) {
        let _ = writeln!(code, "    listen_{group}(socket);");
    }
    code.push_str("}\n");
    for (group, events) in events.chunks(EVENTS_A_FUNCTION).enumerate() {
        let _ = writeln!(code, "\nfn listen_{group}(socket: &Socket<Service>) {{");
        for event in events {
            let (function, names, taken) = (event.function(), event.names(), event.taken());
            let _ = match event.ack {
                None => writeln!(code, "    socket.on().{function}(|{names}| {taken});"),
                Some(ack) => writeln!(
                    code,
                    "    socket.on().{function}(|{names}| {{
        {taken};
        {}
    }});",
                    ack.owned_value()
                ),
            };
        }
        code.push_str("}\n");
    }
    code
}

fn emits(events: &[Event]) -> String {
    let mut code = String::from(
        "pub async fn emit(socket: Socket<Service>) -> Result<(), Box<dyn std::error::Error>> {\n",
    );
    for group in 0..events.len().div_ceil(EVENTS_A_FUNCTION) {
        let _ = writeln!(code, "    emit_{group}(&socket).await?;");
    }
    code.push_str("    Ok(())\n}\n");
    for (group, events) in events.chunks(EVENTS_A_FUNCTION).enumerate() {
        let _ = writeln!(
            code,
            "\nasync fn emit_{group}(socket: &Socket<Service>) -> Result<(), Box<dyn std::error::Error>> {{"
        );
        for event in events {
            let (function, values) = (event.function(), event.values(Type::borrowed_value));
            let _ = match event.ack {
                None => writeln!(code, "    socket.emit().{function}({values})?;"),
                Some(_) => writeln!(code, "    take(socket.emit().{function}({values}).await?);"),
            };
        }
        code.push_str("    Ok(())\n}\n");
    }
    // A future's code is generated where it is made into a trait object.
    code + "
pub fn task(socket: Socket<Service>) -> crate::Task {
    Box::pin(async move { emit(socket).await.is_ok() })
}
"
}
