//! The bounds that a run has to keep, each printed with what was measured.
//!
//! Must not know: what is measured.

use std::{fmt::Display, process::ExitCode};

/// Bounds, and how many of them are broken.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    broken: usize,
}

impl Verdict {
    pub(crate) fn at_most(&mut self, what: &str, measured: f64, limit: f64) {
        let bound = format!("{what}: {}, at most {}", number(measured), number(limit));
        self.note(measured <= limit, &bound);
    }

    pub(crate) fn at_least(&mut self, what: &str, measured: f64, limit: f64) {
        let bound = format!("{what}: {}, at least {}", number(measured), number(limit));
        self.note(measured >= limit, &bound);
    }

    pub(crate) fn equal<T: PartialEq + Display + Copy>(
        &mut self,
        what: &str,
        measured: T,
        expected: T,
    ) {
        let bound = format!("{what}: {measured}, to be {expected}");
        self.note(measured == expected, &bound);
    }

    /// Prints it only when it is broken, as where there are very many.
    pub(crate) fn silently(&mut self, is_kept: bool, bound: impl FnOnce() -> String) {
        if !is_kept {
            self.note(false, &bound());
        }
    }

    pub(crate) fn note(&mut self, is_kept: bool, bound: &str) {
        self.broken += usize::from(!is_kept);
        println!("{} {bound}", if is_kept { "  kept  " } else { "  BROKEN" });
    }

    pub(crate) fn into_exit_code(self) -> ExitCode {
        if self.broken == 0 {
            return ExitCode::SUCCESS;
        }
        println!("{} bounds are broken", self.broken);
        ExitCode::FAILURE
    }
}

pub(crate) fn number(value: f64) -> String {
    if value.abs() >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}
