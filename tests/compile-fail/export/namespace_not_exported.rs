use socketio_runtime::{catalogue::Catalogue, namespace};

#[namespace("/chat")]
struct Chat;

fn main() {
    let _ = Catalogue::builder("Chat", "1.0.0").namespace::<Chat>();
}
