#![deny(deprecated)]

use socketio_runtime::client_to_server;

#[client_to_server]
trait ClientToServer {
    #[deprecated]
    fn leave();
}

fn uses(emit: ClientToServerEmit<'_>) {
    let _ = emit.leave();
}

fn main() {}
