use socketio_runtime::{Socket, Untyped};

fn uses(socket: &Socket<Untyped>) {
    socket.on_any(|name: &str| println!("{name}"));
}

fn main() {}
