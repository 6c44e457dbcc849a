//! One packet by itself.
//!
//! Must not know: the packets before it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{InvalidCatalogue, Misfit, Session, ValidationError, depth};
use crate::{
    catalogue::{Catalogue, EventId, model::ValueType},
    codec::{Header, SocketType, decode_refusal, decode_socket},
    schema::Direction,
};

/// Holds recorded packets against a catalogue.
///
/// Packets are the text of Socket.IO's, with or without the `4` of Engine.IO before it; of a binary
/// event it is the text with the placeholders. A side of a namespace that its schema leaves
/// `Untyped` declares no events.
///
/// ```
/// # use socketio_runtime::{catalogue::{Catalogue, ValidationError, Validator}, client_to_server, namespace};
/// use socketio_runtime::schema::Direction;
///
/// #[client_to_server(export)]
/// pub trait ClientToServer {
///     #[event("room:join")]
///     fn room_join(room: &str) -> bool;
/// }
///
/// #[namespace("/chat", emits = ClientToServer, export)]
/// pub struct Chat;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let catalogue = Catalogue::builder("Chat", "1.0.0").namespace::<Chat>().build();
/// let validator = Validator::new(&catalogue)?;
/// validator.check(Direction::ClientToServer, r#"42/chat,0["room:join","lobby"]"#)?;
/// validator.check_ack(Direction::ClientToServer, "room:join", "43/chat,0[true]")?;
/// let error = validator
///     .check(Direction::ClientToServer, r#"42/chat,0["room:join",5]"#)
///     .expect_err("a room is a string");
/// assert_eq!(
///     error.to_string(),
///     "the event `room:join` of `/chat` does not fit its schema: \
///      `room` at `/0`: 5 is not of type \"string\"",
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Validator {
    namespaces: BTreeMap<String, Payloads>,
    events: BTreeMap<EventId, Contract>,
}

/// What joins a namespace.
#[derive(Debug)]
struct Payloads {
    auth: Option<jsonschema::Validator>,
    refusal: Option<jsonschema::Validator>,
}

#[derive(Debug)]
struct Contract {
    names: Vec<String>,
    arguments: jsonschema::Validator,
    ack: Option<jsonschema::Validator>,
}

impl Validator {
    /// Prepares all schemas of a catalogue.
    ///
    /// # Errors
    /// If a schema in it is no JSON Schema, or refers to others without end.
    pub fn new(catalogue: &Catalogue) -> Result<Self, InvalidCatalogue> {
        depth::check(&catalogue.definitions)?;
        let mut namespaces = BTreeMap::new();
        for namespace in &catalogue.namespaces {
            let payload = |ty: &Option<ValueType>, what: &str| {
                let subject = || format!("the {what} of `{}`", namespace.path);
                let schema = |ty: &ValueType| json!({ "allOf": [ty.schema], "definitions": catalogue.definitions });
                ty.as_ref().map(|ty| compile(&schema(ty), subject)).transpose()
            };
            let payloads = Payloads {
                auth: payload(&namespace.auth, "auth object")?,
                refusal: payload(&namespace.refusal, "refusal's data")?,
            };
            namespaces.insert(namespace.path.clone(), payloads);
        }
        let mut schemas = catalogue.json_schemas();
        let mut events = BTreeMap::new();
        for (namespace, direction, event) in catalogue.events() {
            let (namespace, name) = (namespace.path.clone(), event.name.clone());
            let id = EventId { namespace, direction, event: name };
            let Some((id, schema)) = schemas.remove_entry(&id) else { continue };
            let key = event.delivery.idempotency_key.then(|| "idempotencyKey".to_owned());
            let names = event.arguments.iter().map(|argument| argument.name.clone());
            let names = names.chain(key).collect();
            let arguments = compile(&schema.arguments, || describe_event(&id))?;
            let ack = schema.ack.as_ref().map(|ack| compile(ack, || describe_ack(&id)));
            events.insert(id, Contract { names, arguments, ack: ack.transpose()? });
        }
        Ok(Self { namespaces, events })
    }

    /// Checks a packet that travelled in this direction: an event, a CONNECT with its auth object,
    /// a `CONNECT_ERROR` with its data.
    ///
    /// # Errors
    /// [`ValidationError::AckAlone`] for an acknowledgement, and whatever else is wrong with the
    /// packet.
    pub fn check(&self, direction: Direction, packet: &str) -> Result<(), ValidationError> {
        let packet = Packet::read(packet)?;
        match packet.header.kind {
            SocketType::Ack => Err(ValidationError::AckAlone),
            SocketType::Event => self.check_event(direction, &packet).map(drop),
            _ => self.check_payload(direction, &packet),
        }
    }

    /// Checks the acknowledgement of an event that travelled in this direction: the
    /// acknowledgement itself travels in the other one.
    ///
    /// # Errors
    /// Whatever is wrong with the packet.
    pub fn check_ack(
        &self,
        direction: Direction,
        event: &str,
        packet: &str,
    ) -> Result<(), ValidationError> {
        self.check_answer(direction, event, &Packet::read(packet)?)
    }

