//! The documents of `Catalogue::asyncapi`, with the official schema of their format.

use schema_examples::catalogue as chat;
use serde_json::{Value, json};
use socketio_runtime::catalogue::{Catalogue, Perspective};
use socketio_tests::Workbench;

use super::odd;

#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn documents_are_valid_asyncapi() {
    let bench = Workbench::new("asyncapi");
    let files = ["chat-client.json", "chat-server.json", "odd-client.json", "odd-server.json"];
    let documents = [chat(), odd::catalogue()].into_iter().flat_map(|catalogue| {
        [Perspective::Client, Perspective::Server].map(|p| catalogue.asyncapi(p))
    });
    for (file, document) in files.iter().zip(documents) {
        assert_references_lead_somewhere(&document);
        bench.write(file, &document.to_string());
    }
    assert_eq!(bench.validate("asyncapi", &files), "");

    let mut broken = chat().asyncapi(Perspective::Client);
    broken["operations"]["chat_connect"]["action"] = "emit".into();
    bench.write("broken.json", &broken.to_string());
    let said = bench.validate("asyncapi", &["broken.json"]);
    assert!(said.contains("/operations/chat_connect/action"), "{said}");
}

#[test]
fn clients_send_what_the_server_receives() {
    let action = |perspective, operation: &str| {
        chat().asyncapi(perspective)["operations"][operation]["action"].clone()
    };
    for (operation, client, server) in [
        ("chat_client_message_send", "send", "receive"),
        ("chat_server_message_received", "receive", "send"),
        ("chat_connect", "send", "receive"),
    ] {
        assert_eq!(action(Perspective::Client, operation), client, "{operation}");
        assert_eq!(action(Perspective::Server, operation), server, "{operation}");
    }
}

#[test]
fn an_event_is_a_message_and_its_acknowledgement_a_reply() {
    let document = chat().asyncapi(Perspective::Client);
    let channel = &document["channels"]["chat"];
    assert_eq!(channel["address"], "/chat");
    assert_eq!(channel["bindings"]["ws"]["query"]["required"], json!(["EIO", "transport"]));

    let operation = &document["operations"]["chat_client_file_upload"];
    assert_eq!(
        operation["reply"],
        json!({
            "channel": { "$ref": "#/channels/chat" },
            "messages": [{ "$ref": "#/channels/chat/messages/client_file_upload.ack" }],
        })
    );
    let message = &channel["messages"]["client_file_upload"];
    assert_eq!(message["name"], "file:upload");
    assert_eq!(message["summary"], "Shares a file in every room that this client is in.");
    assert_eq!(message["payload"]["minItems"], 2);
    assert_eq!(message["payload"]["maxItems"], 2);
    let content = &message["payload"]["items"][0];
    assert_eq!(content["title"], "content");
    assert_eq!(content["allOf"], json!([{ "$ref": "#/components/schemas/Bytes" }]));
    let facts = &message["x-socketio"];
    assert_eq!(facts["event"], "file:upload");
    assert_eq!(facts["binary"], true);
    assert_eq!(facts["ackTimeoutMs"], 60_000);
    assert_eq!(
        facts["args"][1],
        json!({
            "name": "metadata", "kind": "required", "rust": "&FileMetadata",
            "description": "What it is.",
        })
    );
    assert_eq!(channel["messages"]["client_typing_start"]["x-socketio"]["volatile"], true);
    assert_eq!(channel["messages"]["server_pong"]["payload"]["maxItems"], 0);
    let ack = &channel["messages"]["client_file_upload.ack"];
    assert_eq!(ack["x-socketio"]["ackOf"], "file:upload");
}

/// A Message Object has no field for it.
#[test]
fn what_is_deprecated_has_a_tag() {
    let document = odd::catalogue().asyncapi(Perspective::Client);
    let message = &document["channels"]["odd"]["messages"]["client_halve"];
    assert_eq!(message.get("deprecated"), None);
    assert_eq!(message["tags"][1], json!({ "name": "deprecated" }));
    assert_eq!(message["x-socketio"]["deprecated"], "use `divide`");
}

