use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    const MAX: u32 = 5;
    fn say();
}

fn main() {}
