use socketio_runtime::server_to_client;

#[server_to_client]
#[socketio_runtime::client_to_server]
trait Chat {
    fn said();
}

fn main() {}
