//! What a listener may return: the event's answer, or a future of it.
//!
//! Must not know: how listeners are run.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use crate::payload::EmitValues;

/// The output of a listener: `Ack`, or a `Send` future of `Ack`. `Ack` is `()` for an event
/// without acknowledgement. `Marker` only tells the two kinds apart and is always inferred.
///
/// # Cancel safety
/// A future that has begun comes to its end, though its listener or its socket has been ended
/// meanwhile. It is dropped half-way by the end of the runtime alone.
#[diagnostic::on_unimplemented(
    message = "this listener must return `{Ack}` or a `Send` future of `{Ack}`, not `{Self}`",
    label = "expected `{Ack}`, found `{Self}`"
)]
pub trait HandlerOutput<Ack, Marker>: Sized {
    /// Whether the listener is asynchronous, and so runs beside the connection's task.
    #[doc(hidden)]
    const IS_ASYNC: bool;

    /// The answer of a synchronous listener.
    #[doc(hidden)]
    fn ready(self) -> Option<Ack>;

    /// Drives an asynchronous listener.
    #[doc(hidden)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Ack>;
}

/// Marks listeners that return the answer itself.
#[derive(Debug)]
#[expect(unnameable_types, reason = "only inferred")]
pub struct Now;

/// Marks listeners that return a future.
#[derive(Debug)]
#[expect(unnameable_types, reason = "only inferred")]
pub struct Later;

/// Marks listeners that do not return.
#[derive(Debug)]
#[expect(unnameable_types, reason = "only inferred")]
pub struct Never;

/// Names the type `!`, which cannot be written yet outside of a function's output.
#[expect(unnameable_types, reason = "only a name")]
pub trait FunctionOutput {
    /// What the function returns.
    type Output;
}

impl<R> FunctionOutput for fn() -> R {
    type Output = R;
}

impl<Ack> HandlerOutput<Ack, Now> for Ack {
    #[doc(hidden)]
    const IS_ASYNC: bool = false;

    #[doc(hidden)]
    fn ready(self) -> Option<Ack> {
        Some(self)
    }

    #[doc(hidden)]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Ack> {
        unreachable!("a synchronous listener is not polled")
    }
}

/// A listener that never returns: one that is still `todo!()` compiles.
#[diagnostic::do_not_recommend]
impl<Ack> HandlerOutput<Ack, Never> for <fn() -> ! as FunctionOutput>::Output {
    const IS_ASYNC: bool = false;

    fn ready(self) -> Option<Ack> {
        self
    }

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Ack> {
        *self
    }
}

#[diagnostic::do_not_recommend]
impl<Ack, F: Future<Output = Ack>> HandlerOutput<Ack, Later> for F {
    const IS_ASYNC: bool = true;

    fn ready(self) -> Option<Ack> {
        None
    }

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Ack> {
        Future::poll(self, context)
    }
}

/// The output of a listener that answers an event that no schema declares: [`EmitValues`], or a
/// `Send` future of them. `Marker` only tells the two kinds apart and is always inferred.
///
/// # Cancel safety
/// As [`HandlerOutput`].
#[diagnostic::on_unimplemented(
    message = "this listener must return the values of its answer, or a `Send` future of them, not `{Self}`",
    label = "expected a tuple of values, found `{Self}`",
    note = "the values of an answer are a tuple: `(value,)` for one, `()` for none; each implements `serde::Serialize`"
)]
pub trait AnswerOutput<Marker>: HandlerOutput<Self::Answer, Marker> {
    /// The values.
    type Answer: EmitValues + 'static;
}

impl<A: EmitValues + 'static> AnswerOutput<Now> for A {
    type Answer = A;
}

#[diagnostic::do_not_recommend]
impl AnswerOutput<Never> for <fn() -> ! as FunctionOutput>::Output {
    type Answer = ();
}

#[diagnostic::do_not_recommend]
impl<A: EmitValues + 'static, F: Future<Output = A>> AnswerOutput<Later> for F {
    type Answer = A;
}
