//! Events that a `#[cfg]` removes, with types that do not exist then.
#![deny(warnings)]
#![allow(unexpected_cfgs)]

use socketio_runtime::{
    client_to_server,
    schema::{Listens, Schema},
    server_to_client,
};

#[server_to_client]
pub trait ServerToClient {
    fn first();
    #[cfg(missing)]
    fn removed(argument: Missing) -> AlsoMissing;
    #[cfg_attr(all(), cfg(missing))]
    fn removed_too(argument: Missing);
    #[cfg(not(missing))]
    fn same(now: u32);
    #[cfg(missing)]
    fn same(then: Missing);
    #[cfg_attr(all(), deprecated = "old", doc = "Documented.", cfg_attr(all(), must_use))]
    fn last();
}

#[client_to_server]
pub trait ClientToServer {
    #[cfg(missing)]
    fn removed(argument: Missing) -> AlsoMissing;
    fn kept();
}

#[server_to_client]
pub trait AllRemoved {
    #[cfg(missing)]
    fn removed(argument: Missing) -> AlsoMissing;
}

pub fn matched(event: &ServerToClientEvent) {
    match event {
        ServerToClientEvent::First
        | ServerToClientEvent::Same { now: _ }
        | ServerToClientEvent::Last => {}
    }
}

fn main() {
    let names = ServerToClient::DESCRIPTOR.events.iter().map(|event| event.name);
    assert!(names.eq(["first", "same", "last"]));
    // Removed events keep their numbers.
    assert_eq!(ServerToClient::find("last").map(|event| event.index), Some(5));
    assert!(ServerToClient::find("removed").is_none());
    assert!(AllRemoved::find("removed").is_none());
}
