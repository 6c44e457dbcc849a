use socketio_runtime::client_to_server;

#[client_to_server]
unsafe trait Chat {
    fn say();
}

fn main() {}
