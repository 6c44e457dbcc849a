use socketio_runtime::server_to_client;

#[server_to_client]
trait Chat {
    fn say<'a>(text: &'a str);
}

fn main() {}
