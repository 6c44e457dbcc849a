//! A schema that a `macro_rules!` macro writes, with types that it was given.
#![deny(warnings)]

use socketio_runtime::{client_to_server, namespace, schema::Schema, server_to_client};

macro_rules! schema {
    ($in:ident, $out:ident, $event:ident, $text:ty, $tail:ty, $answer:ty) => {
        #[server_to_client]
        pub trait $in {
            fn $event(text: $text, tail: $tail) -> $answer;
            fn fixed(text: $text, listener: $text);
        }

        #[client_to_server]
        pub trait $out {
            fn $event(text: $text, tail: $tail) -> $answer;
            fn fixed(text: $text, packet: $text);
        }
    };
}

schema!(In, Out, say, &str, Option<&str>, (u32, String));

#[namespace("/", listens = In, emits = Out)]
pub struct Main;

pub fn uses(on: InOn<'_>, emit: OutEmit<'_>) {
    on.say(|text, tail| {
        let _: (String, Option<String>) = (text, tail);
        (1, String::new())
    });
    on.fixed(|text, _| drop::<String>(text));
    let _ = emit.say("text", Some("tail"));
    let _ = emit.fixed("text", "other");
}

fn main() {
    assert_eq!(In::DESCRIPTOR.line, 22);
    assert_eq!(In::DESCRIPTOR.events[0].arguments[0].ty, "&str");
}
