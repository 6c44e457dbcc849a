//! The attachments of the packet that this thread is writing or reading right now.
//!
//! Must not know: JSON, events.

use std::cell::RefCell;

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
pub(super) fn provide<R>(attachments: &[Bytes], read: impl FnOnce() -> R) -> R {
    // Most packets have no attachment, and an empty list is cloned without an allocation.
    let _scope = Scope::enter(Slot::Reading(attachments.to_vec()));
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
    SLOT.with_borrow_mut(|slot| match slot {
        Slot::Writing(attachments) => {
            attachments.push(bytes.clone());
            Some(attachments.len() - 1)
        }
        _ => None,
    })
}

/// Whether a packet is being read.
pub(super) fn is_reading() -> bool {
    SLOT.with_borrow(|slot| matches!(slot, Slot::Reading(_)))
}

/// Whether a packet is being read or written in which binary data stands in its place.
#[cfg(feature = "msgpack")]
pub(super) fn is_in_place() -> bool {
    SLOT.with_borrow(|slot| matches!(slot, Slot::InPlace(_)))
}

/// The same bytes. Those that are part of the packet being read are not copied, unless so few
/// that they are not worth keeping the packet for.
#[cfg(feature = "msgpack")]
pub(super) fn share(bytes: &[u8]) -> Bytes {
    SLOT.with_borrow(|slot| {
        let Slot::InPlace(packet) = slot else { return None };
        let start = bytes.as_ptr().addr().wrapping_sub(packet.as_ptr().addr());
        let end = start.checked_add(bytes.len()).filter(|end| *end <= packet.len())?;
        (bytes.len() > limits::DETACHED_ATTACHMENT).then(|| packet.slice(start..end))
    })
    .unwrap_or_else(|| Bytes::copy_from_slice(bytes))
}

/// The attachment with this number of the packet being read.
pub(super) fn get(number: usize) -> Option<Bytes> {
    SLOT.with_borrow(|slot| match slot {
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

/// Puts the slot's former content back, also when the user's code panics, so that an emit from
/// inside a `Serialize` implementation harms nobody.
struct Scope {
    outer: Option<Slot>,
}

impl Scope {
    fn enter(slot: Slot) -> Self {
        Self { outer: Some(SLOT.replace(slot)) }
    }

    fn leave(&mut self) -> Slot {
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
}
