//! Examples as packets.
//!
//! Must not know: how packets are written for real; that is the codec's business.

use serde_json::Value;

use super::{Entry, json};
use crate::catalogue::values::example;

/// An example of an event or of its answer.
pub(crate) struct Example {
    /// The array of the packet, in JSON for people.
    pub(crate) json: String,
    /// The packet as it stands in a WebSocket frame, without its attachments.
    pub(crate) frame: String,
    /// How many binary frames follow.
    pub(crate) attachments: usize,
}

impl Example {
    /// The event's example, if it has one.
    pub(crate) fn event(entry: &Entry<'_>) -> Option<Self> {
        let arguments = example(entry.event)?;
        let mut values = vec![Value::from(&*entry.event.name)];
        values.extend(arguments);
        let ack = entry.event.ack.as_ref().map(|_| ACK_ID);
        Some(Self::of(entry.path, ["2", "5"], ack, &Value::Array(values)))
    }

    /// The example of the answer, if there is one.
    pub(crate) fn answer(entry: &Entry<'_>) -> Option<Self> {
        let values = entry.event.ack_example.as_ref().filter(|values| values.is_array())?;
        Some(Self::of(entry.path, ["3", "6"], Some(ACK_ID), values))
    }

    /// See `socket.io-protocol`, "Packet encoding".
    fn of(path: &str, [text, binary]: [&str; 2], ack: Option<u32>, values: &Value) -> Self {
        let attachments = attachments(values);
        let kind = match attachments {
            0 => text.to_owned(),
            count => format!("{binary}{count}-"),
        };
        let namespace = if path == "/" { String::new() } else { format!("{path},") };
        let ack = ack.map(|id| id.to_string()).unwrap_or_default();
        Self {
            json: json::pretty(values),
            frame: format!("4{kind}{namespace}{ack}{values}"),
            attachments,
        }
    }
}

fn attachments(value: &Value) -> usize {
    match value {
        Value::Object(object) if object.get("_placeholder") == Some(&Value::Bool(true)) => 1,
        Value::Object(object) => object.values().map(attachments).sum(),
        Value::Array(values) => values.iter().map(attachments).sum(),
        _ => 0,
    }
}

/// Any number would do.
const ACK_ID: u32 = 12;
