use socketio_runtime::namespace;

#[namespace("/chat", timeout = "5s")]
struct Chat;

fn main() {}
