use socketio_runtime::{Client, namespace};

#[derive(serde::Serialize)]
struct Credentials {
    token: String,
}

#[derive(serde::Serialize)]
struct Other;

#[namespace("/chat", auth = Credentials)]
struct Chat;

fn uses(client: &Client) {
    let _ = client.socket::<Chat>().auth(Other);
}

fn main() {}
