use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(offline = drop, time_to_live = "30s")]
    fn dropped();
    #[event(time_to_live = "30s", offline = reject)]
    fn rejected() -> u32;
    #[event(time_to_live = "0s")]
    fn nothing();
    #[event(time_to_live = 30)]
    fn number();
}

fn main() {}
