#![deny(deprecated)]

use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[deprecated(note = "use `user_joined`")]
    fn joined();
}

fn uses(on: ServerToClientOn<'_>) {
    on.joined(|| ());
}

fn main() {}