    /// Checks the packets of one connection, in their order, and acknowledgements by their ids.
    #[must_use]
    pub fn session(&self) -> Session<'_> {
        Session::new(self)
    }

    /// The event's name.
    pub(super) fn check_event(
        &self,
        direction: Direction,
        packet: &Packet,
    ) -> Result<String, ValidationError> {
        let namespace = packet.namespace().to_owned();
        let array = packet.array().map_err(|source| ValidationError::Json {
            subject: format!("an event of `{namespace}`"),
            source,
        })?;
        let (name, values) = array.split_first().unwrap_or((&Value::Null, &[]));
        let event = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
        let (id, contract) = self.contract(namespace, direction, event)?;
        let subject = || describe_event(id);
        check_attachments(packet, values, subject)?;
        fit(
            &contract.arguments,
            &Value::Array(values.to_vec()),
            &contract.names,
            subject,
            in_full,
        )?;
        if packet.header.ack.is_some() && contract.ack.is_none() {
            let EventId { namespace, event, .. } = id.clone();
            return Err(ValidationError::NoAck { namespace, event });
        }
        Ok(id.event.clone())
    }

    pub(super) fn check_answer(
        &self,
        direction: Direction,
        event: &str,
        packet: &Packet,
    ) -> Result<(), ValidationError> {
        let namespace = packet.namespace().to_owned();
        let (id, contract) = self.contract(namespace, direction, event.to_owned())?;
        let Some(ack) = &contract.ack else {
            let EventId { namespace, event, .. } = id.clone();
            return Err(ValidationError::NoAck { namespace, event });
        };
        let subject = || describe_ack(id);
        let values = packet
            .array()
            .map_err(|source| ValidationError::Json { subject: subject(), source })?;
        check_attachments(packet, &values, subject)?;
        fit(ack, &Value::Array(values), &[], subject, in_full)
    }

    pub(super) fn check_payload(
        &self,
        direction: Direction,
        packet: &Packet,
    ) -> Result<(), ValidationError> {
        let namespace = packet.namespace();
        let payloads = self
            .namespaces
            .get(namespace)
            .ok_or_else(|| ValidationError::UnknownNamespace { namespace: namespace.to_owned() })?;
        let payload = packet.header.payload(&packet.text);
        let (schema, payload, what) = match (packet.header.kind, direction) {
            (SocketType::Connect, Direction::ClientToServer) => (
                &payloads.auth,
                Some(payload).filter(|payload| !payload.is_empty()).map(str::to_owned),
                "auth object",
            ),
            (SocketType::ConnectError, Direction::ServerToClient) => {
                let (_, data) = decode_refusal(payload);
                (&payloads.refusal, data.map(|data| data.get().to_owned()), "refusal's data")
            }
            _ => return Ok(()),
        };
        let Some(schema) = schema else { return Ok(()) };
        let subject = || format!("the {what} of `{namespace}`");
        let payload = payload.as_deref().unwrap_or("null");
        let payload: Value = serde_json::from_str(payload)
            .map_err(|source| ValidationError::Json { subject: subject(), source })?;
        let is_auth = packet.header.kind == SocketType::Connect;
        fit(schema, &payload, &[], subject, if is_auth { without_values } else { in_full })
    }

    fn contract(
        &self,
        namespace: String,
        direction: Direction,
        event: String,
    ) -> Result<(&EventId, &Contract), ValidationError> {
        if !self.namespaces.contains_key(&namespace) {
            return Err(ValidationError::UnknownNamespace { namespace });
        }
        let mut id = EventId { namespace, direction, event };
        if let Some(found) = self.events.get_key_value(&id) {
            return Ok(found);
        }
        id.direction = opposite(direction);
        let is_other_way = self.events.contains_key(&id);
        let EventId { namespace, event, direction: declared } = id;
        Err(if is_other_way {
            ValidationError::WrongDirection { namespace, event, declared }
        } else {
            ValidationError::UnknownEvent { namespace, event }
        })
    }
}

/// A packet whose head is read.
pub(super) struct Packet {
    /// With Engine.IO's digit.
    text: String,
    pub(super) header: Header,
}

impl Packet {
    pub(super) fn read(text: &str) -> Result<Self, ValidationError> {
        // A `4` is either Engine.IO's, and a type follows, or a refusal's, and none does.
        let has_digit =
            text.starts_with('4') && text[1..].starts_with(|c: char| c.is_ascii_digit());
        let text = if has_digit { text.to_owned() } else { format!("4{text}") };
        let header = decode_socket(&text, usize::MAX).map_err(ValidationError::Decode)?;
        Ok(Self { text, header })
    }

    pub(super) fn namespace(&self) -> &str {
        self.header.namespace(&self.text)
    }

    fn array(&self) -> Result<Vec<Value>, serde_json::Error> {
        serde_json::from_str(self.header.array(&self.text))
    }
}

