//! What the benchmark program and the contenders have in common. `README.md` says what is measured.

pub mod contenders;
pub mod measure;
pub mod payload;
pub mod workload;

/// The programs here have nobody to tell the kinds of their errors apart.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
