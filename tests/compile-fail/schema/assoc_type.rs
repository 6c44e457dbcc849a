use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    type Message;
    fn say();
}

fn main() {}