pub(super) fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::ServerToClient => Direction::ClientToServer,
        Direction::ClientToServer => Direction::ServerToClient,
    }
}

fn compile(
    schema: &Value,
    subject: impl Fn() -> String,
) -> Result<jsonschema::Validator, InvalidCatalogue> {
    jsonschema::draft7::new(schema)
        .map_err(|error| InvalidCatalogue { subject: subject(), reason: error.to_string() })
}

fn fit(
    schema: &jsonschema::Validator,
    value: &Value,
    names: &[String],
    subject: impl Fn() -> String,
    words: fn(&jsonschema::ValidationError<'_>) -> String,
) -> Result<(), ValidationError> {
    let misfits: Vec<_> = schema
        .iter_errors(value)
        .map(|error| {
            let path = error.instance_path().to_string();
            let index = path.split('/').nth(1).and_then(|index| index.parse::<usize>().ok());
            // All further values are the last argument's.
            let last = names.len().saturating_sub(1);
            let argument = index.and_then(|index| names.get(index.min(last)).cloned());
            Misfit { path, argument, reason: words(&error) }
        })
        .collect();
    if misfits.is_empty() {
        return Ok(());
    }
    Err(ValidationError::Misfits { subject: subject(), misfits })
}

fn in_full(error: &jsonschema::ValidationError<'_>) -> String {
    error.to_string()
}

/// Values of an auth object are secrets, also in a record.
fn without_values(error: &jsonschema::ValidationError<'_>) -> String {
    error.masked().to_string()
}

fn check_attachments(
    packet: &Packet,
    values: &[Value],
    subject: impl Fn() -> String,
) -> Result<(), ValidationError> {
    let found = values.iter().map(placeholders).sum();
    let announced = packet.header.attachments;
    if found == announced {
        return Ok(());
    }
    Err(ValidationError::Attachments { subject: subject(), announced, found })
}

fn placeholders(value: &Value) -> usize {
    match value {
        Value::Object(object) if object.get("_placeholder") == Some(&Value::Bool(true)) => 1,
        Value::Object(object) => object.values().map(placeholders).sum(),
        Value::Array(values) => values.iter().map(placeholders).sum(),
        _ => 0,
    }
}

fn describe_event(id: &EventId) -> String {
    format!("the event `{}` of `{}`", id.event, id.namespace)
}

fn describe_ack(id: &EventId) -> String {
    format!("the acknowledgement of `{}` of `{}`", id.event, id.namespace)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Catalogue, Direction, Validator};

    fn catalogue(definitions: &Value) -> Catalogue {
        let argument = json!({ "name": "a", "rust": "A", "schema": { "$ref": "#/definitions/A" } });
        let event = json!({ "name": "e", "ident": "e", "arguments": [argument] });
        let emits = json!({ "ident": "E", "events": [event] });
        let namespaces = json!([{ "path": "/", "ident": "Main", "emits": emits }]);
        let catalogue = json!({
            "format": 1, "title": "Circle", "version": "1",
            "definitions": definitions, "namespaces": namespaces,
        });
        Catalogue::from_json(&catalogue.to_string()).expect("a catalogue")
    }

    #[test]
    fn a_chain_of_types_that_would_fill_the_stack_is_refused() {
        let chain = |length: usize, end: Value| {
            let refer =
                |at: usize| json!({ "allOf": [{ "$ref": format!("#/definitions/A{at}") }] });
            let mut types = json!({ "A": refer(1) });
            (1..length).for_each(|at| types[format!("A{at}")] = refer(at + 1));
            types[format!("A{length}")] = end;
            types
        };
        let text = json!({ "type": "string" });
        let validator = Validator::new(&catalogue(&chain(200, text.clone()))).expect("types");
        validator.check(Direction::ClientToServer, r#"42["e","a"]"#).expect("it is text");
        validator.check(Direction::ClientToServer, r#"42["e",1]"#).expect_err("it is no text");
        let circle = json!({ "$ref": "#/definitions/A" });
        for types in [chain(20_000, text), chain(20_000, circle)] {
            let error = Validator::new(&catalogue(&types)).expect_err("they are too many");
            assert!(error.to_string().contains("more than 256 types"), "{error}");
        }
    }

    /// It says nothing of its values.
    #[test]
    fn a_type_that_is_nothing_but_itself_takes_everything() {
        let to = |name: &str| json!({ "$ref": format!("#/definitions/{name}") });
        for definitions in [
            json!({ "A": to("A") }),
            json!({ "A": to("B"), "B": to("A") }),
            json!({ "A": { "allOf": [to("A")] } }),
        ] {
            let validator = Validator::new(&catalogue(&definitions)).expect("JSON Schemas");
            let check = |packet| validator.check(Direction::ClientToServer, packet);
            check(r#"42["e",1]"#).expect("it takes everything");
            check(r#"42["e"]"#).expect_err("an argument is missing");
        }
    }
}
