use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(exampel = [1])]
    fn joined(id: u32);
}

fn main() {}
