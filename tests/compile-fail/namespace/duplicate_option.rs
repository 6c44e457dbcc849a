use socketio_runtime::namespace;

#[namespace("/chat", auth = String, auth = String)]
struct Chat;

fn main() {}
