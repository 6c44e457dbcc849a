//! The data of an OPEN packet.

use std::time::Duration;

use serde_json::Value;
use socketio_runtime::{Transport, unstable::wire};

use super::assert_short;
use crate::bounded::in_proportion;

/// A handshake is taken if a heartbeat can be kept with it, and means what another JSON parser
/// finds in it.
pub fn handshake(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let decoded = in_proportion(data.len(), || wire::decode_handshake(text));
    match (decoded, expected(text)) {
        (Ok(decoded), Some(expected)) => assert_eq!(decoded, expected),
        (Ok(decoded), None) => panic!("not a handshake: {decoded:?}"),
        (Err(error), expected) => {
            assert_short(&error);
            // What the other parser keeps one of, ours reads both of.
            assert!(expected.is_none() || has_doubled_keys(text), "refused: {error}");
        }
    }
}

fn expected(text: &str) -> Option<wire::OpenPacket> {
    let Value::Object(object) = serde_json::from_str(text).ok()? else { return None };
    let millis = |key| {
        let millis = object.get(key)?.as_f64()?;
        let millis = Some(millis).filter(|millis| (1.0..=2_147_483_647.0).contains(millis))?;
        Some(Duration::from_secs_f64(millis / 1000.0))
    };
    let upgrades = match object.get("upgrades") {
        None => Vec::new(),
        Some(Value::Array(names)) => names.iter().map(Value::as_str).collect::<Option<_>>()?,
        Some(_) => return None,
    };
    let transport = |name| match name {
        "polling" => Some(Transport::Polling),
        "websocket" => Some(Transport::WebSocket),
        _ => None,
    };
    let max_payload = match object.get("maxPayload") {
        None | Some(Value::Null) => 0.0,
        Some(limit) => limit.as_f64().filter(|limit| *limit >= 0.0)?,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    let max_payload = Some(max_payload as usize).filter(|limit| *limit > 0);
    Some(wire::OpenPacket {
        sid: object.get("sid")?.as_str().filter(|sid| !sid.is_empty())?.to_owned(),
        upgrades: upgrades.into_iter().filter_map(transport).collect(),
        ping_interval: millis("pingInterval")?,
        ping_timeout: millis("pingTimeout")?,
        max_payload,
    })
}

fn has_doubled_keys(text: &str) -> bool {
    ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]
        .iter()
        .any(|key| text.matches(key).count() > 1 || text.contains('\\'))
}
