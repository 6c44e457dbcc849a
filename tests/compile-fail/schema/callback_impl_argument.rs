use socketio_runtime::server_to_client;

#[server_to_client]
trait Chat {
    fn asked(question: &str, callback: impl FnOnce(u32));
}

fn main() {}
