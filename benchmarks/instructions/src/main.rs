//! Counts what operations of the client cost, and holds it against `baseline.json`. `README.md`
//! says what the numbers mean.

mod baseline;
mod count;
mod machine;
mod server;
mod workloads;

use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};

use socketio_codec::{OPERATIONS, limit_operation};

use crate::{
    baseline::{Baseline, Verdict},
    count::Counter,
    machine::Machine,
    workloads::{Workload, workloads},
};

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => compare(),
        ["--accept"] => accept(),
        ["--limit"] => print_limit().map(|()| ExitCode::SUCCESS),
        _ => Err("instructions [--accept | --limit]".into()),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

/// Fails if an operation costs more than it did.
fn compare() -> Result<ExitCode, Box<dyn Error>> {
    let machine = match Machine::here() {
        Ok(machine) => machine,
        Err(missing) => return Ok(skip(&missing)),
    };
    let baseline = Baseline::read(&path())?;
    let differences = baseline.machine.differences(&machine);
    if !differences.is_empty() {
        return Ok(skip(&format!("the baseline is another machine's\n{}", differences.join("\n"))));
    }
    let counter = Counter::new(server::start()?)?;
    println!("| workload | baseline | now | change | |\n| --- | --- | --- | --- | --- |");
    let mut verdicts = Vec::new();
    for workload in workloads() {
        let now = counter.count(&workload)?;
        let verdict = baseline.judge(&workload, now);
        println!("| {} | {verdict} |", workload.name);
        verdicts.push(verdict);
    }
    if verdicts.iter().any(Verdict::is_better) {
        println!("\nBetter: keep it, by `bash benchmarks/instructions/run --accept`.");
    }
    if !verdicts.iter().any(Verdict::is_failure) {
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "\nWorse. Profiles to read with callgrind_annotate: {}\nIf it is worth its price: \
         `bash benchmarks/instructions/run --accept`, and say in the commit why.",
        counter.profiles().display()
    );
    Ok(ExitCode::FAILURE)
}

/// Nothing is compared, and nobody should take that for a success without reading it.
fn skip(reason: &str) -> ExitCode {
    println!("SKIPPED: instructions are not compared with the baseline: {reason}");
    ExitCode::SUCCESS
}

fn accept() -> Result<ExitCode, Box<dyn Error>> {
    let machine = Machine::here()?;
    let counter = Counter::new(server::start()?)?;
    let counts =
        workloads().map(|workload| Ok((workload.name.to_owned(), counter.count(&workload)?)));
    let instructions = counts.collect::<Result<_, Box<dyn Error>>>()?;
    Baseline { machine, instructions }.write(&path())?;
    Ok(ExitCode::SUCCESS)
}

/// The codec beside the limit. That is not compared with anything: its code is not the project's.
fn print_limit() -> Result<(), Box<dyn Error>> {
    Machine::here()?;
    let counter = Counter::new(server::start()?)?;
    println!("| operation | this codec | limit | ratio |\n| --- | --- | --- | --- |");
    for name in OPERATIONS.into_iter().filter(|name| limit_operation(name).is_some()) {
        let ours = counter.count(&Workload::codec(name))?;
        let limit = counter.count(&Workload::codec(&format!("limit-{name}")))?;
        println!("| {name} | {ours} | {limit} | {:.2} |", ours as f64 / limit as f64);
    }
    Ok(())
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("baseline.json")
}
