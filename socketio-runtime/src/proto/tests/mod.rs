//! What users rely on, with exact times: one file a behaviour, in a world of virtual time.
//!
//! Must not know: tokio, real time.

mod acks;
mod answers;
mod close;
mod connect;
mod emit;
mod heartbeat;
mod invariants;
mod long_polling;
mod malformed;
mod namespaces;
mod offline;
mod policy;
mod polling_limits;
mod reconnect;
mod recovery;
mod retry;
mod sim;
mod stale_input;
mod storm;
mod watching;
