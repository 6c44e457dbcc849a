//! Scripts that failed once, as short as they go.
//!
//! Must not know: the state machine's inside.

use super::{
    moves::{Move, Setup},
    replay,
};

#[test]
fn a_script_without_moves_leaves_nothing() {
    replay(&Setup::plain(), &[Move::Pass { time: 1000 }]);
}
