use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(example = [])]
    fn joined(id: u32, #[event(rest)] names: Vec<String>);
}

fn main() {}
