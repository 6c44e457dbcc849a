//! The rules about services and namespaces. What clients send to be let in goes to the server, the
//! data of a refusal to the client; where no way is meant, the verdicts are the same.
//!
//! Must not know: how changes are found.

use super::{Rule, Verdict, rules};

rules! {
    SERVICES:
    SERVICE_RENAMED "service-renamed"
        wire[Info, Info] rust[Info, Info]
        "The service's name is for people.";
    VERSION_CHANGED "version-changed"
        wire[Info, Info] rust[Info, Info]
        "The contract's version is for people.";
    NAMESPACE_ADDED "namespace-added"
        wire[Dangerous, Dangerous] rust[Minor, Minor]
        "A server that does not have the namespace yet refuses its clients: deploy the server first.";
    NAMESPACE_REMOVED "namespace-removed"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "Clients that connect to the namespace are refused.";
    NAMESPACE_PATH_CHANGED "namespace-path-changed"
        wire[Breaking, Breaking] rust[Compatible, Compatible]
        "Old clients go on connecting to the old path, and are refused.";
    NAMESPACE_IDENT_RENAMED "namespace-ident-renamed"
        wire[Compatible, Compatible] rust[Breaking, Breaking]
        "The path is the same, but Rust code names the struct.";
    SCHEMA_IDENT_RENAMED "schema-ident-renamed"
        wire[Compatible, Compatible] rust[Breaking, Breaking]
        "Nothing that is sent is another, but Rust code names the trait and what is generated from it.";
    AUTH_DECLARED "auth-declared"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "What clients send to be let in was their choice; old clients may send something else.";
    AUTH_UNDECLARED "auth-undeclared"
        wire[Dangerous, Dangerous] rust[Compatible, Compatible]
        "Clients may send anything to be let in now, which an old server may not take: deploy the server first.";
    REFUSAL_DECLARED "refusal-declared"
        wire[Dangerous, Dangerous] rust[Breaking, Breaking]
        "New clients expect the data of a refusal that an old server need not send: deploy the server first.";
    REFUSAL_UNDECLARED "refusal-undeclared"
        wire[Breaking, Breaking] rust[Breaking, Breaking]
        "Old clients expect the data of a refusal that the server need not send any more.";
    RETIRED_NAME_ADDED "retired-name-added"
        wire[Info, Info] rust[Info, Info]
        "The name is reserved: no event can take it.";
    RETIRED_NAME_DROPPED "retired-name-dropped"
        wire[Dangerous, Dangerous] rust[Compatible, Compatible]
        "The reservation is given up: an event could take the name while old peers still use it in its old meaning.";
    RETIRED_NAME_REUSED "retired-name-reused"
        wire[Breaking, Breaking] rust[Minor, Minor]
        "Old peers may still use the name in its old meaning, for which it was reserved.";
    DOCS_CHANGED "docs-changed"
        wire[Info, Info] rust[Info, Info]
        "The documentation is for people.";
}
