use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event("say" volatile)]
    fn tell();
}

fn main() {}
