//! What users may rely on of every public type of a test server.
//!
//! Must not know: what the types do.

use std::error::Error;

use socketio_runtime::{
    AnyEvent, Untyped,
    testing::{ExpectError, Expected, Responder, TestServer, UntypedResponder},
};

use super::chat::Chat;

fn crosses_threads<T: Send + Sync + Clone + 'static>() {}
fn moves_to_a_thread<T: Send + 'static>() {}
fn is_an_error<T: Error + Send + Sync + Clone + 'static>() {}
fn is_a_future_to_spawn<T: Future + Send + Unpin + 'static>() {}

#[test]
fn types_cross_threads_and_fit_where_users_put_them() {
    crosses_threads::<TestServer<Chat>>();
    crosses_threads::<TestServer<Untyped>>();
    moves_to_a_thread::<Responder<u64>>();
    moves_to_a_thread::<UntypedResponder>();
    is_a_future_to_spawn::<Expected<(u64, Responder<u64>)>>();
    is_a_future_to_spawn::<Expected<AnyEvent>>();
    is_an_error::<ExpectError>();
}
