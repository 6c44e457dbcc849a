//! What an operation costs against how much there is of everything; see README.md.
//!
//! `socketio-scale [--smoke] [--rounds <count>] [<axis> …]`

mod axes;
mod measure;
mod names;
mod plot;
mod readme;
mod server;
mod service;
mod workload;

use std::{env, error::Error, path::Path, process::Command};

use self::{
    axes::{AXES, Axis},
    measure::{median, raise_open_files},
    plot::Row,
    server::Server,
    workload::Rig,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// One thread, as the client is to be measured and nothing beside it.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    raise_open_files()?;
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match &*arguments {
        ["serve"] => server::serve().await,
        ["point", axis, point, port] => {
            let rig = Rig { port: port.parse()?, is_smoke: false };
            let values = find(axis)?.measure(rig, point.parse()?).await?;
            println!("{}", serde_json::to_string(&values)?);
            Ok(())
        }
        _ => run(&Options::read(&arguments)?).await,
    }
}

struct Options {
    is_smoke: bool,
    rounds: usize,
    axes: Vec<&'static Axis>,
}

impl Options {
    fn read(arguments: &[&str]) -> Result<Self> {
        let mut options = Self { is_smoke: false, rounds: DEFAULT_ROUNDS, axes: Vec::new() };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match *argument {
                "--smoke" => options.is_smoke = true,
                "--rounds" => options.rounds = arguments.next().ok_or("how many?")?.parse()?,
                axis => options.axes.push(find(axis)?),
            }
        }
        if options.axes.is_empty() {
            options.axes.extend(&AXES);
        }
        Ok(options)
    }
}

fn find(name: &str) -> Result<&'static Axis> {
    let names: Vec<_> = AXES.iter().map(|axis| axis.name).collect();
    let found = AXES.iter().find(|axis| axis.name == name);
    Ok(found.ok_or_else(|| format!("{name} is none of {}", names.join(", ")))?)
}

async fn run(options: &Options) -> Result<()> {
    let server = Server::start()?;
    if options.is_smoke {
        let rig = Rig { port: server.port, is_smoke: true };
        for axis in &options.axes {
            for point in axis.smoke_points() {
                axis.measure(rig, point).await?;
            }
            println!("{}: the results are right", axis.name);
        }
        return Ok(());
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tables = String::new();
    for axis in &options.axes {
        let rows = measure(axis, options.rounds, server.port)?;
        plot::draw(axis, &rows, &folder.join(format!("plots/{}.svg", axis.name)))?;
        let table = readme::table(axis, &rows)?;
        println!("{table}");
        tables += &table;
        tables.push('\n');
    }
    if options.axes.len() == AXES.len() {
        readme::write(&folder.join("README.md"), &tables)?;
    }
    Ok(())
}

/// The medians of several rounds, in each of which every point has a process of its own: what one
/// leaves behind in memory is not the next one's.
fn measure(axis: &Axis, rounds: usize, port: u16) -> Result<Vec<Row>> {
    let mut measured = vec![Vec::new(); axis.points.len()];
    for _ in 0..rounds {
        for (point, measured) in axis.points.iter().zip(&mut measured) {
            measured.push(measure_apart(axis, *point, port)?);
        }
    }
    let rows = axis.points.iter().zip(measured).map(|(point, measured)| {
        let lines = 0..axis.lines().count();
        let medians = lines.map(|line| median(measured.iter().map(|row| row[line]).collect()));
        (*point, medians.collect())
    });
    Ok(rows.collect())
}

fn measure_apart(axis: &Axis, point: usize, port: u16) -> Result<Vec<f64>> {
    let output = Command::new(env::current_exe()?)
        .args(["point", axis.name, &point.to_string(), &port.to_string()])
        .output()?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{} {point}: {error}", axis.name).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

const DEFAULT_ROUNDS: usize = 5;
