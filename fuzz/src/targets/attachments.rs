//! Packets with attachments, put together from messages in whatever order.

use std::collections::VecDeque;

use bytes::Bytes;
use socketio_runtime::{Parser, Untyped, error::DecodeError, unstable::Reader};

use super::split_number;
use crate::bounded::in_proportion;

/// A packet is complete with the last of the attachments that it announced, has these in order,
/// and no other. The input is the limit, then messages: `t` or anything else for binary data, a
/// length, and so many bytes.
pub fn attachments(data: &[u8]) {
    if let Some((limit, messages)) = split_number::<1>(data) {
        in_proportion(data.len(), || run(limit, messages));
    }
}

fn run(limit: usize, mut rest: &[u8]) {
    let mut reader = Reader::new(Parser::Json, limit);
    // How many were announced by the packet that is under way, and those that have come.
    let mut pending: Option<(usize, VecDeque<Bytes>)> = None;
    while let [kind, length, tail @ ..] = rest {
        let (message, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = tail;
        if *kind != b't' {
            add(&mut reader, &mut pending, Bytes::copy_from_slice(message));
            continue;
        }
        let text = format!("4{}", String::from_utf8_lossy(message));
        let missing = reader.abandon();
        let expected = pending.take().map(|(count, come)| DecodeError::MissingAttachments {
            missing: count - come.len(),
            expected: count,
        });
        assert_eq!(missing, expected);
        if let Ok(None) = reader.text(&text) {
            let (count, _) = text[2..].split_once('-').expect("it has attachments");
            let count: usize = count.parse().expect("a number");
            assert!((1..=limit).contains(&count), "{count} attachments are accepted");
            pending = Some((count, VecDeque::new()));
        }
    }
}

fn add(reader: &mut Reader, pending: &mut Option<(usize, VecDeque<Bytes>)>, bytes: Bytes) {
    let added = reader.binary(bytes.clone());
    let Some((count, come)) = pending else {
        assert_eq!(added.err(), Some(DecodeError::UnexpectedBinary));
        return;
    };
    come.push_back(bytes);
    let received = added.expect("it was announced");
    assert_eq!(received.is_some(), come.len() == *count);
    let Some(received) = received else { return };
    let size = come.iter().map(Bytes::len).sum::<usize>();
    assert!(received.size() > size, "the text counts as well");
    let found: Vec<_> = match received.kind() {
        2 => received.into_event::<Untyped>().expect("an event").attachments().collect(),
        _ => received.into_answer().expect("an answer").attachments().collect(),
    };
    assert!(found.iter().map(AsRef::as_ref).eq(come.iter().map(AsRef::<[u8]>::as_ref)));
    *pending = None;
}
