use socketio_runtime::{Socket, Untyped};

fn uses(socket: &Socket<Untyped>) {
    socket.on().event_with_ack("ask", |_| 5);
}

fn main() {}
