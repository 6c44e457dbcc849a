use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(voaltile)]
    fn say();
    #[event("tell", binary, volatile)]
    fn tell();
}

fn main() {}
