//! What stands on a namespace's struct reaches its implementation.

#![deny(warnings)]

use socketio_runtime::{Namespace, namespace, server_to_client};

#[deprecated]
#[server_to_client]
pub trait Old {
    fn event();
}

#[namespace("/removed", listens = Missing)]
#[cfg(any())]
pub struct Removed;

#[namespace("/old", listens = Old)]
#[allow(deprecated)]
pub struct StillOld;

#[namespace("/kept")]
#[cfg(all())]
pub struct Kept;

fn main() {
    assert_eq!((StillOld::PATH, Kept::PATH), ("/old", "/kept"));
}
