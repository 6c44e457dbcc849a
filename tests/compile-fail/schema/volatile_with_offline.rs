use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(volatile, offline = buffer)]
    fn say();
}

fn main() {}
