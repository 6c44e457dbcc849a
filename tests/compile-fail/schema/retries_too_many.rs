use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(retries = 5000000000)]
    fn ask() -> u32;
}

fn main() {}
