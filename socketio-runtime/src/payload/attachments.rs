//! The attachments of the packet that this thread is writing or reading right now.
//!
//! Must not know: JSON, events.

use std::cell::{Cell, RefCell};

use bytes::Bytes;

#[cfg(feature = "msgpack")]
use crate::limits;

/// Appends to `attachments` whatever [`push`] is given while `write` runs.
pub(super) fn collect<R>(attachments: &mut Vec<Bytes>, write: impl FnOnce() -> R) -> R {
    let mut scope = Scope::enter(Slot::Writing(std::mem::take(attachments)));
    let result = write();
    if let Slot::Writing(collected) = scope.leave() {
        *attachments = collected;
    }
    result
}

/// Lets [`get`] find `attachments` while `read` runs.
#[inline]
pub(super) fn provide<R>(attachments: &[Bytes], read: impl FnOnce() -> R) -> R {
    let _scope = if attachments.is_empty() {
        Scope::enter_bare()
    } else {
        Scope::enter(Slot::Reading(attachments.to_vec()))
    };
    read()
}

/// Binary data stands in its place while `work` runs: `packet`, if it is read, has no attachments.
#[cfg(feature = "msgpack")]
pub(super) fn in_place<R>(packet: &Bytes, work: impl FnOnce() -> R) -> R {
    let _scope = Scope::enter(Slot::InPlace(packet.clone()));
    work()
}

/// Adds an attachment to the packet being written; its number, or `None` if none is.
pub(super) fn push(bytes: &Bytes) -> Option<usize> {
    with_slot(|slot| match slot {
        Slot::Writing(attachments) => {
            attachments.push(bytes.clone());
            Some(attachments.len() - 1)
        }
        _ => None,
    })
}

/// Whether a packet is being read.
pub(super) fn is_reading() -> bool {
    with_slot(|slot| matches!(slot, Slot::Reading(_)))
}

/// Whether a packet is being read or written in which binary data stands in its place.
#[cfg(feature = "msgpack")]
pub(super) fn is_in_place() -> bool {
    with_slot(|slot| matches!(slot, Slot::InPlace(_)))
}

/// The same bytes. Those that are part of the packet being read are not copied, unless so few
/// that they are not worth keeping the packet for.
#[cfg(feature = "msgpack")]
pub(super) fn share(bytes: &[u8]) -> Bytes {
    with_slot(|slot| {
        let Slot::InPlace(packet) = slot else { return None };
        let start = bytes.as_ptr().addr().wrapping_sub(packet.as_ptr().addr());
        let end = start.checked_add(bytes.len()).filter(|end| *end <= packet.len())?;
        (bytes.len() > limits::DETACHED_ATTACHMENT).then(|| packet.slice(start..end))
    })
    .unwrap_or_else(|| Bytes::copy_from_slice(bytes))
}

/// The attachment with this number of the packet being read.
pub(super) fn get(number: usize) -> Option<Bytes> {
    with_slot(|slot| match slot {
        Slot::Reading(attachments) => attachments.get(number).cloned(),
        _ => None,
    })
}

enum Slot {
    Empty,
    #[cfg(feature = "msgpack")]
    InPlace(Bytes),
    Writing(Vec<Bytes>),
    Reading(Vec<Bytes>),
}

fn with_slot<R>(work: impl FnOnce(&mut Slot) -> R) -> R {
    if IS_BARE.get() { work(&mut Slot::Reading(Vec::new())) } else { SLOT.with_borrow_mut(work) }
}

/// Puts the slot's former content back, also when the user's code panics, so that an emit from
/// inside a `Serialize` implementation harms nobody.
struct Scope {
    /// What the slot held, if it was touched.
    outer: Option<Slot>,
    was_bare: bool,
}

impl Scope {
    fn enter(slot: Slot) -> Self {
        Self { outer: Some(SLOT.replace(slot)), was_bare: IS_BARE.replace(false) }
    }

    /// To read a packet without attachments, which most are.
    fn enter_bare() -> Self {
        Self { outer: None, was_bare: IS_BARE.replace(true) }
    }

    fn leave(&mut self) -> Slot {
        IS_BARE.set(self.was_bare);
        self.outer.take().map_or(Slot::Empty, |outer| SLOT.replace(outer))
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        self.leave();
    }
}

thread_local! {
    static SLOT: RefCell<Slot> = const { RefCell::new(Slot::Empty) };
    /// Whether the packet being read has no attachments; what the slot holds is another's.
    static IS_BARE: Cell<bool> = const { Cell::new(false) };
}
