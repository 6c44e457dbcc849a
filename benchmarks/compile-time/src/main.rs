//! Declares the same service of two hundred events with this project and with other libraries,
//! and measures what the compiler makes of it. `README.md` says what the numbers mean.

mod crates;
mod measure;
mod service;
mod stats;

use std::{env, io, path::Path, time::Duration};

use crate::{
    crates::{LIBRARIES, Library, PAYLOADS_ALONE},
    measure::{Mode, Sample, Workspace},
    service::EVENTS_EACH_WAY,
    stats::Macro,
};

const MODES: [Mode; 4] = [
    Mode { command: "check", is_incremental: false },
    Mode { command: "check", is_incremental: true },
    Mode { command: "build", is_incremental: false },
    Mode { command: "build", is_incremental: true },
];

/// Of each crate in each mode. The load of a machine comes and goes.
const RUNS: usize = 5;

fn main() -> io::Result<()> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let runtime = package.join("../../socketio-runtime").canonicalize()?;
    let target =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| package.join("../target"), Into::into);
    let root = target.join("compile-time");
    crates::write(&root, &runtime)?;
    let workspace = Workspace { target: root.join("target"), root };
    if env::args().any(|argument| argument == "smoke") {
        return workspace.prepare("socketio", MODES[0]);
    }
    print_lines(&workspace)?;
    println!();
    print_times(&workspace)
}

fn print_lines(workspace: &Workspace) -> io::Result<()> {
    let payloads = workspace.macros(PAYLOADS_ALONE)?;
    println!(
        "| library | lines an event | bytes an event | lines with all that is called | bytes |"
    );
    println!("| --- | --- | --- | --- | --- |");
    for library in &LIBRARIES {
        let macros = workspace.macros(library.name)?;
        let is_own = |one: &&Macro| library.macros.contains(&&*one.name);
        let [lines, bytes] = sums(macros.iter().filter(is_own));
        let [all_lines, all_bytes] = sums(macros.iter());
        let [payload_lines, payload_bytes] = sums(payloads.iter());
        println!(
            "| {} | {} | {} | {} | {} |",
            library.name,
            an_event(lines),
            an_event(bytes),
            an_event(all_lines - payload_lines),
            an_event(all_bytes - payload_bytes),
        );
    }
    Ok(())
}

fn sums<'a>(macros: impl Iterator<Item = &'a Macro>) -> [usize; 2] {
    macros.fold([0, 0], |[lines, bytes], one| [lines + one.lines, bytes + one.bytes])
}

/// With one decimal place, rounded up.
fn an_event(count: usize) -> String {
    let tenths = (10 * count).div_ceil(2 * EVENTS_EACH_WAY);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn print_times(workspace: &Workspace) -> io::Result<()> {
    let names: Vec<_> =
        LIBRARIES.iter().map(|Library { name, .. }| *name).chain([PAYLOADS_ALONE]).collect();
    let mut medians = vec![Vec::new(); names.len()];
    for mode in MODES {
        for name in &names {
            workspace.prepare(name, mode)?;
        }
        let mut samples = vec![Vec::new(); names.len()];
        // In turns, so that a load on the machine is a load on all.
        for run in 0..RUNS {
            for (name, samples) in names.iter().zip(&mut samples) {
                samples.push(workspace.sample(name, mode, run)?);
            }
        }
        for (medians, samples) in medians.iter_mut().zip(samples) {
            medians.push(median(&samples));
        }
    }
    println!("| library | check | check, incremental | build | build, incremental |");
    println!("| --- | --- | --- | --- | --- |");
    for (name, medians) in names.iter().zip(medians) {
        let times = medians.iter().map(|Sample { wall, cpu }| {
            format!("{:.2} s ({:.2} s)", wall.as_secs_f64(), cpu.as_secs_f64())
        });
        println!("| {name} | {} |", times.collect::<Vec<_>>().join(" | "));
    }
    Ok(())
}

fn median(samples: &[Sample]) -> Sample {
    let middle = |time: fn(&Sample) -> Duration| {
        let mut times: Vec<_> = samples.iter().map(time).collect();
        times.sort_unstable();
        times[times.len() / 2]
    };
    Sample { wall: middle(|sample| sample.wall), cpu: middle(|sample| sample.cpu) }
}
