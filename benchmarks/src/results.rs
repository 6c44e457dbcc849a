//! What the runs have told, and medians of it.
//!
//! Must not know: how it is reported.

use std::collections::BTreeMap;

use socketio_benchmarks::{measure::Sample, workload::Workload};

use crate::{contender::Contender, server::Requests};

#[derive(Default)]
pub(crate) struct Results {
    measured: BTreeMap<(Workload, Contender), Measured>,
}

#[derive(Default)]
struct Measured {
    /// One a round.
    samples: Vec<Sample>,
    /// With allocations counted.
    counted: Option<Sample>,
    requests: Option<Requests>,
}

/// What is asked of a sample.
pub(crate) type Quantity = fn(&Sample) -> f64;

pub(crate) fn cpu(sample: &Sample) -> f64 {
    sample.cpu_seconds / f64::from(sample.operations)
}

pub(crate) fn wall(sample: &Sample) -> f64 {
    sample.wall_seconds / f64::from(sample.operations)
}

impl Results {
    pub(crate) fn add(&mut self, workload: Workload, contender: Contender, sample: Sample) {
        self.measured.entry((workload, contender)).or_default().samples.push(sample);
    }

    pub(crate) fn set_counted(&mut self, workload: Workload, contender: Contender, sample: Sample) {
        self.measured.entry((workload, contender)).or_default().counted = Some(sample);
    }

    pub(crate) fn set_requests(
        &mut self,
        workload: Workload,
        contender: Contender,
        requests: Requests,
    ) {
        self.measured.entry((workload, contender)).or_default().requests = Some(requests);
    }

    pub(crate) fn has(&self, workload: Workload) -> bool {
        self.measured.keys().any(|&(measured, _)| measured == workload)
    }

    /// The median of an operation's.
    pub(crate) fn median(
        &self,
        workload: Workload,
        contender: Contender,
        quantity: Quantity,
    ) -> Option<f64> {
        let samples = &self.measured.get(&(workload, contender))?.samples;
        median(samples.iter().map(quantity))
    }

    /// The median of the ratios within each round, which a load that comes and goes disturbs less
    /// than the ratio of the medians.
    pub(crate) fn ratio(
        &self,
        one: (Workload, Contender),
        other: (Workload, Contender),
        quantity: Quantity,
    ) -> Option<f64> {
        let (one, other) = (self.measured.get(&one)?, self.measured.get(&other)?);
        let rounds = one.samples.iter().zip(&other.samples);
        median(rounds.map(|(one, other)| quantity(one) / quantity(other)))
    }

    /// Allocations and bytes an operation.
    pub(crate) fn allocations(
        &self,
        workload: Workload,
        contender: Contender,
    ) -> Option<(f64, f64)> {
        let counted = self.measured.get(&(workload, contender))?.counted.as_ref()?;
        let an_operation = |count: u64| as_f64(count) / f64::from(counted.operations);
        Some((an_operation(counted.allocations?), an_operation(counted.allocated_bytes?)))
    }

    /// The median, in KiB a connection.
    pub(crate) fn resident(&self, workload: Workload, contender: Contender) -> Option<f64> {
        let samples = &self.measured.get(&(workload, contender))?.samples;
        median(samples.iter().filter_map(|sample| {
            Some(f64::from(sample.resident_kib?) / f64::from(sample.operations))
        }))
    }

    /// Those of the last run.
    pub(crate) fn requests(&self, workload: Workload, contender: Contender) -> Option<Requests> {
        self.measured.get(&(workload, contender))?.requests
    }
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let (low, high) =
        (values.get(values.len().checked_sub(1)? / 2)?, values.get(values.len() / 2)?);
    Some(f64::midpoint(*low, *high))
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn a_median_is_the_middle_or_between_the_two_in_the_middle() {
        assert_eq!(median([].into_iter()), None);
        assert_eq!(median([3.0].into_iter()), Some(3.0));
        assert_eq!(median([9.0, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([9.0, 1.0, 2.0, 4.0].into_iter()), Some(3.0));
    }
}
