//! How much memory an input may take.
//!
//! Must not know: what is done with the input.

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

/// Does `work`, and holds what it has allocated, all in all, against the size of its input. So does
/// what reads an input of so many bytes need memory in proportion to it, whatever lengths and
/// counts the input announces; and what goes over it again and again shows as well.
pub(crate) fn in_proportion<R>(input: usize, work: impl FnOnce() -> R) -> R {
    let region = Region::new(ALLOCATOR);
    let result = work();
    let change = region.change();
    let grown = usize::try_from(change.bytes_reallocated).unwrap_or(0);
    let allocated = change.bytes_allocated + grown;
    let allowed = BYTES_PER_BYTE * input + BYTES_AT_LEAST;
    assert!(allocated <= allowed, "{input} bytes of input took {allocated} bytes of memory");
    result
}

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// A value of one byte, such as a digit and its comma, becomes a `serde_json::Value` of 32, in a
/// list that has doubled its room time and again, and is read several times.
const BYTES_PER_BYTE: usize = 1024;

/// Error messages, and lists that begin with room for a few.
const BYTES_AT_LEAST: usize = 64 * 1024;
