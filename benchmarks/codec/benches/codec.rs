//! Time and allocations of each operation: `cargo bench -p socketio-codec`.

use divan::{AllocProfiler, Bencher};
use socketio_codec::{OPERATIONS, limit_operation, our_operation};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench(args = OPERATIONS)]
fn ours(bencher: Bencher<'_, '_>, name: &str) {
    bencher.bench_local(our_operation(name).expect("each is there"));
}

/// Typed `serde_json` in one pass. It dispatches nothing.
#[divan::bench(args = OPERATIONS.into_iter().filter(|name| *name != "dispatch"))]
fn limit(bencher: Bencher<'_, '_>, name: &str) {
    bencher.bench_local(limit_operation(name).expect("each but that one is there"));
}
