//! What `SECURITY.md` promises, beside what other modules hold: secrets go to the server alone, and
//! nothing that the server or the user's own data says can make them go elsewhere.

mod borders;
mod document;
mod injection;
mod packages;
mod query;
mod recorder;
mod secrets;
mod server;

pub(crate) use self::recorder::{Log, logged};
