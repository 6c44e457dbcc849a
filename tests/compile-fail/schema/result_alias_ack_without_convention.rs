use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn ask() -> std::io::Result<u32>;
}

fn main() {}
