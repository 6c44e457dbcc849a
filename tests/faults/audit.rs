//! Holds what the client said of its events against what the server wrote down.
//!
//! What is promised, and held here:
//!
//! - What one connection was handed arrives in that order, once, up to some point; all of it, if
//!   the connection was not lost.
//! - What was not handed to a lost connection is handed to the next, in call order, if it waits
//!   ([`OfflinePolicy::Buffer`]); if not, that is told where the policy says so, and counted.
//! - What was handed to a lost connection is not sent again. Whether it arrived is told of an event
//!   with ack, as far as it can be known: an answer says that it did, [`AckError::Disconnected`] that
//!   nobody knows. Of an event without ack nobody is told.
//! - What is retried arrives, and in order, perhaps more than once.
//! - Each ack settles, and no answer is made up.
//!
//! [`OfflinePolicy::Buffer`]: socketio_runtime::OfflinePolicy::Buffer
//! [`AckError::Disconnected`]: socketio_runtime::AckError::Disconnected

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::report::{Kind, Outcome, Report, Span};

/// An event that came to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The connection, as the server names it.
    pub(crate) session: String,
    pub(crate) event: String,
    pub(crate) number: u64,
    pub(crate) size: usize,
}

/// What a run came to, for tests that expect more than the promise.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    /// Everything that is not as promised.
    pub(crate) complaints: Vec<String>,
    /// Events that are not retried and that lost connections had been handed in vain.
    pub(crate) lost: usize,
    /// Events that were accepted, did not wait, and were not sent.
    pub(crate) dropped: usize,
    /// Events that the server has got more than once.
    pub(crate) repeated: usize,
    /// Of those, the ones without ack that were told.
    pub(crate) thrown_away: usize,
    /// Emit methods that said at once that the socket is offline.
    pub(crate) refused: usize,
}

pub(crate) fn audit(reports: &[Report], ledger: &[Entry]) -> Audit {
    let books = Books::new(reports, ledger);
    let mut audit = Audit { refused: books.refused.len(), ..Audit::default() };
    books.sent_in_call_order(&mut audit);
    books.sent_in_time(&mut audit);
    books.arrived_as_sent(&mut audit);
    books.accounted_for(&mut audit);
    books.counted(&mut audit);
    books.heard_in_order(&mut audit);
    audit
}

/// The same, sorted.
struct Books<'a> {
    reports: &'a [Report],
    ledger: &'a [Entry],
    kinds: BTreeMap<u64, (Kind, usize)>,
    /// When they were emitted.
    emitted: HashMap<u64, Span>,
    refused: BTreeMap<u64, Span>,
    /// In order, of each connection.
    sent: BTreeMap<u64, Vec<u64>>,
    outcomes: HashMap<u64, Vec<Outcome>>,
    thrown_away: HashMap<Kind, usize>,
    arrived: HashSet<u64>,
}

impl<'a> Books<'a> {
    fn new(reports: &'a [Report], ledger: &'a [Entry]) -> Self {
        let arrived = ledger.iter().map(|entry| entry.number).collect();
        let mut books = Self {
            reports,
            ledger,
            kinds: BTreeMap::new(),
            emitted: HashMap::new(),
            refused: BTreeMap::new(),
            sent: BTreeMap::new(),
            outcomes: HashMap::new(),
            thrown_away: HashMap::new(),
            arrived,
        };
        for report in reports {
            match *report {
                Report::Accepted { number, kind, size, during } => {
                    books.kinds.insert(number, (kind, size));
                    books.emitted.insert(number, during);
                }
                Report::Refused { number, kind, during } => {
                    books.kinds.insert(number, (kind, 0));
                    books.refused.insert(number, during);
                }
                Report::Sent { number, connection } => {
                    books.sent.entry(connection).or_default().push(number);
                }
                Report::Settled { number, outcome } => {
                    books.outcomes.entry(number).or_default().push(outcome);
                }
                Report::ThrownAway { kind } => *books.thrown_away.entry(kind).or_default() += 1,
                _ => {}
            }
        }
        books
    }

    fn is_retried(&self, number: u64) -> bool {
        self.kinds.get(&number).is_some_and(|(kind, _)| *kind == Kind::Retried)
    }

