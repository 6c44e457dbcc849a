//! Examples of events: the generated tests, which run here as they do in a user's crate, and what
//! they say of an example that is wrong.

#![expect(unexpected_cfgs, reason = "`missing` is never there")]

use std::panic;

use serde::{Deserialize, Serialize};
use socketio_runtime::{
    Bytes, client_to_server,
    schema::{EventDescriptor, Schema},
    server_to_client,
};

#[derive(Serialize, Deserialize)]
struct User {
    id: u32,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
}

/// What only a test reads.
#[derive(Serialize)]
#[cfg_attr(test, derive(Deserialize))]
struct Upload {
    parts: Vec<Bytes>,
}

/// Values of every kind; the generated tests are the assertions.
#[server_to_client]
trait Told {
    #[event("user:joined", example = [{"id": 1, "name": "Ada"}])]
    fn user_joined(user: User);
    #[event(example = [[1, -2, 0.5, 1e3, null, "text", {"a": {"b": []}}]])]
    fn value(value: serde_json::Value);
    #[event(example = [])]
    fn nothing();
    #[event(example = ["first"])]
    fn left_out(first: String, second: Option<u8>, third: Option<&str>);
    #[event(example = ["first", null, "third"])]
    fn in_between(first: String, second: Option<u8>, third: Option<&str>);
    #[event(example = [1, "two", "three"])]
    fn rest(first: u8, #[event(rest)] others: &[&str]);
    #[event(example = [1])]
    fn no_rest(first: u8, #[event(rest)] others: Vec<String>);
    #[event(example = [{"_placeholder": true, "num": 0}, [{"_placeholder": true, "num": 1}]])]
    fn files(first: Bytes, others: Vec<Bytes>);
    #[event(example = [], ack_example = [{"_placeholder": true, "num": 0}])]
    fn portrait() -> Bytes;
    #[event(ack_example = [1, {"id": 1, "name": "Ada", "score": 3}])]
    fn several() -> (u8, User);
    #[event(ack_example = [])]
    fn confirmed() -> ();
    #[event(ack = error_first, ack_example = [null, 1])]
    fn good() -> Result<u8, String>;
    #[event(ack = error_first, ack_example = ["no"])]
    fn refused() -> Result<u8, String>;
    #[expect(non_snake_case, reason = "as in JavaScript")]
    #[event(example = [1])]
    fn oddName(r#type: u8);
    #[cfg(missing)]
    #[event(example = [1])]
    fn removed(argument: Missing);
    #[cfg(missing)]
    #[event(example = [1])]
    fn chosen(argument: Missing);
    #[cfg(not(missing))]
    #[event(example = [2])]
    fn chosen(argument: u8);
}

#[client_to_server]
trait Asked {
    #[event(example = ["a", [1, 2], ["b", "c"], [["d"]]])]
    fn borrowed(text: &str, numbers: &[u32; 2], texts: &[&str], nested: Vec<&[&str]>);
    #[event(example = [{"parts": [{"_placeholder": true, "num": 0}]}])]
    fn upload(upload: &Upload);
    #[event("order:place", retries = 1, idempotency_key, example = ["tea"])]
    fn order_place(article: &str) -> ();
}

/// Nothing in scope, and another attribute that is called `test`.
mod hygiene {
    #![no_implicit_prelude]
    #![allow(unused_imports, clippy::allow_attributes, reason = "it is what must not be used")]

    use ::tokio::test;

    #[::socketio_runtime::server_to_client]
    trait Told {
        #[event(example = ["a", [1]], ack_example = [true])]
        fn said(text: &str, numbers: &[u32]) -> bool;
    }
}

fn event<S: Schema>(name: &str) -> &'static EventDescriptor {
    let found = S::DESCRIPTOR.events.iter().find(|event| event.ident == name);
    found.expect("the schema declares it")
}

#[test]
fn examples_are_known_as_compact_json() {
    assert_eq!(event::<Told>("user_joined").example, Some(r#"[{"id":1,"name":"Ada"}]"#));
    assert_eq!(event::<Told>("nothing").example, Some("[]"));
    assert_eq!(event::<Told>("refused").example, None);
    assert_eq!(event::<Told>("refused").ack_example, Some(r#"["no"]"#));
    assert_eq!(
        event::<Asked>("upload").example,
        Some(r#"[{"parts":[{"_placeholder":true,"num":0}]}]"#)
    );
}

#[test]
fn arguments_have_their_documentation() {
    #[client_to_server]
    trait Documented {
        fn said(
            /// What is said.
            ///
            /// At most a page.
            text: &str,
            volume: u8,
        );
    }

    let arguments = event::<Documented>("said").arguments;
    assert_eq!(arguments[0].docs, "What is said.\n\nAt most a page.");
    assert_eq!(arguments[1].docs, "");
}

/// Generated tests inside a function run only when they are called.
#[test]
#[expect(unnameable_test_items, reason = "they are to fail")]
fn wrong_examples_fail_their_tests_and_say_where() {
    #[server_to_client]
    trait Wrong {
        #[event("user:joined", example = [7, {"id": 1, "name": "Ada", "admin": true}])]
        fn unknown_field(room: u8, user: User);
        #[event(example = [7, {"id": 1}])]
        fn missing_field(room: u8, user: User);
        #[event(example = [{"id": 1, "name": "Ada", "score": 2.5}], ack_example = [["no number"]])]
        fn wrong_answer(user: User) -> Vec<u32>;
        #[event(example = ["a", null])]
        fn needless(first: String, second: Option<String>);
        #[event(example = [{"_placeholder": true, "num": 1}])]
        fn not_the_first(file: Bytes);
        #[event(ack_example = [1, [2, 3]])]
        fn longer() -> (u8, (u8, u8, Option<u8>));
    }

    let says = |test: fn(), words: &[&str]| {
        let message = failure(test);
        for words in words {
            assert!(message.contains(words), "{words:?} in {message}");
        }
    };
    let line = event::<Wrong>("unknown_field").line;
    assert_eq!(
        failure(wrong_example_of_unknown_field),
        format!(
            "event `user:joined` of `Wrong` ({}:{line})\n\n\
             `example` is not what the event's types write\n  \
             it is: [7,{{\"id\":1,\"name\":\"Ada\",\"admin\":true}}]\n  \
             they write: [7,{{\"id\":1,\"name\":\"Ada\"}}]\n  \
             first difference: argument `user` at `admin`\n",
            file!()
        )
    );
    says(wrong_example_of_missing_field, &["error: argument `user`: missing field `name`"]);
    says(
        wrong_example_of_wrong_answer,
        &["`ack_example` does not fit", "error: value 0 at `[0]`: invalid type"],
    );
    says(wrong_example_of_needless, &[r#"they write: ["a"]"#, "argument `second`"]);
    says(wrong_example_of_not_the_first, &["argument `file`"]);
    says(wrong_example_of_longer, &["error: value 1: invalid length 2"]);
}

/// The message of a generated test.
fn failure(test: fn()) -> String {
    let panic = panic::catch_unwind(test).expect_err("the example is wrong");
    *panic.downcast::<String>().expect("a message")
}
