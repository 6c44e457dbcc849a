use socketio_runtime::server_to_client;

#[server_to_client]
trait Chat {
    fn list(names: Vec<&str>);
}

fn main() {}
