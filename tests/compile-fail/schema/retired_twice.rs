use socketio_runtime::client_to_server;

#[client_to_server(retired("shout", "tell", "shout"))]
trait Chat {
    fn say();
}

fn main() {}
