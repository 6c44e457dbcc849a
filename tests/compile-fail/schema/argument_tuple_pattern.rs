use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn draw((x, y): (u32, u32));
}

fn main() {}
