//! The rules about types: of arguments, answers, what clients send to be let in, refusals, and all
//! that these are made of. The way is the value's: an answer goes the other way than its event.
//!
//! Must not know: how changes are found.

use super::{Rule, Verdict, rules};

rules! {
    TYPES:
    TYPE_WIDENED "type-widened"
        wire[Breaking, Dangerous] rust[Breaking, Breaking]
        "More values are allowed than an old receiver takes. Where that is the server, deploy it first.";
    TYPE_NARROWED "type-narrowed"
        wire[Dangerous, Breaking] rust[Breaking, Breaking]
        "Fewer values are allowed than an old sender sends. Where that is the server, deploy it first.";
    TYPE_CHANGED "type-changed"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "The old receiver does not take what the new sender sends, nor the other way round.";
    TYPE_UNCLASSIFIED "type-unclassified"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "It cannot be told whether the same values are allowed, so it is taken for the worst.";
    TYPE_EQUIVALENT "type-equivalent"
        wire[Compatible, Compatible] rust[Breaking, Breaking]
        "Each side takes what the other sends, but the Rust type is most likely another.";
    TYPE_RENAMED "type-renamed"
        wire[Compatible, Compatible] rust[Breaking, Breaking]
        "Types have no names on the wire, but Rust code names them.";
    RUST_TYPE_CHANGED "rust-type-changed"
        wire[Compatible, Compatible] rust[Breaking, Breaking]
        "On the wire it is the same type, but it is written otherwise in Rust.";
    BINARY_CHANGED "binary-changed"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "Binary data travels as attachments beside the packet, JSON inside it.";
    LIMIT_WIDENED "limit-widened"
        wire[Breaking, Dangerous] rust[Compatible, Compatible]
        "The type is the same, but an old receiver may refuse values that are allowed now. Where that is the server, deploy it first.";
    LIMIT_NARROWED "limit-narrowed"
        wire[Dangerous, Breaking] rust[Compatible, Compatible]
        "The type is the same, but an old sender may send values that are refused now. Where that is the server, deploy it first.";
    LIMIT_CHANGED "limit-changed"
        wire[Breaking, Breaking] rust[Compatible, Compatible]
        "The type is the same, but each side may refuse what the other sends.";
    FIELD_ADDED "field-added"
        wire[Dangerous, Breaking] rust[Minor, Breaking]
        "Who receives it needs it, and old senders do not send it. Where that is the server, deploy it first. Rust code that receives it need not read it; code that sends it has to build it.";
    OPTIONAL_FIELD_ADDED "optional-field-added"
        wire[Compatible, Compatible] rust[Minor, Breaking]
        "A receiver ignores a field that it does not know, and this one may be missing. Rust code that sends it has to build it.";
    FIELD_REMOVED "field-removed"
        wire[Breaking, Dangerous] rust[Breaking, Breaking]
        "Old receivers need it. Where that is the server, deploy it first.";
    OPTIONAL_FIELD_REMOVED "optional-field-removed"
        wire[Compatible, Compatible] rust[Breaking, Breaking]
        "It could be missing before, and is ignored where it still comes.";
    FIELD_BECAME_OPTIONAL "field-became-optional"
        wire[Breaking, Dangerous] rust[Compatible, Compatible]
        "Old receivers need it. Where that is the server, deploy it first. In Rust it is another type only if this is told of its type too.";
    FIELD_BECAME_REQUIRED "field-became-required"
        wire[Dangerous, Breaking] rust[Compatible, Compatible]
        "Old senders may leave it out. Where that is the server, deploy it first. In Rust it is another type only if this is told of its type too.";
    CLOSED_FIELD_ADDED "closed-field-added"
        wire[Breaking, Dangerous] rust[Compatible, Compatible]
        "The old type denies unknown fields, and so the new one's. Where the receiver is the server, deploy it first.";
    CLOSED_FIELD_REMOVED "closed-field-removed"
        wire[Dangerous, Breaking] rust[Compatible, Compatible]
        "The new type denies unknown fields, and so the old one's. Where the sender is the server, deploy it first.";
    UNKNOWN_FIELDS_DENIED "unknown-fields-denied"
        wire[Compatible, Compatible] rust[Compatible, Compatible]
        "All known fields are the same, but from now on one that is added is refused by who does not know it.";
    UNKNOWN_FIELDS_ALLOWED "unknown-fields-allowed"
        wire[Compatible, Compatible] rust[Compatible, Compatible]
        "All known fields are the same, and from now on one that is added is ignored by who does not know it.";
    VARIANT_ADDED "variant-added"
        wire[Breaking, Dangerous] rust[Breaking, Minor]
        "An old receiver does not know it: serde refuses unknown variants. Where the receiver is the server, deploy it first. Rust code that receives it has to match it.";
    VARIANT_REMOVED "variant-removed"
        wire[Dangerous, Breaking] rust[Breaking, Breaking]
        "An old sender may send it. Where that is the server, deploy it first.";
    DEFAULT_CHANGED "default-changed"
        wire[Dangerous, Dangerous] rust[Info, Info]
        "A value that is left out may mean something else to old and new receivers.";
}
