#![deny(deprecated)]

use socketio_runtime::{client_to_server, server_to_client};

#[server_to_client]
trait ServerToClient {
    #[deprecated(note = "use `user_joined`")]
    fn joined();
}

#[client_to_server]
trait ClientToServer {
    #[deprecated]
    fn leave();
}

fn uses(on: ServerToClientOn<'_>, emit: ClientToServerEmit<'_>) {
    on.joined(|| ());
    let _ = emit.leave();
}

fn main() {}
