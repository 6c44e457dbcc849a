//! `schema.json`, and what is read back from it.

use schema_examples::catalogue as chat;
use socketio_runtime::catalogue::{Catalogue, Perspective, TypeScriptError};

use super::odd;

#[test]
fn a_catalogue_is_the_same_text_each_time_and_survives_it() {
    for make in [chat, odd::catalogue] {
        let text = make().to_json();
        assert_eq!(make().to_json(), text);
        let read = Catalogue::from_json(&text).expect("its own text");
        assert_eq!(read.to_json(), text);
        assert_eq!(read.json_schemas(), make().json_schemas());
        let asyncapi = |catalogue: &Catalogue| catalogue.asyncapi(Perspective::Server);
        assert_eq!(asyncapi(&read), asyncapi(&make()));
    }
}

#[test]
fn only_the_schemas_themselves_have_typescript_types() {
    let read = Catalogue::from_json(&chat().to_json()).expect("its own text");
    assert_eq!(read.typescript(), Err(TypeScriptError::NoTypes));
}
