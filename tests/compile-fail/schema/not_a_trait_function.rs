use socketio_runtime::client_to_server;

#[client_to_server]
fn chat() {}

fn main() {}
