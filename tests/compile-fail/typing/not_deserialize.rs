use socketio_runtime::server_to_client;

struct NoSerde;

#[server_to_client]
trait Chat {
    fn said(room: &str, who: NoSerde);
}

fn main() {}
