//! The audit finds what is wrong.
