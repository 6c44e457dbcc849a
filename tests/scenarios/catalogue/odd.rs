//! A schema of everything that is unusual, to hold catalogues against.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use socketio_runtime::{
    Bytes, Untyped, catalogue::Catalogue, client_to_server, namespace, server_to_client,
};
use ts_rs::TS;

pub(super) fn catalogue() -> Catalogue {
    Catalogue::builder("Odd \"things\"", "0.1.0-beta.1")
        .description("Everything that is unusual.\n\nAnd */ more.")
        .namespace::<Odd>()
        .namespace::<admin::Admin>()
        .namespace::<admin::Twin>()
        .namespace::<Half>()
        .build()
}

#[server_to_client(export, retired("old:name"))]
pub(crate) trait Told {
    /// Says `*/` and "quotes" \ and more.
    ///
    /// A second paragraph, about [`Shape`].
    #[event("it's \"quoted\" \\ with\n everything 🎉")]
    fn odd_name(function: String, default: bool, r#type: u8, this: i64, user_id: u64);
    #[event("constructor")]
    fn constructor(callback: String) -> String;
    #[event("__proto__")]
    fn proto(point: Point, id: UserId);
    fn shape(shape: Shape, external: External, untagged: Untagged, adjacent: Adjacent);
    fn tree(tree: Tree);
    fn page(users: Page<UserId>, shapes: Page<Shape>);
    fn maps(by_name: BTreeMap<String, Shape>, by_kind: HashMap<Kind, u32>, any: Value);
    fn nothing(unit: (), empty: Empty, nested: Option<Option<u8>>, pair: (u8, String));
    fn flat(flat: Flat);
    fn album(album: Album, cover: Bytes);
    fn maybe(first: u64, second: Option<String>, third: Option<Kind>);
    fn several(first: u64, #[event(rest)] others: Vec<Shape>);
    fn maybe_several(first: Option<u64>, #[event(rest)] others: Vec<String>);
    /// An event with a long name, so that its parameters do not stand on one line.
    fn many_arguments_on_many_lines(
        first_argument: Page<Shape>,
        second_argument: Vec<Option<String>>,
        third_argument: [u8; 3],
    );
}

#[client_to_server(export)]
pub(crate) trait Asked {
    fn unit_ack() -> ();
    fn tuple_ack(id: u64) -> (u64, Option<String>, Bytes);
    #[event(ack = error_first)]
    fn divide(dividend: i64, divisor: i64) -> Result<i64, Problem>;
    #[event(ack = error_first)]
    fn done() -> Result<(), String>;
    fn optional_ack(title: &str, note: Option<&str>, due: Option<u64>) -> u64;
    fn rest_ack(title: &str, #[event(rest)] tags: &[String]) -> u64;
    fn optional_rest_ack(title: Option<&str>, #[event(rest)] tags: &[String]) -> u64;
    /// Places an order.
    #[event(
        "order:place",
        timeout = "1500ms",
        retries = 3,
        idempotency_key,
        example = ["pizza", null, true],
        ack_example = [7]
    )]
    fn place_order(item: &str, note: Option<&str>, idempotency_key: bool) -> u64;
    #[event(retries = 1, offline = buffer, time_to_live = "5s")]
    fn vote(up: bool) -> bool;
    #[deprecated(note = "use `divide`")]
    fn halve(number: f64);
    #[deprecated]
    fn old();
    fn anything(value: &impl Serialize);
    #[event(volatile)]
    fn cursor(x: f32, y: f32);
}

#[namespace("/odd", listens = Told, emits = Asked, auth = OddAuth, refusal = Problem, export)]
#[derive(Debug)]
pub(crate) struct Odd;

/// One side is not known.
#[namespace("/half", listens = Untyped, emits = admin::Commanded, export)]
#[derive(Debug)]
pub(crate) struct Half;

/// Traits of the same name as others, and one that two namespaces share.
pub(crate) mod admin {
    use super::{client_to_server, namespace, server_to_client};

    #[server_to_client(export)]
    pub(crate) trait Told {
        fn shape(name: String);
    }

    #[client_to_server(export)]
    pub(crate) trait Commanded {
        fn stop();
    }

    #[namespace("/admin", listens = Told, emits = Commanded, auth = u32, export)]
    #[derive(Debug)]
    pub(crate) struct Admin;

    #[namespace("/twin", listens = Told, emits = Commanded, export)]
    #[derive(Debug)]
    pub(crate) struct Twin;
}

/// Its alias would have the same name.
#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
pub(crate) struct OddAuth {
    #[serde(rename = "x-token")]
    pub(crate) token: String,
}

/// A shape, by its `type`.
#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Shape {
    Circle {
        /// Says `*/`, too.
        radius_length: f64,
    },
    Square {
        side_length: f64,
        label: Option<String>,
    },
    Nothing,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
pub(crate) enum External {
    Unit,
    Value(String),
    Tuple(u8, u8),
    Struct { content: Bytes },
}

#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(untagged)]
pub(crate) enum Untagged {
    Number(f64),
    Text(String),
}

#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "kind", content = "value")]
pub(crate) enum Adjacent {
    A(Kind),
    B { point: Point },
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    VeryGood,
    Bad,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
pub(crate) struct Point(f64, f64);

#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
pub(crate) struct UserId(String);

#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
pub(crate) struct Empty {}

#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
pub(crate) struct Tree {
    children: Vec<Tree>,
    names: BTreeMap<String, Shape>,
    parent: Option<Box<Tree>>,
}

/// One page of many.
#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
pub(crate) struct Page<T> {
    items: Vec<T>,
    next: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
pub(crate) struct Flat {
    id: u64,
    #[serde(flatten)]
    page: Page<u8>,
    #[serde(default)]
    with_default: u32,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
pub(crate) struct Album {
    title: String,
    pages: Vec<Bytes>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema, TS)]
pub(crate) struct Problem {
    code: u16,
}
