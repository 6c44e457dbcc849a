use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn upload(content: &[u8]);
}

fn main() {}
