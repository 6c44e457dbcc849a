//! Catalogues, held against the tools that they are made for.

mod odd;
mod pages;
mod typescript;

use schema_examples::schema::Chat;
use socketio_runtime::catalogue::Catalogue;

fn chat() -> Catalogue {
    Catalogue::builder("Chat", "1.0.0").description("Rooms to talk in.").namespace::<Chat>().build()
}
