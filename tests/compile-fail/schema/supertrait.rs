use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat: Send {
    fn say();
}

fn main() {}
