use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(timeout = 5)]
    fn number() -> u32;
    #[event(timeout = "5 seconds")]
    fn words() -> u32;
    #[event(timeout)]
    fn nothing() -> u32;
    #[event(volatile = true)]
    fn flag();
    #[event(name = say)]
    fn name();
    #[event(ack = tagged)]
    fn convention() -> u32;
    #[event = "say"]
    fn not_a_list();
}

fn main() {}
