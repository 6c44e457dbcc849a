//! `contender` with an allocator that counts, which takes time: its times are not used.

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<(), socketio_benchmarks::Error> {
    socketio_benchmarks::contenders::command(Some(|| {
        let stats = ALLOCATOR.stats();
        ((stats.allocations + stats.reallocations) as u64, stats.bytes_allocated as u64)
    }))
}
