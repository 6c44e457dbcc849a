use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[cfg_attr(all(), event("shout"))]
    fn say();
}

fn main() {}
