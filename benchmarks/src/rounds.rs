//! Rounds: in each of them every contender does every workload, one after the other, so that what
//! else the machine does meets all of them alike.
//!
//! Must not know: what is reported.

use socketio_benchmarks::{
    Error,
    workload::{Place, WORKLOADS, Work, Workload},
};

use crate::{
    contender::{CONTENDERS, Contender, Part},
    options::Options,
    results::Results,
    run::{Programs, Run},
    server::Server,
};

/// Allocations repeat, so fewer operations do.
const SHORTENED_FOR_ALLOCATIONS: usize = 10;
/// Less is lost among what only the first operations cost.
const FEWEST: usize = 10;

pub(crate) struct Rounds {
    programs: Programs,
    server: Server,
    runs: Vec<(Workload, Contender)>,
    count: usize,
    scale: f64,
}

impl Rounds {
    pub(crate) async fn new(options: &Options) -> Result<Self, Error> {
        let programs = Programs::find().await?;
        let server = Server::start(&programs.server()).await?;
        let is_wanted = |contender: Contender, workload: Workload| {
            (options.only.is_empty() || options.only.contains(&workload))
                && (options.contender.is_empty() || options.contender.contains(&contender))
                && (programs.has_node || !contender.is_node())
                && matches!(contender.part(workload), Part::Takes)
        };
        let runs = WORKLOADS
            .into_iter()
            .flat_map(|workload| CONTENDERS.map(|contender| (workload, contender)))
            .filter(|&(workload, contender)| is_wanted(contender, workload))
            .collect();
        Ok(Self { programs, server, runs, count: options.rounds(), scale: options.scale() })
    }

    pub(crate) async fn run(&self) -> Result<Results, Error> {
        let mut results = Results::default();
        for round in 1..=self.count {
            for &(workload, contender) in &self.runs {
                eprintln!("round {round} of {}: {workload}, {}", self.count, contender.name());
                let sample = self.sample(workload, contender, false).await?;
                results.add(workload, contender, sample);
                if workload.place == Place::Polling {
                    let requests = self.server.requests().await?;
                    results.set_requests(workload, contender, requests);
                }
            }
        }
        for &(workload, contender) in &self.runs {
            if counts_allocations(workload, contender) {
                eprintln!("allocations: {workload}, {}", contender.name());
                let sample = self.sample(workload, contender, true).await?;
                results.set_counted(workload, contender, sample);
            }
        }
        Ok(results)
    }

    async fn sample(
        &self,
        workload: Workload,
        contender: Contender,
        counts_allocations: bool,
    ) -> Result<socketio_benchmarks::measure::Sample, Error> {
        let shortened = if counts_allocations { SHORTENED_FOR_ALLOCATIONS } else { 1 };
        let count = workload.count() / contender.shortened(workload.work) / shortened;
        let count = scaled(count, self.scale).max(FEWEST);
        let port = self.server.port;
        let run = Run { contender, workload, count, port, counts_allocations };
        let sample = self.programs.run(run).await;
        sample.map_err(|error| format!("{workload}, {}: {error}", contender.name()).into())
    }
}

fn counts_allocations(workload: Workload, contender: Contender) -> bool {
    let is_alike = matches!(workload.place, Place::Workers | Place::WorkersMain);
    !contender.is_node() && !is_alike && workload.work != Work::Connect
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "some millions, by a factor that somebody typed"
)]
fn scaled(count: usize, scale: f64) -> usize {
    (count as f64 * scale) as usize
}
