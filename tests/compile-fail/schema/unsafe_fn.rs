use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    unsafe fn say();
}

fn main() {}
