//! The runtime is reached through a facade, under another name.
#![allow(dead_code)]

mod facade {
    pub mod sockets {
        pub use socketio_runtime::*;
    }
}

/// Not the runtime.
mod socketio_runtime {}

use facade::sockets::{client_to_server, namespace, server_to_client};

#[server_to_client(crate = crate::facade::sockets)]
trait ServerToClient {
    fn said(text: &str, at: &[u32]) -> u32;
}

#[client_to_server(crate = facade::sockets, rename_all = "camelCase")]
trait ClientToServer {
    fn say(text: &str) -> u32;
}

#[namespace("/", crate = facade::sockets, listens = ServerToClient, emits = ClientToServer)]
struct Main;

fn main() {}
