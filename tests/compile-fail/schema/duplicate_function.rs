use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event("one")]
    fn say();
    #[event("other")]
    fn say();
}

fn main() {}
