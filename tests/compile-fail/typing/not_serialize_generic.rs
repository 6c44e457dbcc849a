use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn say<T>(value: T);
}

fn main() {}
