//! Whether there is code for test servers: the feature decides, so that the macros need none.
//!
//! Must not know: the code.

/// The code of a schema's other side, where there are test servers.
#[cfg(feature = "testing")]
#[doc(hidden)]
#[macro_export]
macro_rules! __when_testing {
    ($($code:tt)*) => { $($code)* };
}

/// Without the feature there is none.
#[cfg(not(feature = "testing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __when_testing {
    ($($code:tt)*) => {};
}
