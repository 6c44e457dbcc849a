use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(rename_all = "camelCase")]
    fn user_joined();
}

fn main() {}
