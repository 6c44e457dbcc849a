//! Names that differ only in case are a warning, which an event, a schema or a condition silences.
#![deny(warnings)]
#![allow(unexpected_cfgs)]

use socketio_runtime::{client_to_server, server_to_client};

#[server_to_client]
#[allow(deprecated)]
pub trait OfSchema {
    #[event("userJoin")]
    fn user_join();
    #[event("userjoin")]
    fn user_joined();
}

#[client_to_server]
pub trait OfEvent {
    #[event("userJoin")]
    fn user_join();
    #[event("userjoin")]
    #[expect(deprecated, reason = "both are in use")]
    fn user_joined();
}

#[client_to_server]
pub trait Removed {
    #[event("userJoin")]
    fn user_join();
    #[cfg(missing)]
    #[event("userjoin")]
    fn user_joined();
}

fn main() {}
