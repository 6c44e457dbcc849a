//! Who is compared, and who cannot do what.
//!
//! Must not know: how runs are made.

use std::str::FromStr;

use socketio_benchmarks::{
    Error,
    workload::{Place, Work, Workload},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Contender {
    Ours,
    Limit,
    Limit16,
    Limit4,
    Sioc,
    RustSocketio,
    Node,
    /// For attachments only, where it makes a difference.
    NodeBufferutil,
}

pub(crate) enum Part {
    Takes,
    /// Nobody asks for it.
    None,
    /// It would be asked for, but the contender is not able to.
    Cannot(&'static str),
}

/// In the order of the table's columns.
pub(crate) const CONTENDERS: [Contender; 8] = [
    Contender::Ours,
    Contender::Limit,
    Contender::Limit16,
    Contender::Limit4,
    Contender::Sioc,
    Contender::RustSocketio,
    Contender::Node,
    Contender::NodeBufferutil,
];

impl Contender {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Limit => "limit",
            Self::Limit16 => "limit-16k",
            Self::Limit4 => "limit-4k",
            Self::Sioc => "sioc",
            Self::RustSocketio => "rust_socketio",
            Self::Node => "node",
            Self::NodeBufferutil => "node-bufferutil",
        }
    }

    /// The head of its column.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Ours => "this client",
            Self::Limit => "limit",
            Self::Limit16 => "limit, 16 KiB",
            Self::Limit4 => "limit, 4 KiB",
            Self::Sioc => "sioc",
            Self::RustSocketio => "rust_socketio",
            Self::Node => "Node",
            Self::NodeBufferutil => "Node, bufferutil",
        }
    }

    pub(crate) fn is_node(self) -> bool {
        matches!(self, Self::Node | Self::NodeBufferutil)
    }

    pub(crate) fn part(self, workload: Workload) -> Part {
        let is_attachment = matches!(workload.work, Work::AttachmentsDown | Work::AttachmentsUp);
        match (self, workload.place, workload.work) {
            (Self::Ours | Self::Limit, ..) => Part::Takes,
            (_, Place::Workers | Place::WorkersMain | Place::Polling, _) => Part::None,
            (Self::NodeBufferutil, ..) if !is_attachment => Part::None,
            (Self::RustSocketio, _, Work::InFlight) => {
                Part::Cannot("callbacks only; panics when two random ids meet")
            }
            _ => Part::Takes,
        }
    }

    /// How many times fewer operations it does than the others, so that a round stays short; costs
    /// are per operation.
    pub(crate) fn shortened(self, work: Work) -> usize {
        match (self, work) {
            (Self::Sioc, Work::Connect) => 5,
            // It waits for delayed TCP acknowledgements at each connection: 40 ms.
            (Self::RustSocketio, Work::Connect) => 20,
            (Self::Node | Self::NodeBufferutil, work) if work != Work::Connect => 5,
            _ => 1,
        }
    }
}

impl FromStr for Contender {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let known = || CONTENDERS.map(Self::name).join(", ");
        CONTENDERS
            .into_iter()
            .find(|contender| contender.name() == name)
            .ok_or_else(|| format!("unknown contender; there are {}", known()).into())
    }
}
