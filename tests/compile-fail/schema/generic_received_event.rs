use socketio_runtime::server_to_client;

#[server_to_client]
trait Chat {
    fn say<T: serde::de::DeserializeOwned>(text: T);
}

fn main() {}
