//! sioc: a struct an event, an enum of those that are received, and one match over it.
//!
//! Must not know: the other libraries.

use std::{collections::BTreeSet, fmt::Write as _};

use crate::service::{EVENTS_A_FUNCTION, Event, Type, events};

pub fn code() -> String {
    let events = events();
    format!(
        "use sioc::prelude::*;

use crate::{{payload::*, take}};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

{}
pub mod received {{
    use super::*;

{}}}

pub mod emitted {{
    use super::*;

{}}}

{}
{}
{}",
        acks(&events),
        structs("DeserializePayload", &events),
        structs("SerializePayload", &events),
        router(&events),
        listener(&events),
        emits(&events),
    )
}

/// Events share the structs of their acks.
fn acks(events: &[Event]) -> String {
    let acks: BTreeSet<String> =
        events.iter().filter_map(|event| event.ack).map(Type::owned).collect();
    let mut code = String::new();
    for ty in acks {
        let _ = write!(
            code,
            "
#[derive(AckType, SerializePayload, DeserializePayload)]
pub struct Ack_{ty}(pub {ty});
"
        );
    }
    code.replace("Ack_bool", "AckFlag").replace("Ack_", "Ack")
}

fn ack(ty: Type) -> String {
    match ty {
        Type::Flag => "AckFlag".to_owned(),
        ty => format!("Ack{}", ty.owned()),
    }
}

fn structs(derive: &str, events: &[Event]) -> String {
    let mut code = String::new();
    for event in events {
        let (docs, wire_name, name) = (event.docs(), event.wire_name(), event.type_name());
        let ack = event.ack.map(|ty| format!(", ack = \"{}\"", ack(ty))).unwrap_or_default();
        let fields = event
            .arguments
            .iter()
            .map(|argument| format!("        pub {}: {},\n", argument.name, argument.ty.owned()));
        let body = match &*event.arguments {
            [] => ";".to_owned(),
            _ => format!(" {{\n{}    }}", fields.collect::<String>()),
        };
        let _ = write!(
            code,
            "    {docs}
    #[derive(EventType, {derive})]
    #[sioc(event(name = \"{wire_name}\"{ack}))]
    pub struct {name}{body}

"
        );
    }
    code
}

fn router(events: &[Event]) -> String {
    let variants = events.iter().map(|event| {
        let name = event.type_name();
        format!("    {name}(Event<received::{name}>),\n")
    });
    format!("#[derive(EventRouter)]\npub enum Received {{\n{}}}\n", variants.collect::<String>())
}

fn listener(events: &[Event]) -> String {
    let mut code = String::from(
        "pub async fn listen(socket: SocketSender, mut receiver: SocketReceiver) -> Result {
    while let Some(event) = receiver.listen::<Received>().await? {
        match event {
",
    );
    for event in events {
        let (name, names, taken) = (event.type_name(), event.names(), event.taken());
        let pattern = match &*event.arguments {
            [] => format!("payload: received::{name}"),
            _ => format!("payload: received::{name} {{ {names} }}"),
        };
        let _ = match event.ack {
            None => writeln!(
                code,
                "            Received::{name}(Event {{ {pattern}, .. }}) => {taken},"
            ),
            Some(ty) => writeln!(
                code,
                "            Received::{name}(Event {{ {pattern}, id, .. }}) => {{
                {taken};
                socket.acknowledge(id, {}({})).await?;
            }}",
                ack(ty),
                ty.owned_value()
            ),
        };
    }
    code + "        }\n    }\n    Ok(())\n}\n"
}

fn emits(events: &[Event]) -> String {
    let mut code = String::from("pub async fn emit(socket: SocketSender) -> Result {\n");
    for group in 0..events.len().div_ceil(EVENTS_A_FUNCTION) {
        let _ = writeln!(code, "    emit_{group}(&socket).await?;");
    }
    code.push_str("    Ok(())\n}\n");
    for (group, events) in events.chunks(EVENTS_A_FUNCTION).enumerate() {
        let _ = writeln!(code, "\nasync fn emit_{group}(socket: &SocketSender) -> Result {{");
        for event in events {
            let fields = event
                .arguments
                .iter()
                .map(|argument| format!("{}: {}", argument.name, argument.ty.owned_value()));
            let fields = fields.collect::<Vec<_>>().join(", ");
            let name = event.type_name();
            let value = match &*event.arguments {
                [] => format!("emitted::{name}"),
                _ => format!("emitted::{name} {{ {fields} }}"),
            };
            let _ = match event.ack {
                None => writeln!(code, "    socket.emit({value}).await?;"),
                Some(_) => {
                    writeln!(code, "    take(socket.emit({value}).await?.await?.payload.0);")
                }
            };
        }
        code.push_str("    Ok(())\n}\n");
    }
    code + "
pub fn tasks(socket: SocketSender, receiver: SocketReceiver) -> [crate::Task; 2] {
    let emitter = socket.clone();
    [
        Box::pin(async move { listen(socket, receiver).await.is_ok() }),
        Box::pin(async move { emit(emitter).await.is_ok() }),
    ]
}
"
}
