use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(example = [1, , 2])]
    fn joined(a: u32, b: u32);
}

fn main() {}
