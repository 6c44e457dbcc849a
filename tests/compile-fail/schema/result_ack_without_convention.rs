use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn ask() -> Result<u32, String>;
}

fn main() {}
