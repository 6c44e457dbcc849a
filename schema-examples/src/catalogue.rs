//! The chat service's catalogue: what is known of it besides its schema.

use socketio_runtime::catalogue::Catalogue;

use crate::schema::Chat;

/// The catalogue of the chat service. `cargo run -p schema-examples --bin catalogue` writes it down.
#[must_use]
pub fn catalogue() -> Catalogue {
    Catalogue::builder("Chat", env!("CARGO_PKG_VERSION"))
        .description("Rooms to talk in, files to share, and who is there.")
        .server("local", "http://localhost:3000")
        .license(env!("CARGO_PKG_LICENSE"), "https://spdx.org/licenses/")
        .namespace::<Chat>()
        .build()
}
