use socketio_runtime::client_to_server;

#[client_to_server(auth = String)]
trait Chat {
    fn say();
}

fn main() {}
