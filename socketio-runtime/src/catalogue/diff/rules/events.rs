//! The rules about events, their arguments and acknowledgements. The way is the event's.
//!
//! Must not know: how changes are found.

use super::{Rule, Verdict, rules};

rules! {
    EVENTS:
    EVENT_ADDED "event-added"
        wire[Compatible, Dangerous] rust[Minor, Minor]
        "An old client ignores what it does not know. An old server does too, so nobody hears what a new client says: deploy the server first.";
    ACKNOWLEDGED_EVENT_ADDED "acknowledged-event-added"
        wire[Breaking, Dangerous] rust[Minor, Minor]
        "Old clients do not know the event and never answer. Nor does an old server, and emits to it run into their timeout: deploy the server first.";
    EVENT_REMOVED "event-removed"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "Old peers go on sending it to nobody, or wait for it in vain.";
    EVENT_RETIRED "event-retired"
        wire[Dangerous, Dangerous] rust[Breaking, Breaking]
        "The event is gone, and its name is reserved, so old peers find nobody, but are never misunderstood: see that they are gone first.";
    EVENT_RENAMED_ON_WIRE "event-renamed-on-wire"
        wire[Breaking, Breaking] rust[Compatible, Compatible]
        "Rust code is the same, so nothing but this tells that old and new peers do not hear each other any more.";
    RUST_IDENT_RENAMED "rust-ident-renamed"
        wire[Compatible, Compatible] rust[Breaking, Breaking]
        "The name on the wire is the same, but Rust code calls the method by the old one.";
    DIRECTION_CHANGED "direction-changed"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "Who sent the event now receives it.";
    ARGUMENT_APPENDED "argument-appended"
        wire[Dangerous, Breaking] rust[Breaking, Breaking]
        "Who receives it needs it. Old clients do not send it; an old client that receives it ignores it, but a new one misses it in what an old server sends: deploy the server first.";
    OPTIONAL_ARGUMENT_APPENDED "optional-argument-appended"
        wire[Compatible, Compatible] rust[Breaking, Breaking]
        "Further arguments are ignored by who does not know them, and this one may be missing.";
    ARGUMENT_INSERTED "argument-inserted"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "Arguments are known by their position, and those that follow are at another.";
    ARGUMENT_REMOVED "argument-removed"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "Who is old misses it, or sends it at a position that has no meaning or another.";
    OPTIONAL_ARGUMENT_REMOVED "optional-argument-removed"
        wire[Compatible, Compatible] rust[Breaking, Breaking]
        "It could be missing before, and is ignored where it still comes.";
    ARGUMENTS_REORDERED "arguments-reordered"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "Arguments are known by their position: old peers take one for the other.";
    ARGUMENT_RENAMED "argument-renamed"
        wire[Compatible, Compatible] rust[Compatible, Compatible]
        "Arguments are known by their position; the name is for people.";
    ARGUMENT_BECAME_OPTIONAL "argument-became-optional"
        wire[Breaking, Dangerous] rust[Breaking, Breaking]
        "Old receivers need it. Where that is the server, deploy it first.";
    ARGUMENT_BECAME_REQUIRED "argument-became-required"
        wire[Dangerous, Breaking] rust[Breaking, Breaking]
        "Old senders may leave it out. Where that is the server, deploy it first.";
    REST_CHANGED "rest-changed"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "One argument is not any number of them.";
    CALLBACK_MOVED "callback-moved"
        wire[Breaking, Dangerous] rust[Compatible, Compatible]
        "In JavaScript the callback of the acknowledgement follows the last argument. An old client looks for it where it was; a new server can look for it where the caller has put it.";
    IDEMPOTENCY_KEY_ADDED "idempotency-key-added"
        wire[Dangerous, Breaking] rust[Compatible, Compatible]
        "One more argument, the key, follows the declared ones: a server that expects it misses it from old clients, and an old server takes it for the callback.";
    IDEMPOTENCY_KEY_REMOVED "idempotency-key-removed"
        wire[Dangerous, Breaking] rust[Compatible, Compatible]
        "Old clients still send the key, where the server expects the callback, and without it an old server does not know a repetition.";
    IDEMPOTENCY_KEY_MOVED "idempotency-key-moved"
        wire[Breaking, Breaking] rust[Compatible, Compatible]
        "The key follows the last declared argument, so old peers take the key for an argument, or an argument for the key.";
    ACK_ADDED "ack-added"
        wire[Breaking, Dangerous] rust[Breaking, Breaking]
        "Old clients never answer. Nor does an old server, and emits to it run into their timeout: deploy the server first.";
    ACK_REMOVED "ack-removed"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "Who is old waits for an answer that never comes, or calls a callback that is not there.";
    ACK_ERROR_CONVENTION_CHANGED "ack-error-convention-changed"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "With `error_first` the first value is the error, otherwise it is the first result.";
    ACK_VALUE_ADDED "ack-value-added"
        wire[Breaking, Dangerous] rust[Breaking, Breaking]
        "Who asks needs it. Old clients do not answer with it; a server has to before its clients expect it, so deploy it first.";
    ACK_VALUE_REMOVED "ack-value-removed"
        wire[Dangerous, Breaking] rust[Breaking, Breaking]
        "Old clients need it in the answer. So does an old server that asks: deploy it first.";
    VOLATILE_CHANGED "volatile-changed"
        wire[Dangerous, Dangerous] rust[Compatible, Compatible]
        "A volatile event is dropped when it cannot be sent at once: some may be lost now, or come late.";
    OFFLINE_CHANGED "offline-changed"
        wire[Info, Dangerous] rust[Compatible, Compatible]
        "What is emitted while the client is offline may now be lost, come late, or be an error.";
    TIME_TO_LIVE_CHANGED "time-to-live-changed"
        wire[Info, Info] rust[Compatible, Compatible]
        "The event waits longer or shorter for the connection.";
    RETRIES_CHANGED "retries-changed"
        wire[Info, Dangerous] rust[Compatible, Compatible]
        "An event that is sent again may arrive twice; one that is not may be lost.";
    TIMEOUT_CHANGED "timeout-changed"
        wire[Info, Info] rust[Compatible, Compatible]
        "The answer is awaited longer or shorter.";
    DEPRECATION_CHANGED "deprecation-changed"
        wire[Info, Info] rust[Info, Info]
        "Nothing is another but a warning of the compiler.";
    EXAMPLE_CHANGED "example-changed"
        wire[Info, Info] rust[Info, Info]
        "The example is for people.";
}
