use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[events("say")]
    fn tell();
}

fn main() {}
