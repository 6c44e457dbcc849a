//! JSON Schemas of single events.

use std::collections::BTreeMap;

use schema_examples::catalogue as chat;
use serde_json::{Value, json};
use socketio_runtime::catalogue::EventSchemas;
use socketio_tests::Workbench;

use super::odd;

fn schemas() -> BTreeMap<String, EventSchemas> {
    let schemas = [chat(), odd::catalogue()].map(|catalogue| catalogue.json_schemas());
    schemas.into_iter().flatten().map(|(id, schemas)| (id.file_stem(), schemas)).collect()
}

fn keys(value: &Value) -> Vec<&String> {
    value.as_object().map(|object| object.keys().collect()).unwrap_or_default()
}

#[test]
fn a_document_has_the_definitions_that_it_needs_and_no_others() {
    let schemas = schemas();
    let upload = &schemas["chat/client-to-server/file%3Aupload"];
    assert_eq!(keys(&upload.arguments["definitions"]), ["Bytes", "FileMetadata"]);
    let ack = upload.ack.as_ref().expect("it is acknowledged");
    assert_eq!(keys(&ack["definitions"]), ["UploadResponse"]);
    // Through other definitions, and in circles.
    let tree = &schemas["odd/server-to-client/tree"].arguments;
    assert_eq!(keys(&tree["definitions"]), ["Shape", "Tree"]);
    let send = &schemas["chat/client-to-server/message%3Asend"].arguments;
    assert_eq!(keys(&send["definitions"]), Vec::<&String>::new());
}

#[test]
fn what_can_be_left_out_or_repeated_is_so_in_the_array() {
    let schemas = schemas();
    let counts = |event: &str| {
        let schema = &schemas[&format!("odd/{event}")].arguments;
        (schema["minItems"].clone(), schema["maxItems"].clone())
    };
    assert_eq!(counts("server-to-client/maybe"), (json!(1), json!(3)));
    assert_eq!(counts("server-to-client/several"), (json!(1), Value::Null));
    assert_eq!(counts("server-to-client/maybe_several"), (json!(0), Value::Null));
    // The key follows what would else be left out.
    assert_eq!(counts("client-to-server/order%3Aplace"), (json!(4), json!(4)));
    let ack = |event: &str| schemas[&format!("odd/client-to-server/{event}")].ack.clone();
    assert_eq!(ack("unit_ack").expect("an ack")["maxItems"], 0);
    assert_eq!(ack("tuple_ack").expect("an ack")["minItems"], 3);
    assert_eq!(ack("halve"), None);
    let divide = ack("divide").expect("an ack");
    assert_eq!(divide["anyOf"][0]["items"][0], json!({ "type": "null" }));
    assert_eq!(divide["anyOf"][1]["minItems"], 1);
}

#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn all_documents_are_valid_json_schema() {
    let bench = Workbench::new("json-schema");
    let mut files = Vec::new();
    for (number, schemas) in schemas().into_values().enumerate() {
        for (kind, schema) in [("arguments", Some(schemas.arguments)), ("ack", schemas.ack)] {
            let Some(schema) = schema else { continue };
            let file = format!("{number}-{kind}.json");
            bench.write(&file, &schema.to_string());
            files.push(file);
        }
    }
    let files: Vec<_> = files.iter().map(|file| &**file).collect();
    assert_eq!(bench.validate("draft-07", &files), "");
}
