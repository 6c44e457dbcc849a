//! The clients that are compared: each does the same work in its own manner, in a process of its own.
//!
//! Must not know: how runs are compared.

mod bare_hyper;
mod command;
mod limit;
mod ours;
#[cfg(feature = "peers")]
mod peer_rust_socketio;
#[cfg(feature = "peers")]
mod peer_sioc;

use crate::{
    Error,
    measure::{Counter, Meter},
    workload::Workload,
};

pub use self::command::command;

/// One run.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub workload: Workload,
    pub count: usize,
    pub port: u16,
    pub counter: Option<Counter>,
}

impl Run {
    fn meter(&self) -> Meter {
        Meter::start(self.counter)
    }

    fn unsupported<T>(&self) -> Result<T, Error> {
        Err(format!("{} is not for this contender", self.workload).into())
    }
}

/// Whether everything has come that should.
fn check(what: &str, seen: usize, expected: usize) -> Result<(), Error> {
    if seen == expected {
        return Ok(());
    }
    Err(format!("{what}: {seen}, not {expected}").into())
}
