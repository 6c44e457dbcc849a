use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(name = "disconnect")]
    fn leave();
    #[event("connect_error")]
    fn refuse();
}

fn main() {}
