use socketio_runtime::{Socket, Untyped};

fn uses(socket: &Socket<Untyped>) {
    socket.on().event("ask", |event| event.decode::<(u32,)>());
}

fn main() {}
