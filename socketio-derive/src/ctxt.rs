//! Collects the errors of one macro call, so that all of them are reported at once.
//!
//! Must not know: what is being parsed.

use std::{cell::RefCell, fmt::Display, thread};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

/// The errors so far. Panics if it is dropped unchecked, so that none can be forgotten.
pub(crate) struct Ctxt {
    /// `None` once checked.
    errors: RefCell<Option<Vec<Error>>>,
}

impl Ctxt {
    pub(crate) fn new() -> Self {
        Self { errors: RefCell::new(Some(Vec::new())) }
    }

    /// Reports a mistake at `tokens`, all of which are underlined.
    pub(crate) fn error(&self, tokens: impl ToTokens, message: impl Display) {
        self.push(Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&self, error: Error) {
        self.errors.borrow_mut().as_mut().expect("`check` consumes the context").push(error);
    }

    /// The value, unless it is an error.
    pub(crate) fn ok<T>(&self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// All errors as `compile_error!`s, in the order in which they were reported.
    pub(crate) fn check(self) -> TokenStream {
        let errors = self.errors.take().expect("`check` consumes the context");
        errors.into_iter().map(Error::into_compile_error).collect()
    }
}

impl Drop for Ctxt {
    fn drop(&mut self) {
        assert!(
            thread::panicking() || self.errors.get_mut().is_none(),
            "the errors of a macro call were never reported"
        );
    }
}
