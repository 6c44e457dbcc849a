use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(volatile = true)]
    fn say();
}

fn main() {}
