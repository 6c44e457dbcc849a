use socketio_runtime::namespace;

#[namespace("/a b")]
struct Chat;

fn main() {}
