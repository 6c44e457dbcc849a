use socketio_runtime::server_to_client;

#[server_to_client]
trait Chat {
    fn say();
    #[event("say")]
    fn tell(text: String);
}

fn main() {}
