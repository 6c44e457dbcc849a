use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn ask(question: &str) -> Vec<&str>;
}

fn main() {}
