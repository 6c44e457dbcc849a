//! What both ends have seen, event by event: who told whom what, and whether that may be.
//!
//! Must not know: the state machine's inside.
//!
//! The client's events have numbers, which are their ack ids too. Each has to come to an end that
//! somebody hears of: it left the process, once and in order; or it was reported; or its user threw
//! it away. The server's events have numbers in their session of a namespace, without a gap.

use std::time::Instant;

use super::{
    super::super::{AckFailure, BARRIER_TIMEOUT, Cancellation, NamespaceId},
    moves::Kind,
};
use crate::error::{EmitError, InvalidEvent};

#[derive(Debug, Default)]
pub(super) struct Books {
    /// By their numbers, from 1.
    emits: Vec<Emit>,
    members: Vec<Member>,
    /// How many sessions were begun.
    pub(super) epoch: u32,
    /// Bytes of events of which nothing was handed to the transport or reported, and twice those
    /// of events that are retried.
    waiting_bytes: usize,
    /// The namespaces whose word of acceptance the client was given on this session.
    pub(super) is_accepted: [bool; 3],
    connect_polled: [Option<Instant>; 3],
    disconnect_polled: [Option<Instant>; 3],
    pub(super) unread: u64,
    pub(super) again: u64,
}

/// One of the client's events.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what has become of it")]
struct Emit {
    member: NamespaceId,
    kind: Kind,
    has_ack: bool,
    size: usize,
    /// When its time is up at the earliest and at the latest.
    deadline: Option<Instant>,
    emitted: Instant,
    /// How often it left the process, and in which session last.
    polled: u32,
    polled_at: Option<Instant>,
    epoch: u32,
    arrived: u32,
    is_answered: bool,
    /// Its answer came, or the word that none will; in this session.
    settled: Option<u32>,
    is_forgotten: bool,
    /// It was cancelled too late or cleared, so that it may end without a word.
    is_let_go: bool,
    /// It must not be sent any more.
    is_reported: bool,
    /// Something of it is counted in [`Books::waiting_bytes`].
    is_weighed: bool,
}

/// One of the client's sockets.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what it is told")]
struct Member {
    id: NamespaceId,
    was_wanted: bool,
    is_wanted: bool,
    is_connected: bool,
    is_removed: bool,
    /// Its user left at some time, so that some events may be missing in the beginning.
    is_disturbed: bool,
    membership: u32,
    plain: u32,
    number: u32,
    last_polled: u32,
    last_retried: u32,
    /// How many events were dropped without a name.
    dropped: u32,
}

impl Books {
    // --- sockets ---

    pub(super) fn add(&mut self, id: NamespaceId) {
        self.members.push(Member {
            id,
            was_wanted: false,
            is_wanted: false,
            is_connected: false,
            is_removed: false,
            is_disturbed: false,
            membership: 0,
            plain: 0,
            number: 0,
            last_polled: 0,
            last_retried: 0,
            dropped: 0,
        });
    }

    pub(super) fn on_connect_called(&mut self, id: NamespaceId) {
        let member = self.member(id);
        (member.was_wanted, member.is_wanted) = (true, true);
    }

    pub(super) fn on_disconnect_called(&mut self, id: NamespaceId, path: usize) {
        self.member(id).is_disturbed = true;
        self.is_accepted[path] = false;
    }

    pub(super) fn on_connected(&mut self, id: NamespaceId, path: usize, recovered: bool) {
        assert!(self.is_accepted[path], "connected without the server's word");
        let member = self.member(id);
        assert!(member.is_wanted && !member.is_connected, "connected twice, or unasked");
        assert!(!recovered || member.membership > 0, "nothing could be restored");
        member.is_connected = true;
    }

    pub(super) fn on_disconnected(&mut self, id: NamespaceId, will_reconnect: bool) {
        let member = self.member(id);
        assert!(member.is_wanted || member.is_removed, "disconnected though nobody wants it");
        member.is_connected = false;
        member.is_wanted &= will_reconnect;
    }

