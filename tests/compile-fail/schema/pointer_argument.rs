use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn say(text: *const u8);
}

fn main() {}
