//! The TypeScript of a catalogue, with socket.io's and socket.io-client's own typings.

use std::collections::BTreeMap;

use schema_examples::catalogue as chat;
use serde_json::json;
use socketio_runtime::catalogue::{Catalogue, TypeScriptError, model::Events};
use socketio_tests::Workbench;

use super::odd;

#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn a_node_server_imports_the_events_unchanged() {
    let bench = Workbench::new("server");
    bench.write("chat.ts", &chat().typescript().expect("each name is one type"));
    let _ = bench.copy("chat");
    assert_eq!(node(&bench, &["server.ts".to_owned()]), "");
}

#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn a_browser_client_imports_the_events_unchanged() {
    let bench = Workbench::new("client");
    bench.write("chat.d.ts", &chat().typescript().expect("each name is one type"));
    let _ = bench.copy("chat");
    let said = bench.tsc(&[], &["es2022", "dom", "dom.iterable"], &["client.ts".to_owned()]);
    assert_eq!(said, "");
}

/// Each file has one mistake, and at the end of its line the error's number.
#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn mistakes_do_not_compile() {
    let bench = Workbench::new("mistakes");
    bench.write("chat.d.ts", &chat().typescript().expect("each name is one type"));
    let files = bench.copy("chat/mistakes");
    let mut expected = BTreeMap::new();
    for file in &files {
        let text = bench.read(file);
        let mut mistakes = text.lines().enumerate().filter_map(|(index, line)| {
            let (_, number) = line.split_once(" // TS")?;
            Some(format!("{}: TS{number}", index + 1))
        });
        let mistake = mistakes.next().unwrap_or_else(|| panic!("{file} names its error"));
        expected.insert(file.clone(), mistake);
    }
    let said = node(&bench, &files);
    let errors = said.lines().filter(|line| !line.starts_with(' ')).map(|line| {
        let (place, error) = line.split_once(": error ").unwrap_or_else(|| panic!("{line}"));
        let (file, place) = place.split_once('(').unwrap_or_else(|| panic!("{line}"));
        let (line, _) = place.split_once(',').unwrap_or_else(|| panic!("{line}"));
        let (number, _) = error.split_once(':').unwrap_or_else(|| panic!("{line}"));
        (file.to_owned(), format!("{line}: {number}"))
    });
    let errors: Vec<_> = errors.collect();
    assert_eq!(errors.len(), expected.len(), "one mistake is one error:\n{said}");
    assert_eq!(errors.into_iter().collect::<BTreeMap<_, _>>(), expected);
}

#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn unusual_schemas_are_typescript_too() {
    let bench = Workbench::new("odd");
    bench.write("odd.ts", &odd::catalogue().typescript().expect("each name is one type"));
    let files = bench.copy("odd");
    assert_eq!(node(&bench, &files), "");
}

#[test]
fn two_types_of_one_name_are_told() {
    let catalogue = Catalogue::builder("Twice", "1").namespace::<twice::Twice>().build();
    let error = catalogue.typescript().expect_err("the name is taken");
    let message = error.to_string();
    for part in ["`Point` would be", "scenarios::catalogue::typescript::twice::Point`", "ts(rename"]
    {
        assert!(message.contains(part), "{message}");
    }
    let TypeScriptError::NameTaken { first, second, .. } = error else { panic!("{message}") };
    assert!(first.contains("twice::Point") && second.contains("twice::other::Point"), "{message}");
}

#[test]
fn documentation_is_in_the_words_of_typescript() {
    let mut catalogue = chat();
    let chat = &mut catalogue.namespaces[0];
    let send = |events: &mut Option<Events>, name: &str, values, answer| {
        let events = events.as_mut().expect("there are events");
        let mut events = events.events.iter_mut();
        let event = events.find(|event| event.name == name).expect("it is declared");
        (event.example, event.ack_example) = (Some(values), answer);
    };
    let answer = json!([{ "success": true, "messageId": "m1" }]);
    send(&mut chat.emits, "message:send", json!(["hello"]), Some(answer));
    let file = json!([{ "_placeholder": true, "num": 0 }, { "name": "a", "type": "b", "size": 3 }]);
    send(&mut chat.listens, "file:received", file, None);
    let text = catalogue.typescript().expect("each name is one type");
    for part in [
        "as `MessageResponse.messageId`. */",
        "   * The acknowledgement is awaited for 60 s.\n",
        "   * @example\n   * const response = await socket.emitWithAck(\"message:send\", \"hello\");\n   \
         * // answered with { messageId: \"m1\", success: true }\n   */\n  \"message:send\": (",
        "   * socket.emit(\"file:received\", new Uint8Array([1, 2, 3]), { name: \"a\", ",
    ] {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
}

#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn no_text_ends_the_comment_that_it_stands_in() {
    let mut catalogue = chat();
    catalogue.description =
        "one\rconst a: 1 = 2;\u{2028}const b: 1 = 2;\u{2029}const c: 1 = 2;\r\nend".to_owned();
    let text = catalogue.typescript().expect("each name is one type");
    assert!(text.contains("// const b: 1 = 2;\n// const c: 1 = 2;\n// end\n"), "{text}");
    let bench = Workbench::new("remarks");
    bench.write("chat.ts", &text);
    assert_eq!(node(&bench, &["chat.ts".to_owned()]), "");
}

#[test]
fn documentation_names_parameters_as_the_signature_does() {
    let mut catalogue = chat();
    let events = catalogue.namespaces[0].listens.as_mut().expect("there are events");
    let mut events = events.events.iter_mut();
    let event = events.find(|event| event.name == "file:received").expect("it is declared");
    for (argument, name) in event.arguments.iter_mut().zip(["user_id", "userId"]) {
        (argument.name, argument.docs) = (name.to_owned(), format!("The argument {name}."));
    }
    let text = catalogue.typescript().expect("each name is one type");
    for part in ["@param userId - The argument user_id.", "@param userId_ - The argument userId."] {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
}

/// Two types of one name, which differ.
mod twice {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use socketio_runtime::{namespace, server_to_client};
    use ts_rs::TS;

    #[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
    pub(crate) struct Point {
        x: f64,
    }

    pub(crate) mod other {
        use super::{Deserialize, JsonSchema, Serialize, TS};

        #[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
        pub(crate) struct Point {
            y: f64,
        }
    }

    #[server_to_client(export)]
    pub(crate) trait Told {
        fn points(one: Point, other: other::Point);
    }

    #[namespace("/twice", listens = Told, export)]
    #[derive(Debug)]
    pub(crate) struct Twice;
}

fn node(bench: &Workbench, files: &[String]) -> String {
    bench.tsc(&["node"], &["es2022"], files)
}
