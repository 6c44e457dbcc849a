use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat<const N: usize> {
    fn say();
}

fn main() {}
