//! Schemas and namespaces that stand in catalogues, and names that are retired.
#![deny(warnings)]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use socketio_runtime::{
    Bytes, Untyped, catalogue::Catalogue, client_to_server, namespace, schema::Schema,
    server_to_client,
};
use ts_rs::TS;

#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct User {
    pub name: String,
}

#[server_to_client(export, retired("user:came", "user:went"))]
pub trait ServerToClient {
    fn joined(user: &User, others: &[User], avatar: Option<Bytes>);
    #[cfg(any())]
    fn removed(user: Missing);
}

#[client_to_server(export)]
pub trait ClientToServer {
    #[event(ack = error_first)]
    fn rename(name: &str) -> Result<User, u32>;
    fn metric(value: impl Serialize);
}

#[namespace("/chat", listens = ServerToClient, emits = ClientToServer, auth = User, export)]
pub struct Chat;

#[namespace("/half", listens = Untyped, export)]
pub struct Half;

/// One that never asked for it needs nothing.
#[derive(Deserialize)]
pub struct Plain;

#[server_to_client]
pub trait NotExported {
    fn plain(value: Plain);
}

fn main() {
    let catalogue = Catalogue::builder("Chat", "1.0.0").namespace::<Chat>().namespace::<Half>();
    assert_eq!(catalogue.build().namespaces.len(), 2);
    assert_eq!(ServerToClient::DESCRIPTOR.retired, ["user:came", "user:went"]);
}
