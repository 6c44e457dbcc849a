//! The audit finds what is wrong: a run as it should be, and each thing that may go wrong with it.

use super::{Audit, Entry, audit};
use crate::report::{Kind, Outcome, Report, Span};

/// Three rounds: on the first connection, which is lost with what it was handed last; offline; on
/// the second connection.
struct Run {
    reports: Vec<Report>,
    ledger: Vec<Entry>,
}

impl Run {
    fn honest() -> Self {
        let mut run = Self { reports: Vec::new(), ledger: Vec::new() };
        run.connect(1, &[1, 2, 3, 4, 5, 6, 7]);
        for number in 1..=7 {
            run.emit(number, Span::On(1));
            run.send(1, number);
        }
        for number in 1..=4 {
            run.arrive("a", number);
        }
        run.settle(4, Outcome::Answered(4));
        run.say(Report::Disconnected { reason: "PingTimeout".to_owned() });
        for number in [5, 6] {
            run.settle(number, Outcome::Disconnected);
        }

        for number in [11, 12, 14, 15, 16, 17] {
            run.emit(number, Span::After(1));
        }
        run.say(Report::Refused { number: 13, kind: Kind::ToldReject, during: Span::After(1) });
        for number in [15, 16] {
            run.settle(number, Outcome::Unsent);
        }

        run.connect(2, &[]);
        for number in 21..=27 {
            run.emit(number, Span::On(2));
        }
        for number in [11, 14, 7, 21, 22, 23, 24, 25, 26, 17, 27] {
            run.send(2, number);
            run.arrive("b", number);
        }
        for number in [14, 7, 24, 25, 26, 17, 27] {
            run.settle(number, Outcome::Answered(number));
        }
        run.say(Report::Done { dropped: 2 });
        run
    }

    fn audit(&self) -> Audit {
        audit(&self.reports, &self.ledger)
    }

    fn say(&mut self, report: Report) {
        self.reports.push(report);
    }

    fn connect(&mut self, connection: usize, numbers: &[u64]) {
        self.say(Report::Connected { recovered: false });
        for number in numbers {
            self.say(Report::Heard { number: *number, connection });
        }
    }

    fn emit(&mut self, number: u64, during: Span) {
        self.say(Report::Accepted { number, kind: kind(number), size: 3, during });
    }

    fn send(&mut self, connection: u64, number: u64) {
        self.say(Report::Sent { number, connection });
    }

    fn settle(&mut self, number: u64, outcome: Outcome) {
        self.say(Report::Settled { number, outcome });
    }

    fn arrive(&mut self, session: &str, number: u64) {
        let event = serde_json::to_value(kind(number)).expect("a name");
        let event = event.as_str().expect("a name").to_owned();
        self.ledger.push(Entry { session: session.to_owned(), event, number, size: 3 });
    }

    /// Forgets that an event arrived, and that it was sent, after the loss.
    fn lose(&mut self, number: u64) {
        self.reports
            .retain(|r| !matches!(r, Report::Sent { number: n, connection: 2 } if *n == number));
        self.ledger.retain(|entry| entry.number != number);
    }

    /// Exchanges two events on their way.
    fn swap(&mut self, a: u64, b: u64) {
        let other = |number| {
            if number == a {
                b
            } else if number == b {
                a
            } else {
                number
            }
        };
        for report in &mut self.reports {
            if let Report::Sent { number, .. } = report {
                *number = other(*number);
            }
        }
        for entry in &mut self.ledger {
            entry.number = other(entry.number);
            entry.event = serde_json::to_value(kind(entry.number))
                .expect("a name")
                .as_str()
                .expect("a name")
                .to_owned();
        }
    }
}

/// Each round has one of each kind.
fn kind(number: u64) -> Kind {
    Kind::ROUND[usize::try_from(number % 10 - 1).expect("few")]
}

#[track_caller]
fn complains(spoil: impl FnOnce(&mut Run), expected: &str) {
    let mut run = Run::honest();
    spoil(&mut run);
    let complaints = run.audit().complaints;
    assert!(complaints.iter().any(|complaint| complaint.contains(expected)), "{complaints:#?}");
}

#[test]
fn an_honest_run_is_found_to_be_one() {
    let audit = Run::honest().audit();
    assert!(audit.complaints.is_empty(), "{:#?}", audit.complaints);
    // Of the first round two that were asked; of the second those that did not wait.
    assert_eq!((audit.lost, audit.dropped, audit.refused, audit.repeated), (2, 3, 1, 0));
}

