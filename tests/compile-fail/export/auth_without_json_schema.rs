use socketio_runtime::namespace;

#[derive(serde::Serialize, ts_rs::TS)]
struct Credentials {
    token: String,
}

#[namespace("/chat", auth = Credentials, export)]
struct Chat;

fn main() {}
