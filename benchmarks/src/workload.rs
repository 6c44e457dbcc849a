//! What is done, and where.
//!
//! Must not know: the contenders.

use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::Error;

/// How many emits go out between two looks at the connection.
pub const BATCH: usize = 64;
/// The same of attachments.
pub const BATCH_OF_ATTACHMENTS: usize = 4;
/// How many answers are awaited at once.
pub const IN_FLIGHT: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Workload {
    pub work: Work,
    pub place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Work {
    Receive,
    Emit,
    InFlight,
    OneByOne,
    AttachmentsDown,
    AttachmentsUp,
    /// Connects, and lets the connections be idle.
    Connect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Place {
    /// A current-thread runtime, WebSocket.
    CurrentThread,
    /// A multi-threaded runtime with two workers; the user's code is a spawned task, as in a
    /// service.
    Workers,
    /// The same with the user's code in `block_on`, on a thread that is no worker.
    WorkersMain,
    /// A current-thread runtime, long-polling.
    Polling,
}

/// All that is measured, in the order of the table.
pub const WORKLOADS: [Workload; 17] = [
    Workload::new(Work::Receive, Place::CurrentThread),
    Workload::new(Work::Emit, Place::CurrentThread),
    Workload::new(Work::InFlight, Place::CurrentThread),
    Workload::new(Work::OneByOne, Place::CurrentThread),
    Workload::new(Work::AttachmentsDown, Place::CurrentThread),
    Workload::new(Work::AttachmentsUp, Place::CurrentThread),
    Workload::new(Work::Connect, Place::CurrentThread),
    Workload::new(Work::Receive, Place::Workers),
    Workload::new(Work::Emit, Place::Workers),
    Workload::new(Work::InFlight, Place::Workers),
    Workload::new(Work::OneByOne, Place::Workers),
    Workload::new(Work::Receive, Place::WorkersMain),
    Workload::new(Work::Emit, Place::WorkersMain),
    Workload::new(Work::InFlight, Place::WorkersMain),
    Workload::new(Work::OneByOne, Place::WorkersMain),
    Workload::new(Work::Receive, Place::Polling),
    Workload::new(Work::Emit, Place::Polling),
];

impl Workload {
    #[must_use]
    pub const fn new(work: Work, place: Place) -> Self {
        Self { work, place }
    }

    /// What the table calls it.
    #[must_use]
    pub fn title(self) -> String {
        let work = match self.work {
            Work::Receive => "receive flood",
            Work::Emit => "emit flood",
            Work::InFlight => "ack, 64 in flight",
            Work::OneByOne => "ack, one by one",
            Work::AttachmentsDown => "64 KiB attachments down",
            Work::AttachmentsUp => "64 KiB attachments up",
            Work::Connect => "connect",
        };
        let place = match self.place {
            Place::CurrentThread => "",
            Place::Workers => ", two workers",
            Place::WorkersMain => ", two workers, user in `block_on`",
            Place::Polling => ", long-polling",
        };
        format!("{work}{place}")
    }

    /// How many operations take about a second.
    #[must_use]
    pub fn count(self) -> usize {
        match (self.work, self.place) {
            (Work::Receive | Work::Emit, _) => 1_000_000,
            (Work::InFlight, _) => 500_000,
            (Work::OneByOne, _) => 20_000,
            (Work::AttachmentsDown, _) => 60_000,
            (Work::AttachmentsUp, _) => 30_000,
            (Work::Connect, _) => 5_000,
        }
    }

    /// How many operations the table gives the seconds of.
    #[must_use]
    pub fn unit(self) -> u32 {
        if self.work == Work::Connect { 5_000 } else { 1_000_000 }
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let work = match self.work {
            Work::Receive => "receive",
            Work::Emit => "emit",
            Work::InFlight => "in-flight",
            Work::OneByOne => "one-by-one",
            Work::AttachmentsDown => "attachments-down",
            Work::AttachmentsUp => "attachments-up",
            Work::Connect => "connect",
        };
        let place = match self.place {
            Place::CurrentThread => "",
            Place::Workers => "@workers",
            Place::WorkersMain => "@workers-main",
            Place::Polling => "@polling",
        };
        write!(f, "{work}{place}")
    }
}

impl FromStr for Workload {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let known = || WORKLOADS.map(|workload| workload.to_string()).join(", ");
        WORKLOADS
            .into_iter()
            .find(|workload| workload.to_string() == name)
            .ok_or_else(|| format!("unknown workload; there are {}", known()).into())
    }
}
