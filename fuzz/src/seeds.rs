//! Readable input to begin with: the test vectors of the protocol, known defects of other
//! implementations, and stories of whole connections.
//!
//! Must not know: how anything is decoded.
//!
//! They are written to `seeds` by `cargo run --no-default-features --example seeds`, since fuzzers read
//! files; a test sees to it that both say the same.

mod advisories;
mod stories;
mod vectors;

/// A file for a target to begin with.
#[derive(Debug, Clone)]
pub struct Seed {
    /// The target's name.
    pub target: &'static str,
    /// The file's.
    pub name: String,
    /// What is in it.
    pub input: Vec<u8>,
    /// What becomes of it, where there is one answer.
    pub fate: Fate,
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is taken.
    Taken,
    /// It is an error of the connection.
    Refused,
    /// It is taken, and what it carries is an error to the one who reads it.
    Unreadable,
    /// It is no single packet.
    Open,
}

/// All of them.
#[must_use]
pub fn all() -> Vec<Seed> {
    let mut seeds = vectors::seeds();
    seeds.extend(advisories::seeds());
    seeds.extend(stories::seeds());
    seeds
}

fn seed(
    target: &'static str,
    name: impl Into<String>,
    input: impl Into<Vec<u8>>,
    fate: Fate,
) -> Seed {
    Seed { target, name: name.into(), input: input.into(), fate }
}

/// A Socket.IO packet and its attachments, as the target `attachments` takes them.
fn stream(limit: u8, text: &str, attachments: &[&[u8]]) -> Vec<u8> {
    let mut input = vec![limit];
    let texts = [(b't', text.as_bytes())].into_iter();
    for (kind, message) in texts.chain(attachments.iter().map(|bytes| (b'b', *bytes))) {
        input.extend([kind, message.len().try_into().expect("a vector is short")]);
        input.extend_from_slice(message);
    }
    input
}
