use socketio_runtime::client_to_server;

#[client_to_server(rename = "camelCase", namespace = "/chat")]
trait Chat {
    fn say();
}

#[client_to_server(rename_all = "camelcase")]
trait Misspelt {
    fn say();
}

fn main() {}
