use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event("upload", binary)]
    fn upload(content: &str);
}

fn main() {}
