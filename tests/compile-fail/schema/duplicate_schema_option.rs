use socketio_runtime::client_to_server;

#[client_to_server(rename_all = "camelCase", rename_all = "kebab-case")]
trait Chat {
    fn say();
}

fn main() {}
