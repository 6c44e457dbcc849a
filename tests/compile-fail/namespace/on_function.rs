use socketio_runtime::namespace;

#[namespace("/chat")]
fn chat() {}

fn main() {}
