use socketio_runtime::server_to_client;

#[server_to_client]
trait Chat {
    fn say<const N: usize>(list: [u32; N]);
}

fn main() {}
