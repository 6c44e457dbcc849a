//! The authentication providers that are at work.
//!
//! Must not know: who waits for them, how long.

use std::{
    task::{Context, Poll},
    time::Instant,
};

use super::listeners::isolate;
use crate::{
    error::AuthError,
    proto::{AuthRequest, Manager, NamespaceId},
    schema::{AuthFuture, AuthProvider},
};

#[derive(Default)]
pub(super) struct PendingAuths(Vec<PendingAuth>);

struct PendingAuth {
    namespace: NamespaceId,
    request: AuthRequest,
    future: AuthFuture,
}

impl PendingAuths {
    /// Asks for a payload; a question that is still open from before is dropped.
    pub(super) fn ask(
        &mut self,
        namespace: NamespaceId,
        request: AuthRequest,
        provider: &mut AuthProvider,
    ) {
        self.cancel(namespace);
        let future = isolate("auth", || (provider.0)())
            .unwrap_or_else(|| AuthFuture(Box::pin(std::future::ready(Err(panicked())))));
        self.0.push(PendingAuth { namespace, request, future });
    }

    pub(super) fn cancel(&mut self, namespace: NamespaceId) {
        // What a provider captured is the user's, and may panic when it is dropped.
        isolate("auth", || self.0.retain(|pending| pending.namespace != namespace));
    }

    /// Passes on what is ready, and drops what nobody waits for; whether anything was ready.
    pub(super) fn poll(
        &mut self,
        now: Instant,
        manager: &mut Manager,
        context: &mut Context<'_>,
    ) -> bool {
        if self.0.is_empty() {
            return false;
        }
        // Their time is over, or the connection that they were for.
        let is_waited_for =
            |pending: &PendingAuth| manager.is_authenticating(pending.namespace, pending.request);
        isolate("auth", || self.0.retain(is_waited_for));
        let before = self.0.len();
        self.0.retain_mut(|pending| {
            let future = pending.future.0.as_mut();
            let payload = match isolate("auth", || future.poll(context)) {
                Some(Poll::Pending) => return true,
                Some(Poll::Ready(payload)) => payload,
                None => Err(panicked()),
            };
            manager.authenticate(now, pending.namespace, pending.request, payload.map(Some));
            let done = AuthFuture(Box::pin(std::future::pending()));
            let done = std::mem::replace(&mut pending.future, done);
            isolate("auth", || drop(done));
            false
        });
        self.0.len() < before
    }
}

fn panicked() -> AuthError {
    AuthError::new("the authentication provider panicked")
}
