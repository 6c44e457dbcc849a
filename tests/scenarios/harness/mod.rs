//! The harness tested against itself and a client by hand: a test bed that lies makes every
//! other test worthless.

mod chat;
pub(crate) mod conformance;
mod connect_proxy;
mod deadline;
mod fake;
mod gate;
mod node;
mod polling;
mod proxy;
mod python;
mod recovery;
mod reverse_proxy;
mod tls;
