use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event("connect_error")]
    fn refuse();
}

fn main() {}
