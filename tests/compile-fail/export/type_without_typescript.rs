use socketio_runtime::server_to_client;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct User {
    name: String,
}

#[server_to_client(export)]
trait Chat {
    fn joined(users: Vec<User>);
}

fn main() {}
