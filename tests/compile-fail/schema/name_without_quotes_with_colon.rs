use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(user:joined)]
    fn joined();
}

fn main() {}
