use socketio_runtime::client_to_server;

struct Chat;

#[client_to_server]
impl Chat {
    fn say() {}
}

fn main() {}