    pub(super) fn on_connect_error(&mut self, id: NamespaceId, will_retry: bool) {
        let member = self.member(id);
        assert!(!member.is_connected, "a connect error while connected");
        member.is_wanted &= will_retry;
    }

    pub(super) fn is_wanted(&self, id: NamespaceId) -> bool {
        self.members.iter().any(|member| member.id == id && member.is_wanted)
    }

    pub(super) fn is_anybody_wanted(&self) -> bool {
        self.members.iter().any(|member| member.is_wanted)
    }

    /// Whether it ever was.
    pub(super) fn was_wanted(&self, id: NamespaceId) -> bool {
        self.members.iter().any(|member| member.id == id && member.was_wanted)
    }

    pub(super) fn is_connected(&self, id: NamespaceId) -> bool {
        self.members.iter().any(|member| member.id == id && member.is_connected)
    }

    /// An event of the server's has reached its user.
    pub(super) fn on_received(&mut self, id: NamespaceId, path: usize, numbers: [u32; 3]) {
        assert!(self.is_accepted[path], "an event before the server's word");
        let member = self.member(id);
        assert!(member.is_wanted && !member.is_removed, "an event for nobody");
        let [membership, plain, number] = numbers;
        assert!(membership >= member.membership, "an event of a former session");
        if membership > member.membership {
            (member.membership, member.plain, member.number) = (membership, 0, 0);
        }
        assert!(number > member.number, "event {number} comes after {}", member.number);
        if plain > 0 {
            let is_next = plain == member.plain + 1 || member.is_disturbed;
            assert!(is_next, "event {plain} comes after {}", member.plain);
            (member.plain, member.is_disturbed) = (plain, false);
        }
        member.number = number;
    }

    // --- the client's events ---

    pub(super) fn next_number(&self) -> u32 {
        u32::try_from(self.emits.len() + 1).expect("not that many events")
    }

    pub(super) fn on_emit(&mut self, now: Instant, id: NamespaceId, kind: Kind, size: usize) {
        let deadline = match kind {
            Kind::Asked { timeout } => timeout.map(|timeout| now + super::moves::millis(timeout)),
            Kind::VolatileAsked | Kind::RejectedAsked => Some(now + ASKED_TIMEOUT),
            _ => None,
        };
        self.waiting_bytes += size * kind.copies();
        self.emits.push(Emit {
            member: id,
            kind,
            has_ack: kind.has_ack(),
            size,
            deadline,
            emitted: now,
            polled: 0,
            polled_at: None,
            epoch: 0,
            arrived: 0,
            is_answered: false,
            settled: None,
            is_forgotten: false,
            is_let_go: false,
            is_reported: false,
            is_weighed: true,
        });
    }

    /// The last but so many whose answer is waited for.
    pub(super) fn pending(&self, last: usize) -> Option<(NamespaceId, u32)> {
        let mut pending = (1..self.next_number()).rev().filter(|number| {
            let emit = &self.emits[usize::try_from(*number - 1).expect("few")];
            emit.has_ack && emit.settled.is_none() && !emit.is_forgotten
        });
        let number = pending.nth(last)?;
        Some((self.emits[usize::try_from(number - 1).expect("few")].member, number))
    }

    pub(super) fn pending_acks(&self) -> usize {
        let is_pending =
            |emit: &&Emit| emit.has_ack && emit.settled.is_none() && !emit.is_forgotten;
        self.emits.iter().filter(is_pending).count()
    }

    pub(super) fn on_retimed(&mut self, now: Instant, number: u32, timeout: std::time::Duration) {
        let emit = self.emit(number);
        emit.deadline = Some((emit.emitted + timeout).max(now));
    }

    pub(super) fn on_forgotten(&mut self, number: u32) {
        self.emit(number).is_forgotten = true;
    }

