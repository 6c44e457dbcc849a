use socketio_runtime::client_to_server;

#[client_to_server]
#[non_exhaustive]
trait Chat {
    fn say();
}

fn main() {}
