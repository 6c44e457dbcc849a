//! The results as Markdown: the goals, and the one table.
//!
//! Must not know: how runs are made.

use std::fmt::Write as _;

use socketio_benchmarks::workload::{Place, WORKLOADS, Work, Workload};

use crate::{
    contender::{CONTENDERS, Contender, Part},
    goals::{GOALS, Verdict},
    options::Options,
    results::{Quantity, Results, cpu, wall},
};

/// Those with a column. The other one is a note.
const COLUMNS: [Contender; 7] = [
    Contender::Ours,
    Contender::Limit,
    Contender::Limit16,
    Contender::Limit4,
    Contender::Sioc,
    Contender::RustSocketio,
    Contender::Node,
];
const NOTHING: &str = "";

pub(crate) fn markdown(results: &Results, machine: &str, options: &Options) -> String {
    let mut report = String::new();
    let _ = writeln!(
        report,
        "{machine} Medians of {} interleaved rounds; again with `bash benchmarks/run`.\n",
        options.rounds()
    );
    write_goals(&mut report, results);
    write_table(&mut report, results);
    write_notes(&mut report, results);
    report.truncate(report.trim_end().len());
    report
}

fn write_goals(report: &mut String, results: &Results) {
    report.push_str("| goal | at most | measured | |\n| --- | --- | --- | --- |\n");
    for goal in &GOALS {
        let (measured, verdict) = match goal.verdict(results) {
            Verdict::Met(measured) => (format!("{measured:.2}"), "met"),
            Verdict::Missed(measured) => (format!("{measured:.2}"), "**not met**"),
            Verdict::Open => continue,
        };
        let _ = writeln!(
            report,
            "| {} | {}{} | {measured} | {verdict} |",
            goal.what, goal.bound, goal.unit
        );
    }
    report.push('\n');
}

fn write_table(report: &mut String, results: &Results) {
    let heads = COLUMNS.map(Contender::title).join(" | ");
    let _ = writeln!(report, "| workload | | {heads} |");
    let _ = writeln!(report, "| --- | --- |{}", " --- |".repeat(COLUMNS.len()));
    for workload in WORKLOADS.into_iter().filter(|&workload| results.has(workload)) {
        let title = match workload.unit() {
            1_000_000 => workload.title(),
            unit => format!("{} {unit}", workload.title()),
        };
        write_row(report, &title, "CPU s", |contender| match contender.part(workload) {
            Part::Cannot(reason) => reason.to_owned(),
            _ => time(results, workload, contender, cpu),
        });
        write_row(report, NOTHING, "wall s", |contender| time(results, workload, contender, wall));
        if workload.work == Work::Connect {
            write_row(report, NOTHING, "KiB resident each", |contender| {
                results.resident(workload, contender).map_or(NOTHING.to_owned(), significant)
            });
        }
        if results.allocations(workload, Contender::Ours).is_some() {
            write_row(report, NOTHING, "allocations, bytes", |contender| {
                let counted = results.allocations(workload, contender);
                counted.map_or(NOTHING.to_owned(), |(allocations, bytes)| {
                    format!("{allocations:.1}, {bytes:.0}")
                })
            });
        }
    }
    report.push('\n');
}

fn write_row(report: &mut String, title: &str, what: &str, cell: impl Fn(Contender) -> String) {
    let cells = COLUMNS.map(cell);
    if cells.iter().any(|cell| !cell.is_empty()) {
        let _ = writeln!(report, "| {title} | {what} | {} |", cells.join(" | "));
    }
}

/// The time, and how many times the limit's that is.
fn time(results: &Results, workload: Workload, contender: Contender, quantity: Quantity) -> String {
    let Some(time) = results.median(workload, contender, quantity) else {
        return NOTHING.to_owned();
    };
    let time = significant(time * f64::from(workload.unit()));
    let limit = (workload, Contender::Limit);
    match results.ratio((workload, contender), limit, quantity) {
        Some(ratio) if contender != Contender::Limit => format!("{time} ({ratio:.2} ×)"),
        _ => time,
    }
}

fn write_notes(report: &mut String, results: &Results) {
    report.push_str(
        "Seconds are those of a million operations, or of as many connections as the row says; in \
         brackets how many times the limit's, which over long-polling is bare hyper.",
    );
    for work in [Work::AttachmentsDown, Work::AttachmentsUp] {
        let workload = Workload::new(work, Place::CurrentThread);
        let cell = time(results, workload, Contender::NodeBufferutil, cpu);
        if !cell.is_empty() {
            let _ = write!(report, " Node with bufferutil, {}: {cell}.", workload.title());
        }
    }
    for workload in WORKLOADS {
        for contender in CONTENDERS {
            if let Some(requests) = results.requests(workload, contender) {
                let (who, title) = (contender.title(), workload.title());
                let _ = write!(
                    report,
                    " Requests of {who} for {title}: {} GET, {} POST.",
                    requests.gets, requests.posts
                );
            }
        }
    }
    report.push('\n');
}

/// Three digits that say something.
fn significant(value: f64) -> String {
    match value {
        ..10.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::significant;

    #[test]
    fn figures_have_three_digits() {
        assert_eq!(significant(0.8349), "0.83");
        assert_eq!(significant(41.72), "41.7");
        assert_eq!(significant(133.4), "133");
    }
}
