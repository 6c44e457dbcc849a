use socketio_runtime::client_to_server;

#[client_to_server(crate = "socketio")]
trait Chat {
    fn say();
}

fn main() {}
