//! Examples, outside of tests: they ask nothing of the types there.
#![deny(warnings, missing_docs)]
#![no_implicit_prelude]

/// Only written.
#[derive(::serde::Serialize)]
pub struct Order {
    /// The article.
    pub article: ::std::string::String,
}

/// What a shop is asked.
#[::socketio_runtime::client_to_server(doctest = "use shop::*;")]
pub trait Asked {
    /// Orders something.
    #[event("order:place", example = [{"article": "tea"}], ack_example = [7])]
    fn order_place(
        /// What to buy.
        order: &Order,
    ) -> u32;
}

macro_rules! schema {
    ($name:ident, $list:tt, $value:literal, $whole:expr) => {
        /// Written by a macro.
        #[::socketio_runtime::server_to_client]
        pub trait $name {
            /// Takes the list.
            #[event(example = $list)]
            fn list(number: u8, text: ::std::string::String);
            /// Takes the value.
            #[event(example = [$value, {"value": $value}])]
            fn value(number: i8, more: ::socketio_runtime::__private::serde_json::Value);
            /// Takes an expression.
            #[event(example = $whole)]
            fn expression(number: u8);
        }
    };
}

schema!(Told, [1, "two"], -1, [1]);

fn main() {
    use ::socketio_runtime::schema::Schema;
    use ::std::{assert_eq, iter::Iterator, option::Option::Some};

    let examples = Told::DESCRIPTOR.events.iter().map(|event| event.example);
    assert_eq!(
        examples.collect::<::std::vec::Vec<_>>(),
        [Some(r#"[1,"two"]"#), Some(r#"[-1,{"value":-1}]"#), Some("[1]")]
    );
}
