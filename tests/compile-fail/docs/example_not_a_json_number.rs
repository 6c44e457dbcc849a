use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(example = [0xff])]
    fn joined(id: u32);
}

fn main() {}
