use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(retired("shout"))]
    fn say();
}

fn main() {}
