use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat<'a> {
    fn say();
}

fn main() {}
