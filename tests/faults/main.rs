//! What becomes of events while networks and processes break: nothing is lost without a word.
//!
//! In each test a client in a process of its own emits numbered events of every kind all the while,
//! and the server writes down what comes. In the end [`audit`] holds the one against the other.
//! `tests/README.md` says what the tests need.

mod audit;
mod client;
mod hosts;
mod killed;
mod program;
mod report;
mod silent;
mod slow;
mod stage;
mod suspended;
mod torn;
