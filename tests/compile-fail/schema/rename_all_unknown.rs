use socketio_runtime::client_to_server;

#[client_to_server(rename_all = "Train-Case")]
trait Chat {
    fn say();
}

fn main() {}
