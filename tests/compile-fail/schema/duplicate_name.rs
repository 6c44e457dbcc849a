use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event("say", name = "tell")]
    fn say();
}

fn main() {}
