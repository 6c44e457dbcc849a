use socketio_runtime::server_to_client;

#[server_to_client(rename = "x")]
trait Chat {
    fn connect();
    #[event(brinary)]
    fn one(&self);
    fn two((a, b): (u32, u32)) {}
    const THREE: u32 = 3;
    #[event(timeout = 5)]
    async fn four(_: u32) -> Result<u32, String>;
    #[inline]
    fn five<T>(text: Vec<&str>, bytes: Vec<u8>);
    #[event("brinary", name = "six")]
    fn six();
    #[event("")]
    fn seven();
}

fn main() {}
