use socketio_runtime::{Socket, Untyped};

fn uses(socket: &Socket<Untyped>) {
    socket.on_any(|event| event.name().len());
}

fn main() {}