    fn all_sent(&self) -> impl Iterator<Item = u64> {
        self.sent.values().flatten().copied()
    }

    fn sent_in_call_order(&self, audit: &mut Audit) {
        let (retried, once): (Vec<_>, Vec<_>) =
            self.all_sent().partition(|number| self.is_retried(*number));
        complain_of_disorder("sent", &once, Repeats::Forbidden, audit);
        complain_of_disorder("sent", &retried, Repeats::Allowed, audit);
        for number in once.iter().filter(|number| self.refused.contains_key(number)) {
            audit.complain(format!("{number} was refused and sent"));
        }
    }

    /// What does not wait is sent on the connection that was there when it was emitted, or on none.
    fn sent_in_time(&self, audit: &mut Audit) {
        for (connection, sent) in &self.sent {
            for number in sent {
                let Some((kind, _)) = self.kinds.get(number) else {
                    audit.complain(format!("{number} was sent, and never emitted"));
                    continue;
                };
                let waits = kind.is_buffered() || *kind == Kind::Retried;
                let is_in_time = match self.emitted.get(number) {
                    Some(Span::On(current)) => current == connection,
                    // The next one may just be being made, if nothing much later was refused before.
                    Some(span @ Span::After(_)) => {
                        let later = self.refused.range(number + WHILE_CONNECTING..);
                        !later.map(|(_, refused)| refused).any(|refused| refused == span)
                    }
                    Some(Span::Unknown) | None => true,
                };
                if !waits && !is_in_time {
                    audit.complain(format!(
                        "{number} ({kind:?}) waited for connection {connection}"
                    ));
                }
            }
        }
    }

    /// Each connection's arrivals are the beginning of what some connection was handed, later than
    /// that of the arrivals before. (One of which nothing arrived is unknown to the server's book.)
    fn arrived_as_sent(&self, audit: &mut Audit) {
        let mut sessions: Vec<(&str, Vec<u64>)> = Vec::new();
        for entry in self.ledger {
            let Entry { session, event, number, size } = entry;
            match sessions.iter_mut().find(|(known, _)| known == session) {
                Some((_, arrivals)) => arrivals.push(*number),
                None => sessions.push((session, vec![*number])),
            }
            let told = Kind::named(event).map(|kind| (kind, *size));
            if told != self.kinds.get(number).copied() {
                audit.complain(format!("{entry:?} was not emitted so"));
            }
        }
        let mut connections = self.sent.iter();
        let mut lost = 0;
        for (session, arrivals) in &sessions {
            let matching = connections.by_ref().find(|(_, sent)| {
                let begins_so = sent.starts_with(arrivals);
                let in_vain = if begins_so { &sent[arrivals.len()..] } else { sent };
                lost += in_vain.iter().filter(|number| !self.is_retried(**number)).count();
                begins_so
            });
            if matching.is_none() {
                audit.complain(format!(
                    "session {session} got {arrivals:?}, which no connection was handed: {:?}",
                    self.sent
                ));
            }
        }
        let rest = connections.flat_map(|(_, sent)| sent);
        lost += rest.filter(|number| !self.is_retried(**number)).count();
        audit.lost = lost;
        let last_sent = self.sent.values().next_back().and_then(|sent| sent.last());
        let last_arrived = self.ledger.last().map(|entry| entry.number);
        if last_sent.copied() != last_arrived {
            audit.complain(format!(
                "the connection that was not lost got {last_arrived:?} last, not {last_sent:?}"
            ));
        }

        // Across connections, too.
        let arrivals = self.ledger.iter().map(|entry| entry.number);
        let (retried, once): (Vec<_>, Vec<_>) =
            arrivals.partition(|number| self.is_retried(*number));
        complain_of_disorder("arrived", &once, Repeats::Forbidden, audit);
        complain_of_disorder("arrived", &retried, Repeats::Allowed, audit);
        let distinct: HashSet<_> = retried.iter().collect();
        audit.repeated = retried.len() - distinct.len();
    }

