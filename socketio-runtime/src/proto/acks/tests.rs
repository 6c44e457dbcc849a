//! Deadlines, and what is kept of answers.
//!
//! Must not know: packets, other namespaces.

use super::*;

fn start() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "any time will do")]
    Instant::now()
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn an_answer_that_never_comes_does_not_keep_those_that_came_after_it() {
    let (mut acks, start) = (Acks::default(), start());
    acks.expect(start, AckId(0), Some(seconds(20)));
    for id in 1..100_000 {
        acks.expect(start, AckId(id), Some(seconds(20)));
        assert!(acks.settle(AckId(id)));
    }
    assert!(acks.deadlines.in_order.len() <= 2 + KEPT_ROOM);
    assert_eq!(acks.next_deadline(), Some(start + seconds(20)));
    assert!(acks.settle(AckId(0)));
    assert_eq!(acks.next_deadline(), None);
}

#[test]
fn a_timeout_that_is_set_over_and_over_takes_no_more_room() {
    let (mut acks, start) = (Acks::default(), start());
    acks.expect(start, AckId(0), Some(seconds(20)));
    for turn in 0..100_000 {
        acks.set_timeout(AckId(0), Some(seconds(20)));
        acks.set_timeout(AckId(0), Some(seconds(20 + turn % 3)));
    }
    assert!(acks.deadlines.in_order.len() <= 2 + KEPT_ROOM);
    assert!(acks.deadlines.others.len() <= 1);
    acks.set_timeout(AckId(0), Some(seconds(5)));
    let mut forgotten = Vec::new();
    assert_eq!(acks.pop_expired(start + seconds(5), &mut forgotten), Some((AckId(0), None)));
    assert!(forgotten.is_empty());
    assert_eq!(acks.next_deadline(), None);
}

#[test]
fn times_are_up_in_their_order_whatever_order_they_were_given_in() {
    let (mut acks, start) = (Acks::default(), start());
    for (id, timeout) in (0..).zip([5, 3, 9, 3, 7, 1, 8]) {
        acks.expect(start, AckId(id), Some(seconds(timeout)));
    }
    acks.set_timeout(AckId(2), Some(seconds(2)));
    acks.set_timeout(AckId(0), Some(seconds(5)));
    acks.set_timeout(AckId(4), None);
    assert!(acks.settle(AckId(1)));
    assert_eq!(acks.forget(AckId(3), false), None);
    let mut forgotten = Vec::new();
    let expired = std::iter::from_fn(|| acks.pop_expired(start + seconds(8), &mut forgotten));
    let expired: Vec<_> = expired.map(|(AckId(id), _)| id).collect();
    assert_eq!(expired, [5, 2, 0, 6]);
    assert_eq!(forgotten, [AckId(3)]);
    assert_eq!(acks.next_deadline(), None);
    assert!(acks.is_pending(AckId(4)));
}

#[test]
fn the_room_of_many_is_given_back() {
    let (mut acks, start) = (Acks::default(), start());
    for id in 0..10_000 {
        acks.expect(start, AckId(id), Some(seconds(20)));
    }
    for id in 0..10_000 {
        assert!(acks.settle(AckId(id)));
    }
    assert!(acks.pending.capacity() <= KEPT_ROOM);
    assert!(acks.deadlines.in_order.capacity() <= KEPT_ROOM);
}
