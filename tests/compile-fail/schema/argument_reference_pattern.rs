use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn draw(&size: &u32);
}

fn main() {}
