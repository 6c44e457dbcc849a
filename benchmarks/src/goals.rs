//! The goals, and whether a run meets them.
//!
//! Must not know: how runs are made.

use socketio_benchmarks::{
    payload::FIELDS_OF_MESSAGE,
    workload::{Place, Work, Workload},
};

use crate::{
    contender::Contender,
    results::{Results, cpu},
};

pub(crate) struct Goal {
    pub(crate) what: &'static str,
    /// At most.
    pub(crate) bound: f64,
    pub(crate) unit: &'static str,
    measured: fn(&Results) -> Option<f64>,
}

pub(crate) enum Verdict {
    Met(f64),
    Missed(f64),
    /// The run has left it out.
    Open,
}

/// Client CPU, where nothing else is said. The limit is the library as it comes; only for
/// connections is it the one with a read buffer of 4 KiB, the better one there.
pub(crate) const GOALS: [Goal; 17] = [
    Goal::against_limit("receive flood, typed listener", 1.15, |results| {
        against_limit(results, Work::Receive)
    }),
    Goal::against_limit("emit flood, typed", 1.2, |results| against_limit(results, Work::Emit)),
    Goal::against_limit("ack, 64 in flight", 1.2, |results| against_limit(results, Work::InFlight)),
    Goal::against_limit("ack, one by one", 1.0, |results| against_limit(results, Work::OneByOne)),
    Goal::against_limit("64 KiB attachments down", 1.15, |results| {
        against_limit(results, Work::AttachmentsDown)
    }),
    Goal::against_limit("64 KiB attachments up", 1.15, |results| {
        against_limit(results, Work::AttachmentsUp)
    }),
    Goal::new("allocations, receive, beyond the user's own fields", 0.0, "", |results| {
        Some(allocations(results, Work::Receive)? - FIELDS_OF_MESSAGE)
    }),
    Goal::new("allocations, emit", 1.0, "", |results| allocations(results, Work::Emit)),
    Goal::new("allocations, ack round trip", 4.0, "", |results| {
        allocations(results, Work::InFlight)
    }),
    Goal::new("idle connection, resident", 8.0, " KiB", |results| {
        results.resident(here(Work::Connect), Contender::Ours)
    }),
    Goal::new("connect 5,000", 1.5, " × limit, 4 KiB", |results| {
        let connect = here(Work::Connect);
        results.ratio((connect, Contender::Ours), (connect, Contender::Limit4), cpu)
    }),
    Goal::new("receive over long-polling", 1.3, " × bare hyper", |results| {
        let receive = Workload::new(Work::Receive, Place::Polling);
        results.ratio((receive, Contender::Ours), (receive, Contender::Limit), cpu)
    }),
    Goal::new("emit over long-polling", 1.3, " × bare hyper", |results| {
        let emit = Workload::new(Work::Emit, Place::Polling);
        results.ratio((emit, Contender::Ours), (emit, Contender::Limit), cpu)
    }),
    Goal::on_two_workers("receive flood, two workers", |results| {
        on_workers(results, Work::Receive)
    }),
    Goal::on_two_workers("emit flood, two workers", |results| on_workers(results, Work::Emit)),
    Goal::on_two_workers("ack, 64 in flight, two workers", |results| {
        on_workers(results, Work::InFlight)
    }),
    Goal::on_two_workers("ack, one by one, two workers", |results| {
        on_workers(results, Work::OneByOne)
    }),
];

impl Goal {
    const fn new(
        what: &'static str,
        bound: f64,
        unit: &'static str,
        measured: fn(&Results) -> Option<f64>,
    ) -> Self {
        Self { what, bound, unit, measured }
    }

    const fn against_limit(
        what: &'static str,
        bound: f64,
        measured: fn(&Results) -> Option<f64>,
    ) -> Self {
        Self::new(what, bound, " × limit", measured)
    }

    const fn on_two_workers(what: &'static str, measured: fn(&Results) -> Option<f64>) -> Self {
        Self::new(what, 1.5, " × this client on one thread", measured)
    }

    /// To the digits that the table has.
    pub(crate) fn verdict(&self, results: &Results) -> Verdict {
        let Some(measured) = (self.measured)(results) else { return Verdict::Open };
        let measured = (100.0 * measured).round() / 100.0;
        if measured <= self.bound { Verdict::Met(measured) } else { Verdict::Missed(measured) }
    }
}

fn here(work: Work) -> Workload {
    Workload::new(work, Place::CurrentThread)
}

fn against_limit(results: &Results, work: Work) -> Option<f64> {
    let workload = here(work);
    results.ratio((workload, Contender::Ours), (workload, Contender::Limit), cpu)
}

fn on_workers(results: &Results, work: Work) -> Option<f64> {
    let workers = Workload::new(work, Place::Workers);
    results.ratio((workers, Contender::Ours), (here(work), Contender::Ours), cpu)
}

/// What a connection's buffers have cost once is not an operation's.
fn allocations(results: &Results, work: Work) -> Option<f64> {
    let (allocations, _) = results.allocations(here(work), Contender::Ours)?;
    Some((10.0 * allocations).round() / 10.0)
}
