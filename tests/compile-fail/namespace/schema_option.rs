use socketio_runtime::namespace;

#[namespace("/chat", rename_all = "camelCase")]
struct Chat;

fn main() {}
