use socketio_runtime::client_to_server;

#[client_to_server(export = true)]
trait Chat {
    fn say();
}

fn main() {}
