//! What a run has gone through.
//!
//! Must not know: how it went.

use std::{fmt, ops::AddAssign, time::Duration};

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) scripts: u64,
    pub(super) time: Duration,
    pub(super) commands: u64,
    pub(super) cuts: u64,
    pub(super) resets: u64,
    pub(super) restarts: u64,
    pub(super) stalls: u64,
    pub(super) sleeps: u64,
    pub(super) closes: u64,
    pub(super) dials: u64,
    pub(super) sessions: u64,
    pub(super) connects: u64,
    pub(super) upgrades: u64,
    pub(super) recoveries: u64,
    pub(super) losses: u64,
    pub(super) heartbeats: u64,
    pub(super) emits: u64,
    pub(super) events_up: u64,
    pub(super) events_down: u64,
    pub(super) delivered: u64,
    pub(super) acked: u64,
    pub(super) ack_failures: u64,
    pub(super) answers_up: u64,
    pub(super) again: u64,
    pub(super) stale: u64,
    pub(super) unread: u64,
}

impl Counts {
    pub(super) fn faults(&self) -> u64 {
        self.cuts + self.resets + self.restarts + self.stalls + self.sleeps + self.closes
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        let Self {
            scripts, time, commands, cuts, resets, restarts, stalls, sleeps, closes, ..
        } = other;
        self.time += time;
        for (sum, count) in [
            (&mut self.scripts, scripts),
            (&mut self.commands, commands),
            (&mut self.cuts, cuts),
            (&mut self.resets, resets),
            (&mut self.restarts, restarts),
            (&mut self.stalls, stalls),
            (&mut self.sleeps, sleeps),
            (&mut self.closes, closes),
            (&mut self.dials, other.dials),
            (&mut self.sessions, other.sessions),
            (&mut self.connects, other.connects),
            (&mut self.upgrades, other.upgrades),
            (&mut self.recoveries, other.recoveries),
            (&mut self.losses, other.losses),
            (&mut self.heartbeats, other.heartbeats),
            (&mut self.emits, other.emits),
            (&mut self.events_up, other.events_up),
            (&mut self.events_down, other.events_down),
            (&mut self.delivered, other.delivered),
            (&mut self.acked, other.acked),
            (&mut self.ack_failures, other.ack_failures),
            (&mut self.answers_up, other.answers_up),
            (&mut self.again, other.again),
            (&mut self.stale, other.stale),
            (&mut self.unread, other.unread),
        ] {
            *sum += count;
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours = self.time.as_secs() / 3600;
        writeln!(f, "{hours} simulated hours in {} scripts", self.scripts)?;
        writeln!(
            f,
            "  faults {}: cuts {}, resets {}, restarts {}, stalled servers {}, suspends {}, closes {}",
            self.faults(),
            self.cuts,
            self.resets,
            self.restarts,
            self.stalls,
            self.sleeps,
            self.closes,
        )?;
        writeln!(
            f,
            "  commands {}, dials {}, sessions {} (lost {}), upgrades {}, namespaces connected {} \
             (restored {})",
            self.commands,
            self.dials,
            self.sessions,
            self.losses,
            self.upgrades,
            self.connects,
            self.recoveries,
        )?;
        writeln!(
            f,
            "  emits {}, arrived {} (retried ones again {}, unread at a goodbye {}); \
             acks {}, failed {}",
            self.emits, self.events_up, self.again, self.unread, self.acked, self.ack_failures,
        )?;
        write!(
            f,
            "  events sent by the server {}, delivered {}, answered {}; heartbeats {}; \
             stale inputs {}",
            self.events_down, self.delivered, self.answers_up, self.heartbeats, self.stale,
        )
    }
}
