use socketio_runtime::client_to_server;

#[client_to_server]
trait ClientToServer {
    #[event(example = [1])]
    fn joined(id: impl serde::Serialize);
}

fn main() {}
