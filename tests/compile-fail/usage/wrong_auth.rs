use socketio_runtime::{Client, namespace};

#[derive(serde::Serialize)]
struct Credentials {
    token: String,
}

#[derive(serde::Serialize)]
struct Other;

#[namespace("/chat", auth = Credentials)]
struct Chat;

fn main() {
    let client = Client::builder("http://localhost").build().unwrap();
    client.socket::<Chat>().auth(Other);
    client.socket::<Chat>().auth(async || Other);
}
