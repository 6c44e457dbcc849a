//! The data of the Engine.IO OPEN packet.
//!
//! Must not know: what the times are used for.

use std::{fmt, time::Duration};

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::Transport;
use crate::error::excerpt;

/// What the server says when a session opens (Engine.IO protocol 4.1, "Handshake").
#[derive(Clone, PartialEq)]
pub(crate) struct Handshake {
    /// Whoever knows it can take the session over.
    pub(crate) sid: String,
    /// The transports that the session may change to.
    pub(crate) upgrades: Vec<Transport>,
    pub(crate) ping_interval: Duration,
    pub(crate) ping_timeout: Duration,
    /// In bytes; servers before Socket.IO 4.5 do not say, and those without a limit say 0 or
    /// `null`, which is how `Infinity` looks in JSON.
    pub(crate) max_payload: Option<usize>,
}

impl Handshake {
    /// Reads and checks the data. The reference client checks nothing, and a missing interval
    /// makes it disconnect and reconnect at once, for ever.
    pub(crate) fn decode(data: &str) -> Result<Self, String> {
        let handshake: Self =
            serde_json::from_str(data).map_err(|error| excerpt(&error.to_string()))?;
        if handshake.sid.is_empty() {
            return Err("`sid` is empty".to_owned());
        }
        Ok(handshake)
    }
}

impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake")
            .field("upgrades", &self.upgrades)
            .field("ping_interval", &self.ping_interval)
            .field("ping_timeout", &self.ping_timeout)
            .field("max_payload", &self.max_payload)
            .finish_non_exhaustive()
    }
}

impl<'de> Deserialize<'de> for Handshake {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HandshakeVisitor)
    }
}

struct HandshakeVisitor;

impl<'de> Visitor<'de> for HandshakeVisitor {
    type Value = Handshake;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an Engine.IO handshake object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Handshake, A::Error> {
        let (mut sid, mut ping_interval, mut ping_timeout) = (None, None, None);
        let (mut max_payload, mut upgrades) = (None, Vec::new());
        while let Some(key) = map.next_key::<String>()? {
            match &*key {
                "upgrades" => upgrades = map.next_value::<Upgrades>()?.0,
                "sid" => sid = Some(map.next_value()?),
                "pingInterval" => ping_interval = Some(map.next_value::<Millis>()?.0),
                "pingTimeout" => ping_timeout = Some(map.next_value::<Millis>()?.0),
                "maxPayload" => max_payload = map.next_value::<Limit>()?.0,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Handshake {
            sid: sid.ok_or_else(|| de::Error::missing_field("sid"))?,
            ping_interval: ping_interval.ok_or_else(|| de::Error::missing_field("pingInterval"))?,
            ping_timeout: ping_timeout.ok_or_else(|| de::Error::missing_field("pingTimeout"))?,
            upgrades,
            max_payload,
        })
    }
}

/// Each transport once, however long the list is. Further ones, such as WebTransport, are none of
/// this client's.
struct Upgrades(Vec<Transport>);

impl<'de> Deserialize<'de> for Upgrades {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(UpgradesVisitor)
    }
}

struct UpgradesVisitor;

impl<'de> Visitor<'de> for UpgradesVisitor {
    type Value = Upgrades;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of transports")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Upgrades, A::Error> {
        let mut upgrades = Vec::new();
        while let Some(name) = list.next_element::<String>()? {
            upgrades.extend(Transport::from_name(&name).filter(|name| !upgrades.contains(name)));
        }
        Ok(Upgrades(upgrades))
    }
}

/// A time that a heartbeat can keep: neither nothing nor for ever.
struct Millis(Duration);

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let millis = f64::deserialize(deserializer)?;
        if (1.0..=MAX_MILLIS).contains(&millis) {
            Ok(Self(Duration::from_secs_f64(millis / 1000.0)))
        } else {
            Err(de::Error::custom(format_args!("{millis} is not a sensible time in milliseconds")))
        }
    }
}

/// A number of bytes; `None` for no limit, which is what the reference client takes 0 for
/// (`engine.io-client/lib/socket.ts`, `_getWritablePackets`).
struct Limit(Option<usize>);

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Some(bytes) = Option::<f64>::deserialize(deserializer)? else { return Ok(Self(None)) };
        if bytes < 0.0 {
            return Err(de::Error::custom(format_args!("{bytes} is not a number of bytes")));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a fraction is no byte, and the cast saturates"
        )]
        let bytes = bytes as usize;
        Ok(Self((bytes > 0).then_some(bytes)))
    }
}

/// The longest timer that JavaScript has, 24.8 days: servers that want no heartbeat say so.
const MAX_MILLIS: f64 = 2_147_483_647.0;
