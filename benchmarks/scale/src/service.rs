//! What the server and its client say to each other.

use serde::{Deserialize, Serialize};
use socketio_runtime::{Bytes, Untyped, client_to_server, namespace, server_to_client};

/// So many events at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flood {
    pub count: usize,
    pub of: Shape,
}

/// What a flood consists of; where there are several, they come in turn.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Shape {
    /// Each of the first events of a schema, with a number.
    Events(usize),
    /// The same event in each of the first namespaces, with a number.
    Namespaces(usize),
    /// A text of so many bytes.
    Text(usize),
    /// An attachment of so many bytes.
    Binary(usize),
}

#[server_to_client]
pub trait FromServer {
    fn number(value: u64);
    fn text(content: String);
    fn binary(content: Bytes);
}

#[client_to_server]
pub trait ToServer {
    fn flood(flood: &Flood);
    /// Answered at once.
    fn ask(value: u64) -> bool;
    /// Answered when the server is told to.
    fn hold(value: u64) -> bool;
    /// Tells the server to.
    fn release();
    fn send_text(content: &str) -> bool;
    fn send_binary(content: Bytes) -> bool;
    /// A heartbeat for each connection of the server's; answered when all have been answered.
    fn ping_all() -> bool;
}

#[namespace("/", listens = FromServer, emits = ToServer)]
pub struct Service;

/// The same where the client listens to names that no schema has.
#[namespace("/", listens = Untyped, emits = ToServer)]
pub struct UntypedService;

/// The path of a namespace by its number; the main one has none.
pub fn namespace_path(number: usize) -> String {
    format!("/rooms/{number}")
}
