//! The document around the channels.
//!
//! Must not know: events.

use http::Uri;
use serde_json::{Map, Value, json};

use super::{Perspective, channel, text};
use crate::catalogue::model::{Catalogue, Namespace, Server};

impl Catalogue {
    /// The catalogue as an AsyncAPI 3.0 document.
    ///
    /// - A namespace is a channel, whose address is its path; the WebSocket binding tells the
    ///   handshake's request.
    /// - An event is a message and an operation, `send` or `receive` as the described application
    ///   does. Its payload is the array of its arguments. An acknowledgement is the operation's
    ///   reply.
    /// - Joining a namespace is an operation, too: its message carries the auth object, its replies
    ///   are the server's CONNECT and the refusal with its data. The auth object is the
    ///   namespace's security scheme.
    /// - Payload types are `components.schemas`.
    /// - `x-socketio` has what AsyncAPI has no word for: whether an event may carry binary data or
    ///   is volatile, how long its acknowledgement is awaited, the names of its arguments.
    ///
    /// ```
    /// # use socketio_runtime::{catalogue::{Catalogue, Perspective}, client_to_server, namespace};
    /// # #[client_to_server(export)]
    /// # pub trait ClientToServer {
    /// #     #[event("room:join")]
    /// #     fn room_join(room: &str) -> bool;
    /// # }
    /// # #[namespace("/chat", emits = ClientToServer, export)]
    /// # pub struct Chat;
    /// let catalogue = Catalogue::builder("Chat", "1.0.0")
    ///     .server("production", "wss://chat.example.com")
    ///     .namespace::<Chat>()
    ///     .build();
    /// let document = catalogue.asyncapi(Perspective::Client);
    /// assert_eq!(document["operations"]["chat_client_room_join"]["action"], "send");
    /// ```
    #[must_use]
    pub fn asyncapi(&self, perspective: Perspective) -> Value {
        let mut document = Map::new();
        document.insert("asyncapi".into(), "3.0.0".into());
        document.insert("info".into(), self.info());
        document.insert("defaultContentType".into(), "application/json".into());
        if !self.servers.is_empty() {
            let mut servers = Map::new();
            for server in &self.servers {
                servers.insert(text::free(text::id(&server.name), &servers), place(server));
            }
            document.insert("servers".into(), Value::Object(servers));
        }
        let mut channels = Map::new();
        let mut operations = Map::new();
        let mut schemes = Map::new();
        for namespace in &self.namespaces {
            let id = text::free(text::channel_id(&namespace.path), &channels);
            schemes.extend(security(namespace).map(|scheme| (id.clone(), scheme)));
            operations.extend(channel::operations(&id, namespace, perspective));
            channels.insert(id, channel::channel(self, namespace));
        }
        document.insert("channels".into(), Value::Object(channels));
        document.insert("operations".into(), Value::Object(operations));
        let components = json!({ "schemas": self.schemas(), "securitySchemes": schemes });
        document.insert("components".into(), components);
        Value::Object(document)
    }

    fn info(&self) -> Value {
        let mut info = Map::new();
        info.insert("title".into(), self.title.clone().into());
        info.insert("version".into(), self.version.clone().into());
        if !self.description.is_empty() {
            info.insert("description".into(), self.description.clone().into());
        }
        if let Some(contact) = &self.contact {
            let key = if contact.is_email() { "email" } else { "url" };
            info.insert("contact".into(), json!({ "name": contact.name, key: contact.address }));
        }
        if let Some(license) = &self.license {
            info.insert("license".into(), json!({ "name": license.name, "url": license.url }));
        }
        let docs = "https://socket.io/docs/v4/socket-io-protocol/";
        let docs = json!({ "description": "The Socket.IO protocol, revision 5", "url": docs });
        info.insert("externalDocs".into(), docs);
        Value::Object(info)
    }

    fn schemas(&self) -> Value {
        let schemas = self.definitions.iter();
        let schemas =
            schemas.map(|(name, schema)| (name.clone(), text::with_components(schema.clone())));
        Value::Object(schemas.collect())
    }
}

fn place(server: &Server) -> Value {
    let url: Uri = server.url.parse().unwrap_or_default();
    let path = match url.path() {
        "" | "/" => "/socket.io/",
        path => path,
    };
    json!({
        "host": url.authority().map_or(&*server.url, |authority| authority.as_str()),
        "pathname": path,
        "protocol": url.scheme_str().unwrap_or("wss"),
        "title": server.name,
        "description": format!("The {} server: {}", server.name, server.url),
    })
}

/// AsyncAPI has no type for an object of the service's own; an `apiKey` that travels as the
/// password is the nearest.
fn security(namespace: &Namespace) -> Option<Value> {
    let auth = namespace.auth.as_ref()?;
    Some(json!({
        "type": "apiKey",
        "in": "password",
        "description": format!(
            "The `auth` object, which the client sends in the CONNECT packet of {}.",
            namespace.path,
        ),
        "x-socketio": { "auth": text::with_components(auth.schema.clone()) },
    }))
}
