use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(timeout = "0s")]
    fn ask() -> u32;
}

fn main() {}
