//! The counts that are committed, and how a new one compares.
//!
//! Must not know: how they are counted.

use std::{collections::BTreeMap, error::Error, fmt, fs, path::Path};

use serde::{Deserialize, Serialize};

use crate::{machine::Machine, workloads::Workload};

#[derive(Deserialize, Serialize)]
pub(super) struct Baseline {
    pub(super) machine: Machine,
    /// By workload: instructions an operation.
    pub(super) instructions: BTreeMap<String, u64>,
}

/// A count beside its baseline.
#[derive(Debug)]
pub(super) struct Verdict {
    baseline: Option<u64>,
    now: u64,
    tolerance: f64,
}

impl Baseline {
    pub(super) fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        Ok(fs::write(path, serde_json::to_string_pretty(self)? + "\n")?)
    }

    pub(super) fn judge(&self, workload: &Workload<'_>, now: u64) -> Verdict {
        let baseline = self.instructions.get(workload.name).copied();
        Verdict { baseline, now, tolerance: workload.tolerance }
    }
}

impl Verdict {
    /// Whether it has grown by more than the tolerance, or nobody knows.
    pub(super) fn is_failure(&self) -> bool {
        self.change().is_none_or(|change| change > self.tolerance)
    }

    pub(super) fn is_better(&self) -> bool {
        self.change().is_some_and(|change| change < -self.tolerance)
    }

    /// In percent; `None` for a workload that has no baseline.
    fn change(&self) -> Option<f64> {
        let baseline = self.baseline? as f64;
        Some((self.now as f64 / baseline - 1.0) * 100.0)
    }
}

impl fmt::Display for Verdict {
    /// The rest of a row: baseline, now, change, a word on it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { now, tolerance, .. } = self;
        let (Some(baseline), Some(change)) = (self.baseline, self.change()) else {
            return write!(f, "| {now} | | **new**");
        };
        write!(f, "{baseline} | {now} | {change:+.1} % | ")?;
        match () {
            () if self.is_failure() => write!(f, "**worse** by more than {tolerance} %"),
            () if self.is_better() => write!(f, "better by more than {tolerance} %"),
            () => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict;

    fn verdict(baseline: Option<u64>, now: u64) -> [bool; 2] {
        let verdict = Verdict { baseline, now, tolerance: 3.0 };
        [verdict.is_failure(), verdict.is_better()]
    }

    #[test]
    fn more_than_the_tolerance_fails_and_less_is_noted() {
        assert_eq!(verdict(Some(1_000), 1_029), [false, false]);
        assert_eq!(verdict(Some(1_000), 1_031), [true, false]);
        assert_eq!(verdict(Some(1_000), 971), [false, false]);
        assert_eq!(verdict(Some(1_000), 969), [false, true]);
    }

    #[test]
    fn a_workload_that_is_not_in_the_baseline_fails() {
        assert_eq!(verdict(None, 1_000), [true, false]);
    }

    #[test]
    fn the_rows_of_a_table_say_what_happened() {
        let row = |baseline, now| Verdict { baseline, now, tolerance: 3.0 }.to_string();
        assert_eq!(row(Some(1_000), 1_010), "1000 | 1010 | +1.0 % | ");
        assert_eq!(row(Some(1_000), 1_100), "1000 | 1100 | +10.0 % | **worse** by more than 3 %");
        assert_eq!(row(Some(1_000), 900), "1000 | 900 | -10.0 % | better by more than 3 %");
        assert_eq!(row(None, 900), "| 900 | | **new**");
    }
}
