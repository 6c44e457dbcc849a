//! The servers and faults that the whole-system tests run against.
//!
//! Everything listens on a loopback port that the system chooses, and is gone when its handle
//! is dropped. What cannot be set up panics, with what went wrong: a test has no better way to
//! go on. Nothing here knows the client under test.

mod connect_proxy;
mod deadline;
mod fake;
mod node;
mod npm;
mod port;
mod proxy;
mod tls;

pub use schema_examples::server::ChatServer;

pub use self::{
    connect_proxy::ConnectProxy,
    deadline::{soon, within},
    fake::FakeServer,
    node::{NodeOptions, NodeServer},
    port::Port,
    proxy::{Direction, Proxy},
    tls::{Authority, Identity},
};
