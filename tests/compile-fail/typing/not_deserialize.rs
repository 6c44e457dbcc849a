use socketio_runtime::server_to_client;

struct NoSerde;

#[server_to_client]
trait Chat {
    fn value(room: &str, who: NoSerde);
    fn list(list: Vec<NoSerde>);
}

fn main() {}
