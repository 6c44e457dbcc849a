use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    unsafe fn risky();
    const fn constant();
    extern "C" fn foreign();
    async fn later();
}

fn main() {}
