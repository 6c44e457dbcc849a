//! A service with everything that a schema can say, and much that a page could trip over.
//!
//! Must not know: what the pages look like.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use socketio_runtime::{
    Bytes,
    catalogue::{Catalogue, model::Event},
    client_to_server, namespace, server_to_client,
};
#[cfg(feature = "typescript")]
use ts_rs::TS;

/// What is sent to be let in.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "typescript", derive(TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Credentials {
    /// From the sign-in page; good for *one hour*.
    pub token: String,
    /// Which of the user's devices this is.
    pub device_name: Option<String>,
}

/// Why a client was not let in.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "typescript", derive(TS))]
pub(crate) struct Refusal {
    /// For programs.
    pub code: RefusalCode,
    /// When to try again, in seconds.
    #[serde(default)]
    pub retry_after: u32,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "typescript", derive(TS))]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefusalCode {
    TokenExpired,
    TooManyConnections,
}

/// An order, as [`Shop::OrderPlace`] takes it and [`ShopEvents::order_changed`] tells of it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "typescript", derive(TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    /// Given by the shop; see [`Order`].
    pub id: String,
    /// What is ordered.
    pub items: Vec<Item>,
    /// Prices by currency | ISO 4217.
    pub prices: BTreeMap<String, f64>,
    /// How it is paid.
    pub payment: Payment,
    /// Width and height of the parcel.
    pub size: (u16, u16),
    /// `true` if it is a present.
    #[serde(default)]
    pub is_present: bool,
}

/// An item, perhaps made of others.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "typescript", derive(TS))]
pub(crate) struct Item {
    /// Article number.
    pub article: u32,
    /// What it is made of, to any depth.
    pub parts: Vec<Item>,
    /// A note of at most 200 characters.
    #[schemars(length(max = 200))]
    pub note: Option<String>,
}

/// How something is paid.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "typescript", derive(TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Payment {
    /// By card.
    Card {
        /// The last four digits.
        digits: String,
        /// Month and year.
        expires: (u8, u16),
    },
    /// On account.
    Account { iban: String },
    /// In the shop.
    Cash,
}

/// A shape, tagged from outside.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "typescript", derive(TS))]
pub(crate) enum Mark {
    /// A spot.
    Point {
        x: f64,
        y: f64,
    },
    Text(String),
    Nothing,
}

/// What can go wrong.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "typescript", derive(TS))]
pub(crate) enum OrderError {
    /// Nothing is left of it.
    SoldOut,
    /// The card was not accepted.
    Payment,
}

/// What the shop tells.
///
/// # Order of events
///
/// They come as they happen. See [`Self::order_changed`] and the [guide](https://example.com/guide).
#[server_to_client(export, retired("order:shipped", "stock|old"))]
pub(crate) trait ShopEvents {
    /// An order changed.
    #[event("order:changed")]
    fn order_changed(order: Order);

    /// Bytes of a picture, with marks on it.
    ///
    /// ```
    /// # let hidden = 1;
    /// let shown = 2; // <b>not bold</b>
    /// ```
    #[event("picture")]
    fn picture(
        /// The picture, as PNG.
        content: Bytes,
        marks: Vec<Mark>,
        thumbnail: Option<Bytes>,
    );

    /// Asks which of the wares are wanted.
    #[event("wares:choose")]
    fn wares_choose(#[event(rest)] wares: Vec<u32>) -> (u32, Option<String>);

    /// רשימת מוצרים — 商品リスト, as a name that is neither ASCII nor left to right.
    #[event("מוצרים:商品")]
    fn wares(names: Vec<String>);

    /// An event of the same name goes the other way.
    #[event("note")]
    fn note(text: String);
}

/// What is asked of the shop.
#[client_to_server(export, rename_all = "kebab-case")]
pub(crate) trait Shop {
    /// Places an order.
    ///
    /// ## Twice
    ///
    /// An order that is sent twice is placed once, by its key. [`OrderError`] says what went
    /// wrong, [`std::time::Duration`] and [`Nowhere::at_all`] are not on this page, and
    /// [this](javascript:alert(1)) is no link. <script>alert("docs")</script>
    ///
    /// | a | table |
    /// | :- | ----: |
    /// | of | its own |
    ///
    /// 1. first
    /// 2. second
    #[event(
        "order:place",
        timeout = "90s",
        retries = 3,
        idempotency_key,
        offline = buffer,
        time_to_live = "10m",
        ack = error_first
    )]
    fn order_place(
        /// What is wanted. Its `id` | is ignored.
        ///
        /// A second paragraph.
        order: &Order,
        /// For the parcel.
        note: Option<&str>,
    ) -> Result<String, OrderError>;

    #[deprecated = "use `order:place` with a [`Payment`] of kind `cash`"]
    #[event("order:reserve", offline = reject)]
    fn order_reserve(article: u32) -> ();

    /// The pointer moved.
    #[event(volatile)]
    fn pointer_moved_with_a_name_that_is_much_longer_than_any_name_ought_to_be_anywhere(
        x: f64,
        y: f64,
    );

    /// Tells anything, as often as one likes.
    fn log(level: u8, #[event(rest)] values: &[Value]);

    /// An event of the same name comes back.
    fn note(text: &str);

    fn ping();
}

