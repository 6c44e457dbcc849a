//! Latencies, in memory that does not grow with their number.
//!
//! Must not know: of what.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hdrhistogram::Histogram;

/// Counts latencies up to a minute, to three digits.
#[derive(Debug)]
pub(crate) struct Latencies(Mutex<Histogram<u64>>);

/// In microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Percentiles {
    pub(crate) count: u64,
    pub(crate) p50: u64,
    pub(crate) p99: u64,
    pub(crate) max: u64,
}

impl Latencies {
    pub(crate) fn new() -> Self {
        let minute = 60_000_000;
        Self(Mutex::new(Histogram::new_with_max(minute, 3).expect("three digits are a precision")))
    }

    pub(crate) fn record(&self, latency: Duration) {
        let micros = latency.as_micros().try_into().unwrap_or(u64::MAX);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).saturating_record(micros);
    }

    pub(crate) fn percentiles(&self) -> Percentiles {
        let histogram = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Percentiles {
            count: histogram.len(),
            p50: histogram.value_at_quantile(0.5),
            p99: histogram.value_at_quantile(0.99),
            max: histogram.max(),
        }
    }
}

impl fmt::Display for Percentiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p99, max] = [self.p50, self.p99, self.max].map(|micros| micros as f64 / 1000.0);
        write!(f, "p50 {p50:.2} ms, p99 {p99:.2} ms, max {max:.1} ms of {}", self.count)
    }
}
