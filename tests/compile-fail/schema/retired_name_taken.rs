use socketio_runtime::client_to_server;

#[client_to_server(retired("say", "shout"))]
trait Chat {
    #[event("say")]
    fn tell();
}

fn main() {}