/// The shop.
///
/// # How to begin
///
/// Get a token, connect, and listen to [`ShopEvents::order_changed`].
#[namespace("/shop", listens = ShopEvents, emits = Shop, auth = Credentials, refusal = Refusal, export)]
pub(crate) struct ShopNamespace;

/// Names that no one should give.
#[client_to_server(export)]
pub(crate) trait Hostile {
    /// <script>alert("docs")</script> </style><style>*{display:none}</style>
    /// <img src=x onerror=alert(1)> ![picture](https://evil.example/x.png)
    /// [link](javascript:alert(1)) [data](data:text/html,x) [quote](https://example.com/"onclick="alert(1))
    #[event("<script>alert(\"name\")</script>")]
    fn script(
        /// `</td></tr></table>` | "quoted" & <b>bold</b>
        argument: String,
    );

    /// # A heading
    ///
    /// A setext one
    /// =============
    ///
    /// ```text
    /// never closed
    #[event("back`tick|pipe \"quote\" 'single' [link](x) *star* <!-- ")]
    fn backtick();

    /// <!-- never closed
    #[event("new\nline\ttab")]
    fn newline();

    /// </article></main><h1>out</h1>
    #[event("__proto__")]
    fn proto() -> String;
}

/// </script><script>alert("namespace")</script>
#[namespace("/", emits = Hostile, export)]
pub(crate) struct HostileNamespace;

pub(crate) fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::builder("Shop & <Sons> \"*Ltd*\"", "2.0.0-rc.1")
        .description(
            "Everything that the shop's apps need.\n\n# Terms\n\nBe kind.\n\n```js\nio(\"/shop\")\n```",
        )
        .server("production", "https://shop.example.com")
        .contact("The shop's \"team\"", "team@shop.example.com")
        .license("MIT", "javascript:alert(1)")
        .namespace::<ShopNamespace>()
        .namespace::<HostileNamespace>()
        .build();
    for namespace in &mut catalogue.namespaces {
        let directions = namespace.listens.iter_mut().chain(&mut namespace.emits);
        directions.flat_map(|events| &mut events.events).for_each(give_example);
    }
    catalogue
}

/// Text.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "typescript", derive(TS))]
pub(crate) struct Text {
    text: String,
}

#[client_to_server(export)]
pub(crate) trait Small {
    fn first(text: &Text);
    fn second();
}

#[namespace("/", emits = Small, export)]
pub(crate) struct SmallNamespace;

/// A service whose docs can be filled in.
pub(crate) fn small() -> Catalogue {
    Catalogue::builder("Small", "1").namespace::<SmallNamespace>().build()
}

fn give_example(event: &mut Event) {
    let item = json!({ "article": 7, "parts": [{ "article": 8, "parts": [], "note": null }], "note": "red" });
    let order = json!({
        "id": "o-1",
        "items": [item],
        "prices": { "EUR": 9.5 },
        "payment": { "kind": "card", "digits": "4242", "expires": [12, 2030] },
        "size": [30, 20],
        "isPresent": false,
    });
    let (example, answer) = match &*event.ident {
        "order_changed" => (json!([order]), None),
        "order_place" => (json!([order, "ring twice"]), Some(json!([null, "o-1"]))),
        "picture" => {
            let bytes = |number| json!({ "_placeholder": true, "num": number });
            (json!([bytes(0), ["Nothing"], bytes(1)]), None)
        }
        "wares_choose" => (json!([1, 2, 3]), Some(json!([2, "the blue one"]))),
        "script" => (json!(["</script><script>alert(1)</script>"]), None),
        "proto" => (json!([]), Some(json!(["```"]))),
        _ => return,
    };
    event.example = Some(example);
    event.ack_example = answer;
}
