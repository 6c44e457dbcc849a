//! The command line.
//!
//! Must not know: what the options lead to.

use clap::Parser;
use socketio_benchmarks::workload::Workload;

use crate::contender::Contender;

/// What the client costs beside the limit and beside other clients.
#[derive(Debug, Parser)]
#[command(about)]
pub(crate) struct Options {
    /// How often each contender does each workload; the table has the medians
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: usize,
    /// A workload by its name, such as `receive`; may be repeated [default: all]
    #[arg(long, value_name = "WORKLOAD")]
    pub(crate) only: Vec<Workload>,
    /// A contender by its name, such as `sioc`; may be repeated [default: all]
    #[arg(long, value_name = "NAME")]
    pub(crate) contender: Vec<Contender>,
    /// What the counts of operations are multiplied by
    #[arg(long, default_value_t = 1.0)]
    pub(crate) scale: f64,
    /// Puts the results into `benchmarks/README.md`, for which nothing may be left out
    #[arg(long, conflicts_with_all = ["only", "contender", "smoke"])]
    pub(crate) write: bool,
    /// Does a little of everything once: whether it works, not how fast
    #[arg(long, conflicts_with_all = ["rounds", "scale"])]
    pub(crate) smoke: bool,
}

impl Options {
    pub(crate) fn rounds(&self) -> usize {
        if self.smoke { 1 } else { self.rounds.max(1) }
    }

    pub(crate) fn scale(&self) -> f64 {
        if self.smoke { 1e-4 } else { self.scale }
    }
}