#[test]
fn joining_a_namespace_has_its_auth_object_and_its_refusal() {
    let document = chat().asyncapi(Perspective::Client);
    let scheme = &document["components"]["securitySchemes"]["chat"];
    let credentials = json!({ "$ref": "#/components/schemas/Credentials" });
    assert_eq!(scheme["x-socketio"]["auth"], credentials);
    let join = &document["operations"]["chat_connect"];
    assert_eq!(join["security"], json!([{ "$ref": "#/components/securitySchemes/chat" }]));
    let messages = &document["channels"]["chat"]["messages"];
    assert_eq!(messages["connect"]["payload"], credentials);
    let refusal = &messages["connect_error"]["payload"]["properties"]["data"];
    assert_eq!(*refusal, json!({ "$ref": "#/components/schemas/Refusal" }));
    // A namespace that says nothing of it needs nothing.
    let odd = odd::catalogue().asyncapi(Perspective::Client);
    assert_eq!(odd["operations"]["twin_connect"]["security"], Value::Null);
}

#[test]
fn servers_and_people_are_named() {
    let catalogue = Catalogue::builder("Chat", "1")
        .server("production", "wss://chat.example.com")
        .server("internal", "http://10.0.0.1:3000/chat/io/")
        .contact("The chat team", "chat@example.com")
        .license("MIT", "https://spdx.org/licenses/MIT")
        .build();
    let document = catalogue.asyncapi(Perspective::Client);
    let place = |server: &str| {
        let server = &document["servers"][server];
        ["protocol", "host", "pathname"].map(|key| server[key].as_str().expect("text").to_owned())
    };
    assert_eq!(place("production"), ["wss", "chat.example.com", "/socket.io/"]);
    assert_eq!(place("internal"), ["http", "10.0.0.1:3000", "/chat/io/"]);
    assert_eq!(document.get("id"), None, "no name of the service is known");
    let contact = json!({ "name": "The chat team", "email": "chat@example.com" });
    assert_eq!(document["info"]["contact"], contact);
    assert_eq!(document["info"]["license"]["name"], "MIT");
    let site = Catalogue::builder("Chat", "1").contact("The chat team", "https://me@example.com");
    let info = &site.build().asyncapi(Perspective::Client)["info"];
    assert_eq!(info["contact"]["url"], "https://me@example.com");
}

#[test]
fn nothing_overwrites_what_has_nearly_its_name() {
    let alike = Catalogue::builder("Alike", "1")
        .server("eu-1", "wss://one.example.com")
        .server("eu_1", "wss://two.example.com")
        .namespace::<alike::Alike>()
        .build();
    let document = alike.asyncapi(Perspective::Client);
    let messages = &document["channels"]["alike"]["messages"];
    assert_eq!(messages["client_message.ack"]["x-socketio"]["ackOf"], "message");
    assert_eq!(messages["client_message_ack"]["name"], "message_ack");
    assert_eq!(document["servers"]["eu_1"]["host"], "one.example.com");
    assert_eq!(document["servers"]["eu_1_"]["host"], "two.example.com");
}

mod alike {
    use socketio_runtime::{client_to_server, namespace};

    #[client_to_server(export)]
    pub(crate) trait Asked {
        fn message() -> bool;
        fn message_ack();
    }

    #[namespace("/alike", emits = Asked, export)]
    #[derive(Debug)]
    pub(crate) struct Alike;
}

/// JSON Schema does not see references that lead nowhere.
fn assert_references_lead_somewhere(document: &Value) {
    let mut open = vec![document];
    let mut count = 0;
    while let Some(value) = open.pop() {
        if let Some(Value::String(reference)) = value.get("$ref") {
            let pointer = reference.strip_prefix('#').expect("it stays in the document");
            assert!(document.pointer(pointer).is_some(), "{reference}");
            count += 1;
        }
        match value {
            Value::Object(object) => open.extend(object.values()),
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    assert!(count > 0, "there are references");
}
