use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(user_joined)]
    fn joined();
}

fn main() {}
