//! The contract as it is.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use socketio_runtime::{catalogue::Catalogue, client_to_server, namespace, server_to_client};
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
        #[server_to_client(export, retired("event_retired", "name:added"))]
        pub(super) trait ToClient {
            $($events)*
            #[event("crossed:down")]
            fn crossed_down();
        }

        /// What clients send.
        #[client_to_server(export, retired("event_retired", "name:added"))]
        pub(super) trait ToServer {
            $($events)*
            #[event("crossed:up")]
            fn crossed_up();
        }
    };
}

both_directions! {
    fn event_added();
    fn acknowledged_event_added() -> u8;
    #[event("name:reused")]
    fn name_reused();
    #[event("renamed:after")]
    fn renamed();
    #[event("ident")]
    fn ident_after();
    /// After.
    fn docs();
    #[deprecated = "use nothing"]
    fn deprecation();
    fn example(value: u8);

    fn argument_appended(one: u8, two: u8);
    fn optional_appended(one: u8, two: Option<u8>);
    fn argument_inserted(one: u8, two: u8);
    fn argument_removed(two: u8);
    fn optional_removed(one: u8);
    fn arguments_reordered(two: u8, one: u8);
    fn argument_renamed(after: u8);
    fn became_optional(one: Option<u8>);
    fn became_required(one: u8);
    fn rest_changed(#[event(rest)] one: Vec<u8>);
    fn callback_moved(one: u8, two: Option<u8>) -> u8;

    fn ack_added() -> u8;
    fn ack_removed();
    #[event(ack = error_first)]
    fn convention_changed() -> Result<u8, u8>;
    fn value_added() -> u8;
    fn value_removed() -> u8;
    fn value_widened() -> u16;
    #[event(ack = error_first)]
    fn error_widened() -> Result<u8, u16>;

    #[event(volatile)]
    fn volatile();
    #[event(timeout = "2s")]
    fn timeout() -> u8;
    #[event(offline = drop)]
    fn offline();
    #[event(time_to_live = "5s")]
    fn time_to_live();
    #[event(retries = 3)]
    fn retries() -> ();
    #[event(idempotency_key)]
    fn key_added() -> ();
    fn key_removed() -> ();
    #[event(idempotency_key)]
    fn key_moved(one: u8, two: u8) -> ();

    fn type_widened(value: u16);
    fn type_narrowed(value: u16, end: ());
    fn type_changed(value: String);
    fn type_unclassified(value: Unclassified);
    fn type_equivalent(value: f64);
    fn type_renamed(value: After);
    fn rust_type_changed(value: Count);
    fn binary_changed(value: String);
    fn limits(value: Limits);
    fn fields(value: Fields);
    fn closed(value: Closed);
    fn denied(value: Denied);
    fn allowed(value: Allowed);
    fn variants(value: Variants);
}

inline! {
    #[schemars(extend("not" = { "const": "other" }))]
    pub(super) struct Unclassified(String);

    pub(super) struct Limits {
        #[schemars(range(min = 1, max = 6))]
        pub(super) widened: u32,
        #[schemars(range(min = 1, max = 4))]
        pub(super) narrowed: u32,
        #[schemars(range(min = 2, max = 6))]
        pub(super) changed: u32,
    }

    pub(super) struct Fields {
        pub(super) added: u8,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(super) optional_added: Option<u8>,
        #[serde(default, skip_serializing_if = "is_zero")]
        pub(super) became_optional: u8,
        pub(super) became_required: BTreeMap<String, u8>,
        #[schemars(extend("default" = 2))]
        pub(super) default: u8,
    }

    #[serde(deny_unknown_fields)]
    pub(super) struct Closed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(super) added: Option<u8>,
    }

    #[serde(deny_unknown_fields)]
    pub(super) struct Denied {
        pub(super) same: u8,
    }

    pub(super) struct Allowed {
        pub(super) same: u8,
    }

    pub(super) enum Variants {
        Same,
        Added,
    }
}

/// On the wire it is a number.
pub(super) type Count = u32;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
fn is_zero(value: &u8) -> bool {
    *value == 0
}

#[derive(Serialize, Deserialize, JsonSchema, TS)]
pub(super) struct After {
    pub(super) same: u8,
}

/// Sent both ways, by many events.
#[derive(Serialize, Deserialize, JsonSchema, TS)]
pub(super) struct User {
    pub(super) name: String,
    pub(super) friends: Vec<User>,
    /// New.
    pub(super) avatar: String,
}

#[derive(Serialize, Deserialize, JsonSchema, TS)]
pub(super) struct Token {
    pub(super) token: String,
}

#[namespace("/chat", listens = ToClient, emits = ToServer, auth = Token, refusal = Token, export)]
pub(super) struct Chat;

#[server_to_client(export)]
pub(super) trait MembersToClient {
    fn joined(user: User);
    fn left(user: User);
}

#[client_to_server(export)]
pub(super) trait MembersToServer {
    fn invite(user: Option<User>, end: ());
}

#[namespace("/ident", listens = MembersToClient, emits = MembersToServer, export)]
pub(super) struct IdentAfter;

#[namespace("/payloads:declared", auth = Token, refusal = Token, export)]
pub(super) struct Declared;

#[namespace("/payloads:undeclared", export)]
pub(super) struct Undeclared;

#[namespace("/path:after", export)]
pub(super) struct Moved;

#[namespace("/added", export)]
pub(super) struct Added;

pub(super) fn catalogue() -> Catalogue {
    Catalogue::builder("After", "2")
        .description("After.")
        .namespace::<Chat>()
        .namespace::<IdentAfter>()
        .namespace::<Declared>()
        .namespace::<Undeclared>()
        .namespace::<Moved>()
        .namespace::<Added>()
        .build()
}
