//! What is measured: against how much there is of what.

mod acks;
mod connections;
mod events;
mod listeners;
mod namespaces;
mod payloads;

use std::{future::Future, pin::Pin};

use crate::{Result, names::SCHEMA_SIZES, workload::Rig};

/// One plot, of one or two panels.
pub struct Axis {
    pub name: &'static str,
    pub title: &'static str,
    /// What there is more and more of.
    pub of: &'static str,
    pub panels: &'static [Panel],
    pub points: &'static [usize],
    run: fn(Rig, usize) -> Measuring,
}

/// Lines of one unit.
pub struct Panel {
    pub unit: &'static str,
    pub lines: &'static [&'static str],
}

/// One value for each line, panel after panel.
type Measuring = Pin<Box<dyn Future<Output = Result<Vec<f64>>>>>;

impl Axis {
    pub async fn measure(&self, rig: Rig, point: usize) -> Result<Vec<f64>> {
        let values = (self.run)(rig, point).await?;
        assert_eq!(values.len(), self.lines().count(), "{}", self.name);
        Ok(values)
    }

    pub fn lines(&self) -> impl Iterator<Item = (&'static Panel, &'static str)> + use<> {
        self.panels.iter().flat_map(|panel| panel.lines.iter().map(move |line| (panel, *line)))
    }

    pub fn smoke_points(&self) -> impl Iterator<Item = usize> + use<> {
        self.points.iter().copied().filter(|point| *point <= MOST_IN_SMOKE)
    }
}

const MOST_IN_SMOKE: usize = 100;

const CPU: &str = "µs of CPU";
const BYTES: &str = "bytes resident";

pub static AXES: [Axis; 6] = [
    Axis {
        name: "events",
        title: "Events in a schema, each with a listener",
        of: "events",
        panels: &[Panel { unit: CPU, lines: &["an event received"] }],
        points: &SCHEMA_SIZES,
        run: |rig, point| Box::pin(events::run(rig, point)),
    },
    Axis {
        name: "listeners",
        title: "Listeners on a socket",
        of: "listeners",
        panels: &[
            Panel {
                unit: CPU,
                lines: &["an event received", "one more registered", "one removed"],
            },
            Panel {
                unit: "µs of CPU, all on one event",
                lines: &["one more registered", "one removed", "one called"],
            },
        ],
        points: &[1, 10, 100, 1000, 10_000, 100_000],
        run: |rig, point| Box::pin(listeners::run(rig, point)),
    },
    Axis {
        name: "namespaces",
        title: "Namespaces on a connection",
        of: "namespaces",
        panels: &[
            Panel {
                unit: CPU,
                lines: &["an event received", "an ack round trip", "one connected", "one left"],
            },
            Panel { unit: BYTES, lines: &["a namespace"] },
        ],
        points: &[1, 10, 100, 1000],
        run: |rig, point| Box::pin(namespaces::run(rig, point)),
    },
    Axis {
        name: "acks",
        title: "Pending acks on a socket",
        of: "acks",
        panels: &[
            Panel {
                unit: CPU,
                lines: &[
                    "one emitted",
                    "one answered",
                    "one timed out",
                    "a round trip beside them",
                ],
            },
            Panel { unit: BYTES, lines: &["an ack"] },
        ],
        points: &[1, 10, 100, 1000, 10_000, 100_000, 1_000_000],
        run: |rig, point| Box::pin(acks::run(rig, point)),
    },
    Axis {
        name: "payloads",
        title: "Bytes in a payload",
        of: "bytes",
        panels: &[Panel {
            unit: "ns of CPU a byte",
            lines: &["text down", "text up", "binary down", "binary up"],
        }],
        points: &[100, 1000, 10_000, 100_000, 1_000_000, 10_000_000],
        run: |rig, point| Box::pin(payloads::run(rig, point)),
    },
    Axis {
        name: "connections",
        title: "Connections in a process",
        of: "connections",
        panels: &[
            Panel { unit: CPU, lines: &["one opened", "a heartbeat", "one closed"] },
            Panel { unit: BYTES, lines: &["a connection"] },
        ],
        points: &[1, 10, 100, 1000, 10_000],
        run: |rig, point| Box::pin(connections::run(rig, point)),
    },
];
