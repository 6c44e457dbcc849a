use socketio_runtime::namespace;

#[namespace("/chat")]
#[namespace("/other")]
struct Chat;

fn main() {}
