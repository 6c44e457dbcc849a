//! A script that fails: made as short as it goes, and printed so that it can be pasted into a test.
//!
//! Must not know: why it fails.

use std::{any::Any, cell::Cell, panic};

use super::{
    moves::{Move, Setup},
    play,
};

/// The script's failure, if it fails.
pub(super) fn failure(setup: &Setup, moves: &[Move]) -> Option<String> {
    panic::catch_unwind(|| drop(play::play(setup, moves, false))).err().map(|panic| told(&*panic))
}

/// Tries whether a script fails without a word on the standard error for each that does.
pub(super) fn quietly<T>(act: impl FnOnce() -> T) -> T {
    thread_local!(static IS_QUIET: Cell<bool> = const { Cell::new(false) });
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_QUIET.get() {
                loud(info);
            }
        }));
    });
    IS_QUIET.set(true);
    let result = act();
    IS_QUIET.set(false);
    result
}

/// What to paste into a test, for a script that fails.
pub(super) fn report(setup: &Setup, moves: &[Move]) -> String {
    let (setup, moves) = quietly(|| {
        let moves = shorten(moves, |moves| failure(setup, moves).is_some());
        let setup = simplify(setup, |setup| failure(setup, &moves).is_some());
        (setup.clone(), shorten(&moves, |moves| failure(&setup, moves).is_some()))
    });
    let told = quietly(|| failure(&setup, &moves));
    let told = told.unwrap_or_else(|| "it does not fail any more".to_owned());
    let lines: Vec<_> = moves.iter().map(|next| format!("        {},\n", written(*next))).collect();
    let setup = format!("{setup:?}");
    format!(
        "{told}\n\n    replay(\n        {setup},\n        &[\n    {}        ],\n    );\n",
        lines.join("    ")
    )
}

/// Leaves out as many moves as it can while the rest still fails.
pub(super) fn shorten(moves: &[Move], fails: impl Fn(&[Move]) -> bool) -> Vec<Move> {
    let mut moves = moves.to_vec();
    let mut size = moves.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        let mut is_shorter = false;
        while at < moves.len() {
            let mut fewer = moves.clone();
            fewer.drain(at..(at + size).min(moves.len()));
            if fails(&fewer) {
                moves = fewer;
                is_shorter = true;
            } else {
                at += size;
            }
        }
        if size > 1 {
            size = size.div_ceil(2);
        } else if !is_shorter {
            return moves;
        }
    }
}

/// Makes each option a plain one that does not matter.
fn simplify(setup: &Setup, fails: impl Fn(&Setup) -> bool) -> Setup {
    let plain = Setup::plain();
    let steps: [fn(&mut Setup, &Setup); 22] = [
        |setup, plain| setup.transports = plain.transports,
        |setup, plain| setup.try_all_transports = plain.try_all_transports,
        |setup, plain| setup.remember_upgrade = plain.remember_upgrade,
        |setup, plain| setup.force_base64 = plain.force_base64,
        |setup, plain| setup.msgpack = plain.msgpack,
        |setup, plain| setup.reconnection_attempts = plain.reconnection_attempts,
        |setup, plain| setup.connect_timeout = plain.connect_timeout,
        |setup, plain| setup.request_timeout = plain.request_timeout,
        |setup, plain| setup.comes_back = plain.comes_back,
        |setup, plain| setup.held_limit = plain.held_limit,
        |setup, plain| setup.send_buffer_limit = plain.send_buffer_limit,
        |setup, plain| setup.latency = plain.latency,
        |setup, plain| setup.jitter = plain.jitter,
        |setup, plain| setup.window = plain.window,
        |setup, plain| setup.reads_stale_input = plain.reads_stale_input,
        |setup, plain| setup.ping_interval = plain.ping_interval,
        |setup, plain| setup.ping_timeout = plain.ping_timeout,
        |setup, plain| setup.max_payload = plain.max_payload,
        |setup, plain| setup.offers_upgrade = plain.offers_upgrade,
        |setup, plain| setup.recovers = plain.recovers,
        |setup, plain| setup.has_long_ids = plain.has_long_ids,
        |setup, plain| setup.ends_well = plain.ends_well,
    ];
    let mut setup = setup.clone();
    for step in steps {
        let mut simpler = setup.clone();
        step(&mut simpler, &plain);
        if simpler != setup && fails(&simpler) {
            setup = simpler;
        }
    }
    setup
}

/// A move as it stands in a test.
fn written(next: Move) -> String {
    let mut text = format!("Move::{next:?}");
    for (field, name) in
        [("kind", "Kind"), ("mode", "Auth"), ("word", "Word"), ("answers", "Answers")]
    {
        text = text.replace(&format!("{field}: "), &format!("{field}: {name}::"));
    }
    text
}

fn told(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
}

#[cfg(test)]
mod tests {
    use super::{super::moves::Kind, *};

    #[test]
    fn a_failing_script_is_made_as_short_as_it_goes() {
        let mut moves = super::super::moves::script(3, 4);
        moves.push(Move::Cut { down: true, up: true });
        let is_cut_and_healed = |moves: &[Move]| {
            let cut = moves.iter().position(|next| matches!(next, Move::Cut { .. }));
            cut.is_some_and(|cut| moves[cut..].contains(&Move::Heal))
        };
        let shortest = shorten(&moves, is_cut_and_healed);
        assert!(matches!(*shortest, [Move::Cut { .. }, Move::Heal]), "{shortest:?}");
        assert!(shorten(&moves, |_| true).is_empty());
    }

    #[test]
    fn a_move_is_written_as_it_stands_in_a_test() {
        let kind = Kind::Asked { timeout: Some(700) };
        let next = Move::Emit { at: 1, kind, size: 3, attachments: 0 };
        let text = "Move::Emit { at: 1, kind: Kind::Asked { timeout: Some(700) }, size: 3, attachments: 0 }";
        assert_eq!(written(next), text);
    }
}
