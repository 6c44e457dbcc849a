use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(example = [None])]
    fn joined(id: Option<u32>);
}

fn main() {}
