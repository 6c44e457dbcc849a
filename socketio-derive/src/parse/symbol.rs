//! Every word of the macros' attributes, once.
//!
//! Must not know: what the words mean.

/// The helper attribute of events and their arguments.
pub(crate) const EVENT: &str = "event";

/// The options of `#[event]` on a function.
pub(super) const EVENT_OPTIONS: &[&str] =
    &[NAME, VOLATILE, ACK, TIMEOUT, OFFLINE, TIME_TO_LIVE, RETRIES, IDEMPOTENCY_KEY, JSON];
pub(super) const NAME: &str = "name";
pub(super) const VOLATILE: &str = "volatile";
pub(super) const ACK: &str = "ack";
pub(super) const TIMEOUT: &str = "timeout";
pub(super) const OFFLINE: &str = "offline";
pub(super) const TIME_TO_LIVE: &str = "time_to_live";
pub(super) const RETRIES: &str = "retries";
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency_key";
pub(super) const JSON: &str = "json";

/// The values of `ack`.
pub(super) const ACK_CONVENTIONS: &[&str] = &[ERROR_FIRST];
pub(super) const ERROR_FIRST: &str = "error_first";

/// The values of `offline`.
pub(super) const OFFLINE_POLICIES: &[&str] = &[BUFFER, DROP, REJECT];
pub(super) const BUFFER: &str = "buffer";
pub(super) const DROP: &str = "drop";
pub(super) const REJECT: &str = "reject";

/// The options of `#[event]` on an argument.
pub(super) const ARGUMENT_OPTIONS: &[&str] = &[REST];
pub(super) const REST: &str = "rest";

/// The options of `#[server_to_client]` and `#[client_to_server]`.
pub(super) const SCHEMA_OPTIONS: &[&str] = &[RENAME_ALL, RETIRED, EXPORT, TESTING, CRATE];
pub(super) const RENAME_ALL: &str = "rename_all";
pub(super) const RETIRED: &str = "retired";
pub(super) const EXPORT: &str = "export";
pub(super) const TESTING: &str = "testing";
pub(super) const CRATE: &str = "crate";

/// The options of `#[namespace]`, besides its path.
pub(super) const NAMESPACE_OPTIONS: &[&str] = &[LISTENS, EMITS, AUTH, REFUSAL, EXPORT, CRATE];
pub(super) const LISTENS: &str = "listens";
pub(super) const EMITS: &str = "emits";
pub(super) const AUTH: &str = "auth";
pub(super) const REFUSAL: &str = "refusal";
