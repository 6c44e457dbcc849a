//! Runs every workload for every contender, interleaved, and prints one table. `README.md` says
//! what it means; `--help` has the options.

mod contender;
mod goals;
mod machine;
mod options;
mod readme;
mod report;
mod results;
mod rounds;
mod run;
mod server;

use clap::Parser;
use rustix::process::{Resource, getrlimit, setrlimit};
use socketio_benchmarks::Error;

use crate::{options::Options, rounds::Rounds};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let options = Options::parse();
    raise_open_files()?;
    let machine = machine::describe();
    let results = Rounds::new(&options).await?.run().await?;
    if options.smoke {
        println!("every run has ended, with its operations counted");
        return Ok(());
    }
    let report = report::markdown(&results, &machine, &options);
    println!("{report}");
    if options.write {
        readme::write(&report)?;
    }
    Ok(())
}

/// As far as it may be. The server and the contenders inherit it.
fn raise_open_files() -> Result<(), Error> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    Ok(setrlimit(Resource::Nofile, limit)?)
}
