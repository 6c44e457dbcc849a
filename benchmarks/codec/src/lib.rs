//! Fixed inputs, and two ways to write and to read them: this project's codec, and the limit,
//! which is typed `serde_json` in one pass over a text whose form is known beforehand.

mod inputs;
mod limit;
#[rustfmt::skip]
mod many_events;
mod operations;
mod ours;
mod schema;
#[cfg(test)]
mod tests;

pub use self::{
    inputs::{FileMetadata, Message, file, history, message},
    operations::{OPERATIONS, Operation, limit_operation, our_operation},
};

/// What the packets are sent in.
const NAMESPACE: &str = "/chat";
/// The ack id of the events.
const ACK: u64 = 12;