    pub(super) fn on_cancelled(&mut self, number: u32, outcome: Cancellation) {
        let emit = self.emit(number);
        emit.is_forgotten = true;
        emit.is_let_go = true;
        if outcome == Cancellation::Withdrawn {
            assert_eq!(emit.polled, 0, "e{number} was sent and is said to be withdrawn");
            self.report(number);
        }
    }

    /// Its user throws away what waits.
    pub(super) fn on_cleared(&mut self, event: &str) {
        let number = number_of(event);
        let emit = self.emit(number);
        let is_retried = emit.is_retried();
        emit.is_let_go = true;
        if !is_retried {
            self.report(number);
        }
    }

    /// Something of an event has been handed to the transport.
    pub(super) fn on_polled(&mut self, now: Instant, number: u32) {
        let epoch = self.epoch;
        let emit = self.emit(number);
        assert!(!emit.is_reported, "e{number} is sent though it was reported or withdrawn");
        assert!(emit.settled.is_none_or(|settled| settled == epoch), "e{number} is sent too late");
        emit.polled += 1;
        assert!(emit.polled <= emit.kind.sends(), "e{number} is sent too often");
        (emit.epoch, emit.polled_at) = (epoch, Some(now));
        let (id, is_retried) = (emit.member, emit.is_retried());
        if !is_retried {
            self.unweigh(number);
        }
        let Some(member) = self.members.iter_mut().find(|member| member.id == id) else { return };
        let last = if is_retried { &mut member.last_retried } else { &mut member.last_polled };
        let is_in_order = number > *last || (is_retried && number == *last);
        assert!(is_in_order, "e{number} is sent after e{last}");
        *last = number;
    }

    pub(super) fn on_connect_polled(&mut self, now: Instant, path: usize) {
        self.connect_polled[path] = Some(now);
    }

    pub(super) fn on_disconnect_polled(&mut self, now: Instant, path: usize) {
        self.disconnect_polled[path] = Some(now);
    }

    pub(super) fn on_acked(&mut self, id: NamespaceId, number: u32, answer: u32) {
        let epoch = self.epoch;
        let emit = self.emit(number);
        assert_eq!(emit.member, id, "an answer to somebody else");
        assert_eq!(answer, number, "the answer to another event");
        assert!(emit.is_answered, "e{number} was never answered");
        emit.settle(number, epoch);
        self.unweigh(number);
    }

    pub(super) fn on_ack_failed(
        &mut self,
        now: Instant,
        id: NamespaceId,
        number: u32,
        failure: &AckFailure,
        is_late: bool,
    ) {
        let epoch = self.epoch;
        let emit = self.emit(number);
        assert_eq!(emit.member, id, "the failure of somebody else");
        emit.settle(number, epoch);
        match failure {
            AckFailure::TimedOut => {
                let deadline = emit.deadline.expect("it is waited for for ever");
                assert!(now >= deadline && (is_late || now == deadline), "at another time");
            }
            AckFailure::Rejected(error) => {
                assert_eq!(number_of(event_of(error)), number, "the error of another event");
                assert_eq!(emit.polled, 0, "e{number} was sent and is said not to be: {error}");
                self.report(number);
            }
            AckFailure::RetriesExhausted { tries, .. } => {
                assert!(emit.is_retried() && *tries > 0, "it is not retried");
                assert_eq!(emit.polled, *tries, "e{number} was sent another number of times");
                self.unweigh(number);
            }
            AckFailure::Disconnected(_) => {}
        }
    }

    pub(super) fn on_dropped(&mut self, id: NamespaceId) {
        self.member(id).dropped += 1;
    }

