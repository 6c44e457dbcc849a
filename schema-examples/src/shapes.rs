//! Events of every shape that a schema can have, so that the examples in their documentation are
//! compiled, whatever the types.

use std::{collections::HashMap, path::Path};

use serde::{Deserialize, Serialize};
use socketio_runtime::{Bytes, client_to_server, server_to_client};

/// An error of the server's own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Problem {
    /// For programs.
    pub code: u32,
}

/// Events that are received.
#[server_to_client(
    doctest = "use schema_examples::shapes::*; use {socketio_runtime::Bytes, std::collections::HashMap};"
)]
pub trait Told {
    /// Borrowed types.
    fn borrowed(text: &str, problem: &Problem, list: &[&str], pair: (&str, u8));

    /// Optional ones, and any number.
    fn open(first: Option<u8>, second: Option<&str>, #[event(rest)] others: &[Problem]);

    /// Types of types.
    fn nested(map: HashMap<String, Vec<Problem>>, file: Bytes);

    /// Several values as the answer.
    #[event("several|values", timeout = "5m")]
    fn several(nonce: u64) -> (u8, String);

    /// An error as the answer.
    #[event(ack = error_first)]
    fn fallible(answer: bool, r#type: Option<u64>) -> Result<Vec<Problem>, Problem>;

    /// An answer without a value.
    fn confirmed(socket: u8) -> ();
}

/// Events that are emitted.
#[client_to_server(doctest = "use schema_examples::shapes::*;")]
pub trait Asked {
    /// Values that can be written, and some that cannot.
    #[event(
        retries = 3,
        idempotency_key,
        time_to_live = "30s",
        example = [{"code": 1}, -2, 3, true, "x", null, "y"],
        ack_example = [17]
    )]
    fn written(
        problem: &Problem,
        whole: i64,
        part: f64,
        flag: bool,
        text: String,
        first: Option<u8>,
        second: Option<&str>,
    ) -> u64;

    /// The same without an example.
    fn made_up(
        problem: &Problem,
        whole: i64,
        text: &str,
        list: &[u32],
        path: &Path,
        map: &HashMap<String, u8>,
        file: Bytes,
        maybe: Option<&str>,
    );

    /// Any number of values.
    #[event(offline = drop, example = [1, "a", "b"])]
    fn rest(level: u8, #[event(rest)] values: &[&str]);

    /// Any number of values, owned.
    #[event(example = ["a"])]
    fn owned_rest(#[event(rest)] values: Vec<String>);

    /// An error as the answer.
    #[event(ack = error_first, example = [1, 0], ack_example = [{"code": 7}])]
    fn fallible(dividend: i64, divisor: i64) -> Result<i64, Problem>;

    /// An answer without a value.
    fn confirmed(socket: u32, any: &Problem) -> ();

    /// Types without a name: the example is not compiled.
    fn unnamed<T: Serialize>(value: &T, other: impl Serialize);
}
