//! What is counted, and how often it is done.
//!
//! Must not know: how it is counted.

use socketio_codec::OPERATIONS;

/// One workload; it is counted twice, and the difference is what the operations cost.
pub(super) struct Workload {
    pub(super) name: &'static str,
    pub(super) few: u64,
    pub(super) many: u64,
    /// How far, in percent, a count may be from its baseline.
    pub(super) tolerance: f64,
}

impl Workload {
    const fn client(name: &'static str) -> Self {
        Self { name, few: 2_000, many: 12_000, tolerance: CLIENT_TOLERANCE }
    }

    const fn attachments(name: &'static str) -> Self {
        Self { name, few: 100, many: 600, tolerance: CLIENT_TOLERANCE }
    }

    const fn codec(name: &'static str) -> Self {
        Self { name, few: 100, many: 1_100, tolerance: CODEC_TOLERANCE }
    }
}

/// All workloads, in the order of the table.
pub(super) fn workloads() -> impl Iterator<Item = Workload> {
    CLIENT.into_iter().chain(OPERATIONS.into_iter().map(Workload::codec))
}

const CLIENT: [Workload; 6] = [
    Workload::client("receive"),
    Workload::client("emit"),
    Workload::client("in-flight"),
    Workload::client("one-by-one"),
    Workload::attachments("attachments-down"),
    Workload::attachments("attachments-up"),
];

const CLIENT_TOLERANCE: f64 = 3.0;
const CODEC_TOLERANCE: f64 = 1.0;
