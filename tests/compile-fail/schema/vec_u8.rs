use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn upload(name: &str, content: Vec<u8>);
    fn slice(content: &[u8]) -> Option<Vec<u8>>;
    fn nested(parts: Vec<Vec<u8>>);
}

fn main() {}
