//! The examples in all documents, held against the schemas they stand beside.

use schema_examples::catalogue as chat;
use serde_json::Value;
use socketio_runtime::catalogue::Perspective;

use super::odd;

fn assert_fits(schema: &Value, example: &Value) {
    let validator = jsonschema::draft7::new(schema).expect("it is a JSON Schema");
    let misfits: Vec<_> = validator.iter_errors(example).map(|error| error.to_string()).collect();
    assert!(misfits.is_empty(), "{example}: {misfits:?}");
}

/// Each schema inside the document that has examples: its pointer.
fn exemplified(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if object.get("examples").is_some_and(Value::is_array) {
                found.push(pointer.to_owned());
            }
            for (key, value) in object {
                let key = key.replace('~', "~0").replace('/', "~1");
                exemplified(value, &format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                exemplified(value, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn examples_of_json_schemas_fit() {
    let schemas = [chat(), odd::catalogue()].map(|catalogue| catalogue.json_schemas());
    let mut has_key = false;
    for schemas in schemas.into_iter().flat_map(std::collections::BTreeMap::into_values) {
        for document in [Some(schemas.arguments), schemas.ack].into_iter().flatten() {
            let mut found = Vec::new();
            exemplified(&document, "", &mut found);
            for pointer in found {
                let mut schema = document.pointer(&pointer).expect("it was found").clone();
                for example in schema["examples"].as_array().expect("a list").clone() {
                    if let Some(definitions) = document.get("definitions") {
                        schema["definitions"] = definitions.clone();
                    }
                    assert_fits(&schema, &example);
                    has_key |= example.as_array().is_some_and(|values| values.len() == 4);
                }
            }
        }
    }
    assert!(has_key, "the example of `order:place` has its idempotency key");
}

#[test]
fn examples_of_asyncapi_messages_fit() {
    let mut count = 0;
    for catalogue in [chat(), odd::catalogue()] {
        let document = catalogue.asyncapi(Perspective::Client);
        let channels = document["channels"].as_object().expect("there are channels");
        for message in channels.values().filter_map(|channel| channel["messages"].as_object()) {
            for message in message.values() {
                let mut payload = message["payload"].clone();
                payload["components"] = document["components"].clone();
                for example in message["examples"].as_array().into_iter().flatten() {
                    assert_fits(&payload, &example["payload"]);
                    count += 1;
                }
            }
        }
    }
    assert!(count > 10, "{count} messages have examples");
}

#[test]
fn the_example_of_an_idempotent_event_compiles() {
    let text = odd::catalogue().typescript().expect("each name is one type");
    let call =
        "await socket.emitWithAck(\"order:place\", \"pizza\", null, true, \"a key of this emit\");";
    assert!(text.contains(call), "{text}");
}
