//! Runs one workload so many times: `workload <name> <count> <port>`. The port is that of the
//! server in `instructions`, which counts the instructions from outside.

mod client;

use std::{env, error::Error};

use socketio_codec::{limit_operation, our_operation};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [name, count, port] = &*arguments else { return Err("workload, count, port".into()) };
    let count = count.parse()?;
    let operation = match name.strip_prefix("limit-") {
        Some(name) => limit_operation(name),
        None => our_operation(name),
    };
    match operation {
        Some(mut operation) => (0..count).for_each(|_| operation()),
        None => client::run(name, count, port.parse()?)?,
    }
    Ok(())
}
