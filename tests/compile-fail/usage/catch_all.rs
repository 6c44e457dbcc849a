use socketio_runtime::{Socket, Untyped};

fn uses(socket: &Socket<Untyped>) {
    socket.on_any(|name: &str| println!("{name}"));
    socket.on_any(|event| event.name().len());
    socket.on_any_outgoing(async |event| event.json());
}

fn main() {}
