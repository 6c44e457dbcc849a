use socketio_runtime::server_to_client;

#[server_to_client(doctest)]
trait ServerToClient {
    fn joined(id: u32);
}

fn main() {}
