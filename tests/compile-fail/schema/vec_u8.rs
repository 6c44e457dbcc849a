use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn upload(name: &str, content: Vec<u8>);
}

fn main() {}
