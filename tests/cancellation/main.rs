//! What becomes of the client where a future is dropped half-way: a `select!` that takes another
//! branch, a timeout, a task that is aborted, a program that ends.
//!
//! Each public future is dropped at each of its await points, by [`cut::sweep`], and the client is
//! then held to be correct, by [`world::World::check`]. [`surface`] holds the list of those futures
//! against the sources, so that a new one without a test fails.
//!
//! - In memory and in virtual time, where every poll of every task can be repeated: [`connecting`],
//!   [`emitting`], [`listening`], [`provided`] (the futures that the client is given, and drops
//!   itself), [`playing`] (the futures of a test server), [`ending`] (the last handle and the
//!   runtime go away in the middle of everything), [`leaks`] (what is left in memory).
//! - Over sockets, what those cannot reach: [`network`], [`load`].

mod connecting;
mod cut;
mod emitting;
mod ending;
mod leaks;
mod listening;
mod load;
mod network;
mod playing;
mod provided;
mod surface;
mod world;
