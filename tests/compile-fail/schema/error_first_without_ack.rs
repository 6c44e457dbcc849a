use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(ack = error_first)]
    fn tell();
}

fn main() {}
