//! The contract as it was. What changes is named for its rule.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use socketio_runtime::{
    Bytes, catalogue::Catalogue, client_to_server, namespace, server_to_client,
};
use ts_rs::TS;

/// A type without a name in the catalogue, so that each direction has its own.
macro_rules! inline {
    ($($item:item)*) => {
        $(
            #[derive(Serialize, Deserialize, JsonSchema, TS)]
            #[schemars(inline)]
            $item
        )*
    };
}

/// The same events in both directions.
macro_rules! both_directions {
    ($($events:tt)*) => {
        /// What the server sends.
        #[server_to_client(export, retired("name:dropped", "name:reused"))]
        pub(super) trait ToClient {
            $($events)*
            #[event("crossed:up")]
            fn crossed_up();
        }

        /// What clients send.
        #[client_to_server(export, retired("name:dropped", "name:reused"))]
        pub(super) trait ToServer {
            $($events)*
            #[event("crossed:down")]
            fn crossed_down();
        }
    };
}

both_directions! {
    fn event_removed();
    fn event_retired();
    #[event("renamed:before")]
    fn renamed();
    #[event("ident")]
    fn ident_before();
    /// Before.
    fn docs();
    fn deprecation();
    fn example(value: u8);

    fn argument_appended(one: u8);
    fn optional_appended(one: u8);
    fn argument_inserted(two: u8);
    fn argument_removed(one: u8, two: u8);
    fn optional_removed(one: u8, two: Option<u8>);
    fn arguments_reordered(one: u8, two: u8);
    fn argument_renamed(before: u8);
    fn became_optional(one: u8);
    fn became_required(one: Option<u8>);
    fn rest_changed(one: u8);
    fn callback_moved(one: u8) -> u8;

    fn ack_added();
    fn ack_removed() -> u8;
    fn convention_changed() -> u8;
    fn value_added() -> ();
    fn value_removed() -> (u8, u8);
    fn value_widened() -> u8;
    #[event(ack = error_first)]
    fn error_widened() -> Result<u8, u8>;

    fn volatile();
    #[event(timeout = "1s")]
    fn timeout() -> u8;
    fn offline();
    fn time_to_live();
    fn retries() -> ();
    fn key_added() -> ();
    #[event(idempotency_key)]
    fn key_removed() -> ();
    #[event(idempotency_key)]
    fn key_moved(one: u8) -> ();

    fn type_widened(value: u8);
    fn type_narrowed(value: Option<u16>, end: ());
    fn type_changed(value: u8);
    fn type_unclassified(value: Unclassified);
    fn type_equivalent(value: f32);
    fn type_renamed(value: Before);
    fn rust_type_changed(value: u32);
    fn binary_changed(value: Bytes);
    fn limits(value: Limits);
    fn fields(value: Fields);
    fn closed(value: Closed);
    fn denied(value: Denied);
    fn allowed(value: Allowed);
    fn variants(value: Variants);
}

inline! {
    #[schemars(extend("not" = { "const": "one" }))]
    pub(super) struct Unclassified(String);

    pub(super) struct Limits {
        #[schemars(range(min = 1, max = 5))]
        pub(super) widened: u32,
        #[schemars(range(min = 1, max = 5))]
        pub(super) narrowed: u32,
        #[schemars(range(min = 1, max = 5))]
        pub(super) changed: u32,
    }

    pub(super) struct Fields {
        pub(super) removed: u8,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(super) optional_removed: Option<u8>,
        pub(super) became_optional: u8,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        pub(super) became_required: BTreeMap<String, u8>,
        #[schemars(extend("default" = 1))]
        pub(super) default: u8,
    }

    #[serde(deny_unknown_fields)]
    pub(super) struct Closed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(super) removed: Option<u8>,
    }

    pub(super) struct Denied {
        pub(super) same: u8,
    }

    #[serde(deny_unknown_fields)]
    pub(super) struct Allowed {
        pub(super) same: u8,
    }

    pub(super) enum Variants {
        Same,
        Removed,
    }
}

#[derive(Serialize, Deserialize, JsonSchema, TS)]
pub(super) struct Before {
    pub(super) same: u8,
}

/// Sent both ways, by many events.
#[derive(Serialize, Deserialize, JsonSchema, TS)]
pub(super) struct User {
    pub(super) name: String,
    pub(super) friends: Vec<User>,
}

#[derive(Serialize, Deserialize, JsonSchema, TS)]
pub(super) struct Token {
    pub(super) token: String,
}

#[namespace("/chat", listens = ToClient, emits = ToServer, auth = Token, refusal = Token, export)]
pub(super) struct Chat;

#[server_to_client(export)]
pub(super) trait UsersToClient {
    fn joined(user: User);
    fn left(user: User);
}

#[client_to_server(export)]
pub(super) trait UsersToServer {
    fn invite(user: Option<User>, end: ());
}

#[namespace("/ident", listens = UsersToClient, emits = UsersToServer, export)]
pub(super) struct IdentBefore;

#[namespace("/payloads:declared", export)]
pub(super) struct Declared;

#[namespace("/payloads:undeclared", auth = Token, refusal = Token, export)]
pub(super) struct Undeclared;

#[namespace("/path:before", export)]
pub(super) struct Moved;

#[namespace("/removed", export)]
pub(super) struct Removed;

pub(super) fn catalogue() -> Catalogue {
    Catalogue::builder("Before", "1")
        .description("Before.")
        .namespace::<Chat>()
        .namespace::<IdentBefore>()
        .namespace::<Declared>()
        .namespace::<Undeclared>()
        .namespace::<Moved>()
        .namespace::<Removed>()
        .build()
}
