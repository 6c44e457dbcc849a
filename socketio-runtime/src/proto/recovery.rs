//! What it takes to have a lost session restored: its secret id, and the offset of the last event
//! that came.
//!
//! Must not know: schemas; when a connection is lost or made.
//!
//! A server with connection state recovery gives a `pid` with its CONNECT, and appends an offset,
//! a string, to the values of each event that it keeps: those without ack that are not volatile
//! (`socket.io-adapter/lib/in-memory-adapter.ts`, `SessionAwareAdapter`). A later CONNECT with both
//! brings the session back, and the events after that offset, before the CONNECT reply. Without
//! any offset the server does not even try, so a session in which no event came is lost.
//!
//! # Which string is an offset
//!
//! An event does not say whether it has an offset, and one that is not taken off would look like an
//! argument. The reference client takes the last string of any event for one, an argument of the
//! application's or the event's own name included, and leaves it on
//! (`socket.io-client/lib/socket.ts`, `emitEvent`). Here the declared arguments decide:
//!
//! - past the most that the event has, it is an offset;
//! - within those that it must have, it is none;
//! - among optional ones, and where nothing is declared, it is an offset if it is like the one
//!   before. All known adapters begin them with the time, so that the beginnings agree and the
//!   lengths nearly do. As long as there is no certain one to compare with, nor two that are alike,
//!   it has to have the form of a known adapter's: in memory, for Redis streams, for `MongoDB`. A
//!   server may give ids and never an offset, when its adapter keeps no events.
//! - Nothing is an offset that is empty, longer than [`RECOVERY_BYTES`], or has spaces, escapes or
//!   letters beyond ASCII, nor anything in an event that is declared as volatile.
//!
//! To take text of the application's for an offset costs an optional argument and the recovery,
//! which the server then refuses; to take an offset for text costs a further argument, and events
//! that come twice. The first is the worse.
//!
//! # When it ends
//!
//! After a [`disconnect`](super::Manager::disconnect) of this side nothing is restored: the server
//! forgets such a session at once, and a later CONNECT may be by another user, to whom neither the
//! rooms nor the missed events of the former one belong. The reference client asks all the same.

use std::fmt;

use super::RECOVERY_BYTES;
use crate::codec::{EventPacket, add_members};

#[derive(Default)]
pub(super) struct Recovery {
    /// Whoever knows it can take the session over.
    pid: Option<String>,
    /// Empty before the first one.
    offset: String,
    /// Whether `offset` is one for certain, or was confirmed by one like it.
    is_known: bool,
}

/// How many arguments an event can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arity {
    pub(crate) required: usize,
    pub(crate) most: usize,
}

impl Arity {
    /// Of an event that nobody declared.
    pub(crate) const UNKNOWN: Self = Self { required: 0, most: usize::MAX };
}

impl Recovery {
    /// The server has accepted the namespace, with this id; whether it has restored the session.
    pub(super) fn resume(&mut self, pid: Option<String>) -> bool {
        let pid = pid.filter(|pid| pid.len() <= RECOVERY_BYTES);
        let is_restored = pid.is_some() && pid == self.pid;
        if !is_restored {
            *self = Self { pid, ..Self::default() };
        }
        is_restored
    }

    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Remembers the event's offset and cuts it off, if it has one.
    pub(super) fn take_offset(
        &mut self,
        packet: &mut EventPacket,
        arity: impl FnOnce(&EventPacket) -> Option<Arity>,
    ) {
        if self.pid.is_none() {
            return;
        }
        let Some(last) = packet.last_string().filter(|last| can_be_offset(last.text)) else {
            return;
        };
        let Some(Arity { required, most }) = arity(packet) else { return };
        let Some(position) = last.position(most.saturating_add(1)) else { return };
        let is_like = is_like(last.text, &self.offset);
        let is_certain = position > most;
        let is_probable = is_like || (!self.is_known && has_known_form(last.text));
        if position <= required || !(is_certain || is_probable) {
            return;
        }
        // The same one once more confirms nothing.
        self.is_known |= is_certain || (is_like && last.text != self.offset);
        self.offset.clear();
        self.offset.push_str(last.text);
        packet.cut_last_string();
    }

    /// The CONNECT payload with what the server needs, unless the user's own has the same keys.
    pub(super) fn credentials(&self, auth: Option<String>) -> Option<String> {
        let Some(pid) = &self.pid else { return auth };
        let offset = Some(&self.offset).filter(|offset| !offset.is_empty());
        let members = [("pid", Some(pid)), ("offset", offset)];
        let members = members.into_iter().filter_map(|(key, value)| Some((key, value?.as_str())));
        Some(add_members(auth.as_deref().unwrap_or("{}"), members))
    }
}

impl fmt::Debug for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recovery").field("offset", &self.offset).finish_non_exhaustive()
    }
}

fn can_be_offset(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    (1..=RECOVERY_BYTES).contains(&text.len()) && text.bytes().all(is_plain)
}

/// Whether two strings begin with about the same time and end with a counter, or none.
fn is_like(a: &str, b: &str) -> bool {
    let ([a0, a1, ..], [b0, b1, ..]) = (a.as_bytes(), b.as_bytes()) else { return false };
    // In base 64 the first digit stands for two years, the second for twelve days.
    a0 == b0 && a1.abs_diff(*b1) <= 1 && a.len().abs_diff(b.len()) <= LONGEST_COUNTER
}

/// Whether an adapter of `socket.io`'s own would write it so: milliseconds in base 64 and perhaps a
/// counter (in memory, `contrib/yeast.ts`), a Redis stream's `1687515231943-0`, a `MongoDB` object
/// id.
fn has_known_form(text: &str) -> bool {
    let is_base64 = |text: &str| {
        let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !text.is_empty() && text.bytes().all(is_digit)
    };
    let is_decimal =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (time, counter) = text.split_once('.').unwrap_or((text, "0"));
    // The years 2022 to 2048, which keeps words in small letters apart.
    let is_now = time.len() == 7 && time.starts_with(|first| ('O'..='Z').contains(&first));
    let in_memory = is_now && is_base64(time) && is_base64(counter);
    let in_stream = text
        .split_once('-')
        .is_some_and(|(time, counter)| time.len() == 13 && is_decimal(time) && is_decimal(counter));
    let is_hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    in_memory || in_stream || (text.len() == 24 && text.bytes().all(is_hexadecimal))
}

/// Events of one millisecond are told apart by this many digits at most, a separator included.
const LONGEST_COUNTER: usize = 4;
