use socketio_runtime::client_to_server;

#[client_to_server]
#[event("chat")]
trait Chat {
    fn say();
}

fn main() {}
