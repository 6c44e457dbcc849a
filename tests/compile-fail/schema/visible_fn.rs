use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    pub fn say();
}

fn main() {}
