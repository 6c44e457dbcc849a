//! Events called like keywords, like methods of the socket and like methods of every type.
#![deny(warnings)]

use socketio_runtime::{
    client_to_server,
    error::EmitError,
    namespace,
    schema::{EventDescriptor, Listens, Schema},
    server_to_client,
};

/// Listened to.
#[server_to_client]
pub trait ServerToClient {
    fn ping();
    fn error(message: String);
    fn id();
    fn close();
    fn r#type(r#type: String, r#fn: u32);
    fn clone();
    fn emit();
    fn new();
    fn self_();
    fn into();
    fn try_into();
    fn borrow();
    fn fmt();
    fn on();
    fn once();
    fn stream();
    fn find();
    fn decode();
    fn handle();
    fn is_done();
    fn to_do();
    fn from_here();
    fn drop();
    fn next();
    fn type_id();
    fn _1();
    fn schema() -> u32;
}

/// Emitted.
#[client_to_server]
pub trait ClientToServer {
    fn ping();
    fn error(message: &str);
    fn id();
    fn close();
    fn r#type(r#type: &str, r#fn: u32);
    fn clone();
    fn emit();
    fn new();
    fn self_();
    fn into();
    fn try_into();
    fn borrow();
    fn to_owned();
    fn drop();
    #[event("it's \"quoted\" `here`\n")]
    fn quoted();
}

/// The same names in both directions.
#[namespace("/", listens = ServerToClient, emits = ClientToServer)]
#[derive(Debug)]
pub struct Main;

pub fn listen(on: ServerToClientOn<'_>) {
    on.clone(|| ());
    on.into(|| ());
    on.try_into(|| ());
    on.r#type(|_, _| ());
    on.self_(|| ());
    on.drop(|| ());
}

pub fn emit(emit: ClientToServerEmit<'_>) -> Result<(), EmitError> {
    emit.borrow()?;
    emit.clone()?;
    emit.into()?;
    emit.try_into()?;
    emit.to_owned()?;
    emit.drop()?;
    emit.r#type("", 0)
}

pub fn matched(event: &ServerToClientEvent) -> &str {
    match event {
        ServerToClientEvent::Type { r#type, r#fn: _ } => r#type,
        ServerToClientEvent::Self_ | ServerToClientEvent::_1 => "",
        _ => "other",
    }
}

fn main() {
    let names = |event: &EventDescriptor| event.arguments.iter().map(|argument| argument.name);
    assert!(ServerToClient::find("type").is_some_and(|event| names(event).eq(["type", "fn"])));
    assert!(ServerToClient::find("self_").is_some());
    assert_eq!(ClientToServer::DESCRIPTOR.events[14].name, "it's \"quoted\" `here`\n");
}
