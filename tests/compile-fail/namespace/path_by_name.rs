use socketio_runtime::namespace;

#[namespace(path = "/chat")]
struct Chat;

fn main() {}
