use std::time::Duration;

use socketio_runtime::{
    Ack, AckError, EmitOptions, OfflinePolicy, Socket, client_to_server, namespace,
    schema::Schema as _,
};

#[client_to_server]
trait Shop {
    #[event(
        "order:place", retries = 3, idempotency_key, offline = buffer, time_to_live = "2m",
        timeout = "5s"
    )]
    fn order(article: &str, amount: Option<u32>) -> u64;
    #[event("cursor:moved", offline = drop)]
    fn cursor_moved(x: u32, y: u32);
    #[event(offline = reject)]
    fn pay(amount: u64) -> ();
    #[event(retries = 0)]
    fn once() -> ();
    // It may wait for its turn, though not for the connection.
    #[event(offline = reject, retries = 1, time_to_live = "1s")]
    fn in_turn() -> ();
    // The options' words are no keywords anywhere else.
    fn retries(offline: u8, buffer: u8, drop: u8, reject: u8, time_to_live: u8);
    #[event(idempotency_key)]
    fn idempotency_key() -> ();
}

#[namespace("/shop", emits = Shop)]
struct Store;

fn emit(shop: &Socket<Store>) -> Result<(), Box<dyn std::error::Error>> {
    const OPTIONS: EmitOptions = EmitOptions::new()
        .offline(OfflinePolicy::Reject)
        .time_to_live(Duration::from_secs(1))
        .timeout(Duration::from_secs(1))
        .retries(2);
    let order: Ack<u64> = shop.emit_with(OPTIONS).order("tea", None).cancel_on_drop();
    drop(order.cancel());
    shop.emit().retries(1, 2, 3, 4, 5)?;
    Ok(())
}

fn told(error: &AckError) -> u32 {
    match error {
        AckError::RetriesExhausted { tries, .. } => *tries,
        _ => 0,
    }
}

fn main() {
    let _ = (emit as fn(&_) -> _, told as fn(&_) -> _);
    let [order, moved, pay, once, ..] = Shop::DESCRIPTOR.events else { panic!("they are there") };
    assert_eq!((order.retries, once.retries, pay.retries), (Some(3), Some(0), None));
    assert!(order.has_idempotency_key && !pay.has_idempotency_key);
    assert_eq!(order.arguments.len(), 2, "the key is no declared argument");
    assert_eq!(order.time_to_live, Some(Duration::from_secs(120)));
    assert_eq!(moved.offline, Some(OfflinePolicy::Drop));
    assert_eq!((order.offline, pay.offline), (Some(OfflinePolicy::Buffer), Some(OfflinePolicy::Reject)));
}
