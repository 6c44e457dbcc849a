//! The client against servers that mean it harm, over real sockets on loopback.
//!
//! Each test makes one kind of attack, over a WebSocket and over long-polling where both can suffer
//! it, and asserts all of:
//!
//! - what the client does: it goes on, or the connection ends with a certain typed error, and the
//!   next one, to a server that behaves, works;
//! - that a neighbour, a client of another server in the same process and on the same thread, keeps
//!   its connection and gets its answers;
//! - where memory is what the attack is after: its peak, against a bound (see [`peak`]).
//!
//! | module | what is attacked |
//! | --- | --- |
//! | [`frames`] | WebSocket frames: sizes, fragments, control frames, text, ends in the middle |
//! | [`opening`] | the first answer: heads, 1xx, redirects, slow ones, TLS |
//! | [`bodies`] | long-polling's answers once it is connected, slow or endless |
//! | [`compressed`] | gzip: bombs, members, lies |
//! | [`handshakes`] | the OPEN packet: times, sizes, ids, lists |
//! | [`packets`] | Socket.IO: nesting, attachments, acks, storms, floods |
//! | [`dropping`] | servers that accept and drop |
//! | [`neighbours`] | the others' share of the processor |
//! | [`resets`] | a reset at every byte of a session, in both directions |
//!
//! # What bounds what
//!
//! Sizes by [`max_message_size`](socketio_runtime::ClientBuilder::max_message_size), heads by
//! [`limits::RESPONSE_HEAD`](socketio_runtime::limits::RESPONSE_HEAD), time before the connect by
//! `open_timeout` and `connect_timeout`, after it by the heartbeat: a server that is slow within an
//! answer, a frame or a head sends no ping meanwhile, and is left after `pingInterval` and
//! `pingTimeout`. What does nothing, such as pings and empty fragments, may come for ever: it costs
//! nobody but this connection's share of the processor.

mod bodies;
mod compressed;
mod dropping;
mod frames;
mod handshakes;
mod neighbours;
mod opening;
mod packets;
mod peak;
mod resets;
mod scene;
mod wire;
