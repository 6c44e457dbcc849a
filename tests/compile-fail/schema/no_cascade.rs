//! One event is wrong; all uses of the schema still compile.

use socketio_runtime::{client_to_server, namespace, schema::HandledBy, server_to_client};

#[server_to_client]
pub trait ServerToClient {
    fn said(text: &str);
    fn connect(reason: u32);
    fn broken(names: Vec<&str>);
    #[event(timeout = 5)]
    fn asked(&self, question: String) -> u32;
}

#[client_to_server]
pub trait ClientToServer {
    #[event(vlatile)]
    fn say(text: &str) -> u32;
}

#[namespace("/chat", listens = ServerToClient, emits = ClientToServer)]
pub struct Chat;

#[namespace("chat", listens = ServerToClient, emits = ClientToServer)]
pub struct Broken;

struct Bot;

impl ServerToClientHandler for Bot {
    async fn said(&mut self, _: String) {}
    async fn connect(&mut self, _: u32) {}
    async fn broken(&mut self, _: socketio_runtime::__private::serde_json::Value) {}
    async fn asked(&mut self, _: String) -> u32 {
        0
    }
}

fn is_handled_by<S: HandledBy<H>, H>() {}

fn uses(on: ServerToClientOn<'_>, emit: ClientToServerEmit<'_>, event: ServerToClientEvent) {
    is_handled_by::<ServerToClient, Bot>();
    on.said(|text| drop(text.len()));
    on.connect(|reason| drop(reason + 1));
    on.broken(|names| drop(names));
    on.asked(|question| question.len() as u32);
    drop(emit.say("hello"));
    match event {
        ServerToClientEvent::Said { text } => drop(text),
        ServerToClientEvent::Connect { reason } => drop(reason),
        ServerToClientEvent::Broken { names } => drop(names),
        ServerToClientEvent::Asked { question } => drop(question),
    }
}

fn main() {}
