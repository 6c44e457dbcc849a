//! AsyncAPI 3.0: namespaces are channels, events messages, acknowledgements replies.
//!
//! What AsyncAPI has no word for stands under `x-socketio`. It has no binding for Socket.IO; the
//! handshake's request is in the WebSocket's. The id of an acknowledgement is in the
//! packet's envelope and not in its payload, so there is no `correlationId` and no reply address:
//! both could only point into a payload.

// Must not know: how catalogues are made.

// Beside what zod-sockets 2.3.0 generates, the richest of the generators for Socket.IO:
//
// |                        | here                                     | zod-sockets               |
// | ---------------------- | ---------------------------------------- | ------------------------- |
// | perspective            | client or server                         | server                    |
// | payload types          | `components.schemas`, once, with names   | inlined at every use      |
// | arguments              | names, `minItems`, `maxItems`, optional  | unnamed, `additionalItems`|
// | binary                 | the placeholder, `BINARY_EVENT`          | `format: any`             |
// | texts                  | summary and description of each event    | one sentence for all      |
// | acknowledgement        | reply; both forms of an error first      | reply, with an address    |
// |                        |                                          | that points into the payload |
// | auth                   | security scheme of the auth object, with | schemes written by hand,  |
// |                        | its schema, on every operation           | on what the server receives |
// | joining, refusal       | an operation with two replies            | nothing                   |
// | volatile, timeout, …   | `x-socketio`, tags                       | nothing                   |
// | deprecated, retired    | `deprecated`, `x-socketio`               | nothing                   |
// | examples               | of messages and arguments, held by tests | of messages and arguments |
// | content type           | `application/json`                       | `text/plain`              |
// | handshake, servers, id, contact, licence | alike                  | alike                     |

mod channel;
mod document;
mod message;
mod text;

/// Whose application an AsyncAPI document describes, which decides what it sends and what it
/// receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Perspective {
    /// A client's: it sends what clients emit.
    Client,
    /// The server's: it receives what clients emit.
    Server,
}
