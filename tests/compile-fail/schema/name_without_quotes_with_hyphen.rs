use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(user-joined, volatile)]
    fn joined();
}

fn main() {}