    pub(super) fn on_invalid(&mut self, invalid: &InvalidEvent) {
        match invalid {
            InvalidEvent::Emit(error) => {
                let Some(number) = event_of(error).strip_prefix('e') else { return };
                let number = number.parse().expect("a number");
                let emit = self.emit(number);
                assert!(!emit.has_ack || emit.is_forgotten, "whoever waits is told instead");
                assert_eq!(emit.polled, 0, "e{number} was sent and is said not to be: {error}");
                assert!(!emit.is_reported || emit.is_let_go, "e{number} is reported twice");
                self.report(number);
            }
            InvalidEvent::Unconfirmed { event, .. } => {
                let emit = self.emit(number_of(event));
                assert!(emit.is_forgotten && emit.is_retried(), "whoever waits is told instead");
                emit.is_let_go = true;
            }
            InvalidEvent::LateAnswer { .. } => {}
            other => panic!("an honest server's packet is invalid: {other}"),
        }
    }

    // --- the server's side ---

    /// Whether it is one of those that are retried.
    pub(super) fn on_arrived(&mut self, number: u32, ack: Option<u64>) -> bool {
        let emit = self.emit(number);
        assert_eq!(ack.is_some(), emit.has_ack, "e{number} has another ack id");
        emit.arrived += 1;
        assert!(emit.arrived <= emit.polled, "e{number} arrived more often than it was sent");
        let (is_retried, is_again) = (emit.is_retried(), emit.arrived > 1);
        self.again += u64::from(is_again);
        is_retried
    }

    pub(super) fn on_answer_sent(&mut self, number: u32) {
        self.emit(number).is_answered = true;
    }

    /// An event that crossed the server's goodbye, which nobody can help.
    pub(super) fn on_crossed(&mut self, number: u32) {
        self.emit(number).is_let_go = true;
    }

    /// An event and the goodbye behind it were read together, so that it is lost.
    pub(super) fn on_unread(&mut self, path: usize, number: u32) {
        self.unread += 1;
        let goodbye = self.disconnect_polled[path].expect("it was sent");
        let emit = self.emit(number);
        emit.is_let_go = true;
        let polled = emit.polled_at.expect("it was sent");
        let is_excused = goodbye >= polled + BARRIER_TIMEOUT;
        assert!(is_excused, "e{number} is lost by the goodbye that followed it");
    }

    /// A goodbye and the CONNECT behind it were read together, which costs the connection.
    pub(super) fn on_hasty_connect(&mut self, path: usize) {
        let polled = [self.disconnect_polled[path], self.connect_polled[path]];
        let [Some(goodbye), Some(connect)] = polled else { panic!("both were sent") };
        assert!(connect >= goodbye + BARRIER_TIMEOUT, "a hasty CONNECT costs the connection");
    }

    // --- the sum ---

    /// What the state machine may hold and have to send at most.
    pub(super) fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// Nothing has happened for so long that everything that could leave has left.
    pub(super) fn assert_quiet(&self) {
        for (at, emit) in self.emits.iter().enumerate() {
            let number = at + 1;
            let Some(member) = self.members.iter().find(|member| member.id == emit.member) else {
                continue;
            };
            let has_left = emit.polled > 0 || emit.is_reported || emit.is_let_go;
            let may_be_dropped = emit.kind.can_drop() || (emit.has_ack && emit.settled.is_some());
            if !member.is_removed {
                assert!(has_left || may_be_dropped, "e{number} is lost without a word: {emit:?}");
            }
            let was_sent_now = emit.polled > 0 && emit.epoch == self.epoch && member.is_connected;
            if was_sent_now && !emit.is_let_go {
                assert!(emit.arrived > 0, "e{number} was sent and never arrived");
            }
        }
        for member in self.members.iter().filter(|member| !member.is_removed) {
            self.assert_dropped(member);
        }
    }

    fn assert_dropped(&self, member: &Member) {
        let mine = self.emits.iter().filter(|emit| emit.member == member.id);
        let is_unnamed = |emit: &&Emit| {
            (!emit.has_ack || emit.is_forgotten) && emit.polled == 0 && emit.settled.is_none()
        };
        let unnamed: Vec<_> = mine.filter(is_unnamed).collect();
        let certain = unnamed.iter().filter(|emit| {
            emit.kind == Kind::DroppedOffline && !emit.is_let_go && !emit.is_reported
        });
        let dropped = usize::try_from(member.dropped).expect("few");
        let range = certain.count()..=unnamed.len();
        assert!(range.contains(&dropped), "{dropped} events are said to be dropped: {range:?}");
    }

