use socketio_runtime::{Socket, Untyped};

fn uses(socket: &Socket<Untyped>) {
    socket.on_any_outgoing(async |event| event.json());
}

fn main() {}