#[test]
fn what_waited_and_never_came_is_missed() {
    complains(|run| run.lose(11), "1 of ToldBuffer were not sent, and 0 told");
    complains(|run| run.lose(14), "14 (AskedBuffer) settled as Answered(14)");
    complains(|run| run.lose(17), "17 (Retried) settled as Answered(17)");
}

#[test]
fn what_was_sent_on_a_good_connection_and_did_not_arrive_is_missed() {
    let lose_arrival =
        |number| move |run: &mut Run| run.ledger.retain(|entry| entry.number != number);
    complains(lose_arrival(22), "which no connection was handed");
    complains(lose_arrival(27), "the connection that was not lost got Some(17) last");
}

#[test]
fn what_came_twice_or_out_of_order_is_noticed() {
    complains(|run| run.swap(21, 22), "21 was sent after 22");
    complains(|run| run.swap(17, 27), "17 was sent after 27");
    let twice = |run: &mut Run| {
        let at = run.ledger.iter().position(|entry| entry.number == 14).expect("it came");
        run.ledger.insert(at, run.ledger[at].clone());
    };
    complains(twice, "14 was arrived after 14");
    let late = |run: &mut Run| run.arrive("a", 5);
    complains(late, "5 was arrived after 26");
    let changed = |run: &mut Run| run.ledger[0].size = 2;
    complains(changed, "was not emitted so");
}

#[test]
fn what_must_not_wait_is_noticed_when_it_did() {
    let waits = |run: &mut Run| {
        let at = run.reports.iter().position(|r| matches!(r, Report::Sent { number: 14, .. }));
        run.reports.insert(at.expect("it was sent"), Report::Sent { number: 12, connection: 2 });
        let during = Span::After(1);
        run.say(Report::Refused { number: 203, kind: Kind::ToldReject, during });
    };
    complains(waits, "12 (ToldDrop) waited for connection 2");
}

#[test]
fn acks_that_do_not_settle_or_say_what_is_not_so_are_noticed() {
    let silent = |run: &mut Run| {
        run.reports.retain(|r| !matches!(r, Report::Settled { number: 6, .. }));
    };
    complains(silent, "6 (AskedReject) has the outcomes []");
    complains(|run| run.settle(24, Outcome::Answered(24)), "24 (AskedBuffer) has the outcomes");
    let says = |number, said| {
        move |run: &mut Run| {
            for report in &mut run.reports {
                match report {
                    Report::Settled { number: n, outcome } if *n == number => *outcome = said,
                    _ => {}
                }
            }
        }
    };
    complains(says(5, Outcome::Answered(5)), "5 (AskedDrop) settled as Answered(5)");
    complains(says(24, Outcome::Answered(25)), "24 (AskedBuffer) settled as Answered(25)");
    complains(says(25, Outcome::Unsent), "25 (AskedDrop) settled as Unsent");
    complains(says(14, Outcome::Unsent), "14 (AskedBuffer) settled as Unsent");
    complains(says(15, Outcome::Disconnected), "15 (AskedDrop) settled as Disconnected");
}

#[test]
fn what_is_thrown_away_without_a_word_is_noticed() {
    let untold = |run: &mut Run| run.lose(23);
    complains(untold, "1 of ToldReject were not sent, and 0 told");
    let uncounted = |run: &mut Run| {
        run.reports.pop();
        run.say(Report::Done { dropped: 1 });
    };
    complains(uncounted, "3 were not sent, and 1 counted");
}

#[test]
fn numbers_of_the_server_that_are_missed_or_repeated_are_noticed() {
    let hears = |number| {
        move |run: &mut Run| {
            let at = run.reports.len() - 1;
            run.reports.insert(at, Report::Heard { number, connection: 2 });
        }
    };
    // What was said meanwhile is missed where nothing is recovered.
    let mut run = Run::honest();
    hears(100)(&mut run);
    assert!(run.audit().complaints.is_empty(), "{:#?}", run.audit().complaints);
    complains(hears(7), "heard 7 after 7");
    let recovers = |run: &mut Run| {
        for report in run.reports.iter_mut().skip(1) {
            if let Report::Connected { recovered } = report {
                *recovered = true;
            }
        }
        hears(9)(run);
    };
    complains(recovers, "heard 9 after 7");
}
