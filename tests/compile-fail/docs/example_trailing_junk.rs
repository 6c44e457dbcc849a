use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(example = [1 2])]
    fn joined(id: u32);
}

fn main() {}
