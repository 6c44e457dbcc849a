//! The namespace as its server sees it.
//!
//! Must not know: connections, what a test expects.

use std::{fmt, marker::PhantomData};

use super::{Expecting, NothingToExpect, UntypedExpect};
use crate::schema::{AnyAuth, Emits, Listens, Namespace, NoEvents, Untyped};

/// The namespace `N` with its directions swapped: it emits what `N` listens to, and listens to what
/// `N` emits.
pub(super) struct Mirror<N>(PhantomData<fn() -> N>);

impl<N> fmt::Debug for Mirror<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mirror")
    }
}

impl<N: TestNamespace> Namespace for Mirror<N> {
    const PATH: &'static str = N::PATH;
    type Listens = N::Emits;
    type Emits = N::Listens;
    type Auth = AnyAuth;
    type Refusal = serde_json::Value;
}

/// A namespace that a [`TestServer`](super::TestServer) can serve: both of its schemas have the
/// option `testing`, as in `#[client_to_server(testing)]`, or are [`Untyped`] or left out.
/// Implemented for all of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no test server",
    label = "a schema of this namespace lacks the option `testing`",
    note = "give it to both schemas: `#[server_to_client(testing)]` and `#[client_to_server(testing)]`"
)]
pub trait TestNamespace: Namespace<Listens: Emits, Emits: Expects> {}

#[diagnostic::do_not_recommend]
impl<N: Namespace<Listens: Emits, Emits: Expects>> TestNamespace for N {}

/// A schema whose events a test can expect of a client. Implemented by
/// [`#[client_to_server(testing)]`](macro@crate::client_to_server).
#[diagnostic::on_unimplemented(
    message = "a test cannot expect the events of `{Self}`",
    label = "this schema lacks the option `testing`",
    note = "give it the option: `#[client_to_server(testing)]`"
)]
pub trait Expects: Listens {
    /// The methods that wait for the next event, one an event.
    type Expect<'s>;

    #[doc(hidden)]
    fn expect(expecting: Expecting<'_>) -> Self::Expect<'_>;
}

#[diagnostic::do_not_recommend]
impl Expects for NoEvents {
    type Expect<'s> = NothingToExpect;

    fn expect(_: Expecting<'_>) -> NothingToExpect {
        NothingToExpect
    }
}

#[diagnostic::do_not_recommend]
impl Expects for Untyped {
    type Expect<'s> = UntypedExpect<'s>;

    fn expect(expecting: Expecting<'_>) -> UntypedExpect<'_> {
        UntypedExpect::new(expecting)
    }
}
