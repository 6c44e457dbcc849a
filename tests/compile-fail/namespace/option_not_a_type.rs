use socketio_runtime::namespace;

#[namespace("/chat", listens = "FromServer")]
struct Chat;

fn main() {}
