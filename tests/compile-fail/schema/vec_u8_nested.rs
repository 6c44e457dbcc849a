use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn upload(parts: Vec<Vec<u8>>);
}

fn main() {}
