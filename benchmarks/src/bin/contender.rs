//! One run of one Rust client: `contender <name> <workload> <count> <port>`.

fn main() -> Result<(), socketio_benchmarks::Error> {
    socketio_benchmarks::contenders::command(None)
}
