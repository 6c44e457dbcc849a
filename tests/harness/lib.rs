//! The servers and faults that the whole-system tests run against.
//!
//! Everything listens on a loopback port that the system chooses, or on a host that is nobody
//! else's, and is gone when its handle is dropped. What cannot be set up panics, with what went wrong: a test has no better way to
//! go on. Nothing here knows the client under test.

mod connect_proxy;
mod deadline;
mod fake;
mod network;
mod node;
mod oxide;
mod packages;
mod port;
mod process;
mod proxy;
mod python;
mod reverse_proxy;
mod tls;
mod workbench;

pub use schema_examples::server::ChatServer;

pub use self::{
    connect_proxy::ConnectProxy,
    deadline::{soon, within},
    fake::FakeServer,
    network::{Host, Network},
    node::{NodeOptions, NodeServer},
    oxide::OxideServer,
    port::Port,
    process::signal,
    proxy::{Direction, Proxy},
    python::PythonServer,
    reverse_proxy::{ReverseProxy, WebSocketPolicy},
    tls::{Authority, Identity},
    workbench::Workbench,
};
