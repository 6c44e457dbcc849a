use socketio_runtime::client_to_server;

struct NoSerde;

#[client_to_server]
trait Chat {
    fn value(room: &str, who: NoSerde);
    fn slice(list: &[NoSerde]);
    fn optional(who: Option<NoSerde>);
}

fn main() {}
