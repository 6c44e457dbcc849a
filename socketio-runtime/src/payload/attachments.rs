//! The attachments of the packet that this thread is writing or reading right now.
//!
//! Must not know: JSON, events.

use std::cell::{Cell, RefCell};

use bytes::Bytes;

#[cfg(feature = "msgpack")]
use crate::limits;

/// Appends to `attachments` whatever [`push`] is given while `write` runs.
#[inline]
pub(super) fn collect<R>(attachments: &mut Vec<Bytes>, write: impl FnOnce() -> R) -> R {
    let _scope = Scope::enter(Mode::Writing, std::mem::take(attachments));
    let result = write();
    *attachments = LIST.take();
    result
}

/// Lets [`get`] find `attachments` while `read` runs.
#[inline]
pub(super) fn provide<R>(attachments: &[Bytes], read: impl FnOnce() -> R) -> R {
    // Most packets have no attachment, and an empty list is cloned without an allocation.
    let _scope = Scope::enter(Mode::Reading, attachments.to_vec());
    read()
}

/// Binary data stands in its place while `work` runs: `packet`, if it is read, has no attachments.
#[cfg(feature = "msgpack")]
pub(super) fn in_place<R>(packet: &Bytes, work: impl FnOnce() -> R) -> R {
    let _scope = Scope::enter(Mode::InPlace, vec![packet.clone()]);
    work()
}

/// Adds an attachment to the packet being written; its number, or `None` if none is.
pub(super) fn push(bytes: &Bytes) -> Option<usize> {
    if MODE.get() != Mode::Writing {
        return None;
    }
    LIST.with_borrow_mut(|attachments| {
        attachments.push(bytes.clone());
        Some(attachments.len() - 1)
    })
}

/// Whether a packet is being read.
pub(super) fn is_reading() -> bool {
    MODE.get() == Mode::Reading
}

/// Whether a packet is being read or written in which binary data stands in its place.
#[cfg(feature = "msgpack")]
pub(super) fn is_in_place() -> bool {
    MODE.get() == Mode::InPlace
}

/// The same bytes. Those that are part of the packet being read are not copied, unless so few
/// that they are not worth keeping the packet for.
#[cfg(feature = "msgpack")]
pub(super) fn share(bytes: &[u8]) -> Bytes {
    LIST.with_borrow(|list| {
        let packet = list.first().filter(|_| is_in_place())?;
        let start = bytes.as_ptr().addr().wrapping_sub(packet.as_ptr().addr());
        let end = start.checked_add(bytes.len()).filter(|end| *end <= packet.len())?;
        (bytes.len() > limits::DETACHED_ATTACHMENT).then(|| packet.slice(start..end))
    })
    .unwrap_or_else(|| Bytes::copy_from_slice(bytes))
}

/// The attachment with this number of the packet being read.
pub(super) fn get(number: usize) -> Option<Bytes> {
    if !is_reading() {
        return None;
    }
    LIST.with_borrow(|attachments| attachments.get(number).cloned())
}

/// What this thread is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Idle,
    Writing,
    Reading,
    #[cfg(feature = "msgpack")]
    InPlace,
}

/// Puts back what was there, also when the user's code panics, so that an emit from inside a
/// `Serialize` implementation harms nobody.
struct Scope {
    outer: Mode,
    /// `None` for the usual case, in which nothing else is read or written and there are no
    /// attachments to begin with: then there is nothing to put back.
    outer_list: Option<Vec<Bytes>>,
}

impl Scope {
    #[inline]
    fn enter(mode: Mode, list: Vec<Bytes>) -> Self {
        let outer = MODE.replace(mode);
        let is_usual = outer == Mode::Idle && list.is_empty();
        Self { outer, outer_list: (!is_usual).then(|| LIST.replace(list)) }
    }
}

impl Drop for Scope {
    #[inline]
    fn drop(&mut self) {
        MODE.set(self.outer);
        if let Some(list) = self.outer_list.take() {
            LIST.replace(list);
        } else if std::thread::panicking() {
            LIST.take();
        }
    }
}

thread_local! {
    static MODE: Cell<Mode> = const { Cell::new(Mode::Idle) };
    /// The attachments so far, or all there are; in place, the packet itself. Empty when idle.
    static LIST: RefCell<Vec<Bytes>> = const { RefCell::new(Vec::new()) };
}
