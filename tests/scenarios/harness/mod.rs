//! The harness tested against itself and a client by hand: a test bed that lies makes every
//! other test worthless.

mod chat;
mod connect_proxy;
mod deadline;
mod fake;
mod node;
mod proxy;
mod tls;