    fn accounted_for(&self, audit: &mut Audit) {
        let sent: HashSet<_> = self.all_sent().collect();
        let mut unsent: HashMap<Kind, usize> = HashMap::new();
        for (number, (kind, _)) in &self.kinds {
            let outcomes = self.outcomes.get(number).map_or(&[][..], Vec::as_slice);
            let expected = usize::from(kind.is_asked());
            if outcomes.len() != expected {
                audit.complain(format!("{number} ({kind:?}) has the outcomes {outcomes:?}"));
            }
            let is_sent = sent.contains(number);
            if !is_sent && !self.refused.contains_key(number) {
                *unsent.entry(*kind).or_default() += 1;
            }
            for outcome in outcomes {
                let has_arrived = self.arrived.contains(number);
                if !is_true(*outcome, *number, *kind, is_sent, has_arrived) {
                    audit.complain(format!(
                        "{number} ({kind:?}) settled as {outcome:?}; sent: {is_sent}, arrived: {has_arrived}"
                    ));
                }
            }
        }
        for (kind, may_be_thrown_away) in [(Kind::ToldBuffer, false), (Kind::ToldReject, true)] {
            let unsent = unsent.get(&kind).copied().unwrap_or_default();
            let told = self.thrown_away.get(&kind).copied().unwrap_or_default();
            if unsent != told || (told > 0 && !may_be_thrown_away) {
                audit.complain(format!("{unsent} of {kind:?} were not sent, and {told} told"));
            }
        }
        audit.dropped = unsent.values().sum();
        audit.thrown_away = self.thrown_away.values().sum();
    }

    fn counted(&self, audit: &mut Audit) {
        let Some(Report::Done { dropped }) = self.reports.last() else {
            return audit.complain("the client did not come to its end".to_owned());
        };
        // What the emit method itself refused was never accepted, even where an ack tells.
        let is_rejected = |number: &u64, outcomes: &[Outcome]| {
            let may_be = matches!(self.kinds.get(number), Some((Kind::AskedReject, _)));
            may_be && outcomes == [Outcome::Unsent]
        };
        let outcomes = self.outcomes.iter();
        let rejected = outcomes.filter(|(number, outcomes)| is_rejected(number, outcomes)).count();
        let counted = usize::try_from(*dropped).expect("few");
        if counted > audit.dropped || counted + rejected < audit.dropped {
            audit.complain(format!("{} were not sent, and {counted} counted", audit.dropped));
        }
    }

    /// What the server said comes in order and once; what is missing is missed where a connection
    /// was made that did not recover the former one.
    fn heard_in_order(&self, audit: &mut Audit) {
        let mut recoveries = Vec::new();
        for report in self.reports {
            if let Report::Connected { recovered } = *report {
                recoveries.push(recovered);
            }
        }
        let mut last: Option<(u64, usize)> = None;
        for report in self.reports {
            let Report::Heard { number, connection } = *report else { continue };
            if let Some((last, former)) = last {
                let may_miss = recoveries[former..connection].iter().any(|recovered| !recovered);
                if number <= last || (number > last + 1 && !may_miss) {
                    audit.complain(format!("heard {number} after {last}: {recoveries:?}"));
                }
            }
            last = Some((number, connection));
        }
    }
}

impl Audit {
    fn complain(&mut self, complaint: String) {
        self.complaints.push(complaint);
    }
}

/// Whether what an ack told agrees with what happened, where the connection is all that fails.
fn is_true(outcome: Outcome, number: u64, kind: Kind, is_sent: bool, has_arrived: bool) -> bool {
    if kind == Kind::Retried {
        return outcome == Outcome::Answered(number) && has_arrived;
    }
    match outcome {
        Outcome::Answered(answer) => answer == number && has_arrived,
        Outcome::Unsent => !is_sent && !kind.is_buffered(),
        Outcome::Disconnected => is_sent,
        Outcome::Unexpected => false,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeats {
    Allowed,
    Forbidden,
}

fn complain_of_disorder(verb: &str, numbers: &[u64], repeats: Repeats, audit: &mut Audit) {
    for pair in numbers.windows(2) {
        if pair[1] < pair[0] || (pair[1] == pair[0] && repeats == Repeats::Forbidden) {
            audit.complain(format!("{} was {verb} after {}", pair[1], pair[0]));
        }
    }
}

/// Events that may be emitted while the client hands out what it missed, and says only then that it
/// is connected: a fifth of a second's.
const WHILE_CONNECTING: u64 = 20 * 7;

#[cfg(test)]
mod tests;
