use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[serde(rename = "user:joined")]
    fn joined();
}

fn main() {}
