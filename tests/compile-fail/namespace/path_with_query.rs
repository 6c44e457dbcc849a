use socketio_runtime::namespace;

#[namespace("/a?x=1")]
struct Chat;

fn main() {}
