use socketio_runtime::client_to_server;

#[client_to_server]
enum Chat {
    Say,
}

fn main() {}
