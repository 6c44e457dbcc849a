//! Scripts that failed once, as short as they go.
//!
//! Must not know: the state machine's inside.

use super::{
    moves::{Kind, Move, Setup},
    replay,
};

#[test]
fn a_script_without_moves_leaves_nothing() {
    replay(&Setup::plain(), &[Move::Pass { time: 1000 }]);
}

#[test]
fn a_goodbye_waits_for_the_last_post_of_an_event_that_takes_two() {
    replay(
        &Setup { transports: 1, max_payload: 250, ..Setup::plain() },
        &[
            Move::Connect { at: 2 },
            Move::Pass { time: 22948 },
            Move::Emit {
                at: 2,
                kind: Kind::Asked { timeout: Some(30000) },
                size: 200,
                attachments: 1,
            },
            Move::Disconnect { at: 2 },
        ],
    );
}

#[test]
fn a_forgotten_event_is_not_lost_without_a_word_when_its_socket_leaves() {
    replay(
        &Setup { transports: 1, ..Setup::plain() },
        &[
            Move::Connect { at: 1 },
            Move::Pass { time: 46307 },
            Move::Emit {
                at: 1,
                kind: Kind::Buffered { time_to_live: Some(2000) },
                size: 0,
                attachments: 0,
            },
            Move::Emit {
                at: 1,
                kind: Kind::Asked { timeout: Some(30000) },
                size: 40,
                attachments: 0,
            },
            Move::Forget { last: 0 },
            Move::Disconnect { at: 1 },
            Move::CloseAll,
        ],
    );
}

#[test]
fn an_event_of_a_former_socket_is_not_delivered_to_its_successor() {
    replay(
        &Setup { transports: 1, jitter: 300, seed: 590, ..Setup::plain() },
        &[
            Move::Connect { at: 0 },
            Move::Pass { time: 3018 },
            Move::Broadcast { at: 0, count: 2, size: 10, asks: false, attachments: 0 },
            Move::Pass { time: 14534 },
            Move::Connect { at: 2 },
            Move::Renew { at: 0 },
            Move::Broadcast { at: 0, count: 1, size: 0, asks: false, attachments: 3 },
            Move::Connect { at: 0 },
        ],
    );
}

#[test]
fn a_connection_that_closes_gives_back_what_has_outlived_its_time_to_live() {
    let kind = Kind::Buffered { time_to_live: Some(0) };
    replay(
        &Setup { window: 1, ..Setup::plain() },
        &[
            Move::Connect { at: 0 },
            Move::Pass { time: 13240 },
            Move::Emit { at: 0, kind, size: 40, attachments: 2 },
            Move::Emit { at: 0, kind, size: 200, attachments: 1 },
            Move::CloseAll,
        ],
    );
}
