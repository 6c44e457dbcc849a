use socketio_runtime::client_to_server;

#[client_to_server]
struct Chat;

fn main() {}