    /// A socket is gone; `held` was held back, and is reported.
    pub(super) fn on_removed(&mut self, id: NamespaceId) {
        let member = self.member(id);
        member.is_removed = true;
        assert!(!member.is_wanted, "it was not told that it is disconnected");
        for (at, emit) in self.emits.iter().enumerate().filter(|(_, emit)| emit.member == id) {
            let is_settled = !emit.has_ack || emit.is_forgotten || emit.settled.is_some();
            assert!(is_settled, "e{} has no answer, and its socket is gone", at + 1);
        }
    }

    /// Whether an event that was held back when its socket went has had its word.
    pub(super) fn assert_reported(&self, event: &str) {
        let emit = &self.emits[usize::try_from(number_of(event) - 1).expect("few")];
        let is_told = emit.is_reported || emit.settled.is_some() || emit.is_forgotten;
        assert!(is_told, "{event} was held back and is lost without a word");
    }

    fn emit(&mut self, number: u32) -> &mut Emit {
        &mut self.emits[usize::try_from(number - 1).expect("few")]
    }

    fn member(&mut self, id: NamespaceId) -> &mut Member {
        self.members.iter_mut().find(|member| member.id == id).expect("a known socket")
    }

    fn report(&mut self, number: u32) {
        self.emit(number).is_reported = true;
        self.unweigh(number);
    }

    fn unweigh(&mut self, number: u32) {
        let emit = self.emit(number);
        if std::mem::take(&mut emit.is_weighed) {
            let weight = emit.size * emit.kind.copies();
            self.waiting_bytes -= weight;
        }
    }
}

impl Emit {
    fn is_retried(&self) -> bool {
        matches!(self.kind, Kind::Retried { .. })
    }

    fn settle(&mut self, number: u32, epoch: u32) {
        assert!(self.has_ack && !self.is_forgotten, "nobody waits for e{number}");
        assert_eq!(self.settled, None, "e{number} is settled twice");
        self.settled = Some(epoch);
    }
}

impl Kind {
    fn has_ack(self) -> bool {
        let asks = matches!(self, Self::Asked { .. } | Self::VolatileAsked | Self::RejectedAsked);
        asks || matches!(self, Self::Retried { .. })
    }

    /// How often it may be sent.
    fn sends(self) -> u32 {
        match self {
            Self::Retried { retries, .. } => 1 + u32::from(retries),
            _ => 1,
        }
    }

    /// How many copies of it there may be.
    fn copies(self) -> usize {
        if matches!(self, Self::Retried { .. }) { 2 } else { 1 }
    }

    /// Whether its user agreed to its being thrown away without its name.
    fn can_drop(self) -> bool {
        matches!(self, Self::DroppedOffline | Self::Volatile | Self::VolatileAsked)
    }
}

fn event_of(error: &EmitError) -> &str {
    match error {
        EmitError::Serialize { event, .. }
        | EmitError::ReservedName { event }
        | EmitError::ReservedKey { event }
        | EmitError::TooManyAttachments { event, .. }
        | EmitError::TooLarge { event, .. }
        | EmitError::BufferFull { event, .. }
        | EmitError::Offline { event }
        | EmitError::Expired { event, .. }
        | EmitError::Cleared { event }
        | EmitError::VolatileDropped { event }
        | EmitError::Disconnected { event, .. } => event,
    }
}

fn number_of(event: &str) -> u32 {
    let number = event.strip_prefix('e').and_then(|number| number.parse().ok());
    number.expect("an event of the script's")
}

/// Of the questions whose timeout is not in their move.
pub(super) const ASKED_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(20);
