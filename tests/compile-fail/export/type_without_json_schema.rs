use socketio_runtime::server_to_client;

#[derive(serde::Deserialize, ts_rs::TS)]
struct User {
    name: String,
}

#[server_to_client(export)]
trait Chat {
    fn joined(room: &str, user: User);
}

fn main() {}
