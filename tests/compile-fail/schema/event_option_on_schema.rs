use socketio_runtime::client_to_server;

#[client_to_server(timeout = "5s")]
trait Chat {
    fn say() -> u32;
}

fn main() {}
