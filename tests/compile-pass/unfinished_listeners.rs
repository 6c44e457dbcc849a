//! Listeners and handlers that are still to be written.
#![deny(warnings)]

use socketio_runtime::{Socket, Untyped, server_to_client};

#[server_to_client]
pub trait ServerToClient {
    fn said(text: &str);
    fn asked(question: &str) -> u32;
}

pub struct Bot;

impl ServerToClientHandler for Bot {
    async fn said(&mut self, _: String) {
        todo!()
    }

    async fn asked(&mut self, _: String) -> u32 {
        unimplemented!()
    }
}

pub fn listen(on: ServerToClientOn<'_>, untyped: &Socket<Untyped>) {
    on.said(|_| todo!());
    on.said(async |_| todo!());
    on.said(|_| async { todo!() });
    on.asked(|_| todo!("count the votes"));
    on.asked(async |_| panic!("never asked"));
    untyped.on_any(|_| todo!());
    untyped.on().event("said", |_| todo!());
    untyped.on().event_with_ack("asked", |_| todo!());
}

fn main() {}
