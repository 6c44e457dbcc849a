use socketio_runtime::client_to_server;

#[client_to_server(casing = "camelCase")]
trait Chat {
    fn say();
}

fn main() {}
