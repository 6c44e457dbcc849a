use socketio_runtime::client_to_server;

#[client_to_server(retired)]
trait Chat {
    fn say();
}

fn main() {}
