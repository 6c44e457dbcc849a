//! What `export` on a schema means where no feature makes catalogues: nothing.
//!
//! Must not know: anything of its own.

/// Nothing, where there are no catalogues.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_schema {
    ($($tokens:tt)*) => {};
}

/// Nothing, where there are no catalogues.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_namespace {
    ($($tokens:tt)*) => {};
}
