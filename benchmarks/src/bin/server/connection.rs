//! What the server makes of a packet.
//!
//! Must not know: transports.

use crate::packets;

/// What a client has sent so far.
#[derive(Default)]
pub(crate) struct Connection {
    counted: usize,
}

pub(crate) enum Reaction {
    Nothing,
    Send(String),
    /// So many messages.
    Flood(usize),
    /// So many events with an attachment.
    Attachments(usize),
}

impl Connection {
    /// `packet` may be cut off after its arguments have begun. What makes no sense is ignored: the
    /// clients that are measured send nothing else.
    pub(crate) fn handle_text(&mut self, packet: &str) -> Reaction {
        let Some(event) = packet.strip_prefix("42") else {
            let is_connect = packet.starts_with("40");
            return if is_connect {
                Reaction::Send(packets::CONNECTED.to_owned())
            } else {
                Reaction::Nothing
            };
        };
        let Some((id, arguments)) = event.split_once('[') else { return Reaction::Nothing };
        if !id.is_empty() {
            let is_count = arguments.starts_with(r#""count""#);
            let answer = if is_count { self.counted.to_string() } else { "true".to_owned() };
            return Reaction::Send(format!("43{id}[{answer}]"));
        }
        if let Some(count) = number(arguments, r#""flood","#) {
            return Reaction::Flood(count);
        }
        if let Some(count) = number(arguments, r#""attachments","#) {
            return Reaction::Attachments(count);
        }
        self.counted += 1;
        Reaction::Nothing
    }

    pub(crate) fn handle_binary(&mut self) {
        self.counted += 1;
    }
}

fn number(arguments: &str, name: &str) -> Option<usize> {
    arguments.strip_prefix(name)?.trim_end_matches(']').parse().ok()
}
