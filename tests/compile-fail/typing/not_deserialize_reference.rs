use socketio_runtime::server_to_client;

struct NoSerde;

#[server_to_client]
trait Chat {
    fn said(who: &NoSerde);
}

fn main() {}
