use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    extern "C" fn say();
}

fn main() {}
