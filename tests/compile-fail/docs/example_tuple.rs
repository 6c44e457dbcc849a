use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(example = [(1, 2)])]
    fn joined(place: (u32, u32));
}

fn main() {}
