//! Lint levels of a schema and of an event reach what is generated.
#![deny(warnings)]
#![forbid(unsafe_code)]

use socketio_runtime::{client_to_server, server_to_client};

#[server_to_client]
#[allow(non_snake_case)]
pub trait ServerToClient {
    fn userJoined(userId: u32);
}

#[client_to_server]
pub trait ClientToServer {
    #[expect(non_snake_case, reason = "written as in the JavaScript code")]
    fn userJoined(userId: u32);
}

pub fn uses(on: ServerToClientOn<'_>, emit: ClientToServerEmit<'_>) {
    on.userJoined(|user_id| assert!(user_id > 0));
    let _ = emit.userJoined(5);
}

fn main() {}
