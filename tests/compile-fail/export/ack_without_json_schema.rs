use socketio_runtime::client_to_server;

#[derive(serde::Deserialize, ts_rs::TS)]
struct User {
    name: String,
}

#[client_to_server(export)]
trait Chat {
    fn who() -> Option<User>;
}

fn main() {}
