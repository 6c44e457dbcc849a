use socketio_runtime::namespace;

#[namespace("/chat", "/other")]
struct Chat;

fn main() {}
