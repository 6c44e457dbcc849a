//! Catalogues from schemas.
//!
//! One side of every exchange is the Rust client, so what it receives is described as it is
//! deserialised, and what it sends as it is serialised; `definitions` brings the two together.
//!
//! Must not know: what catalogues are used for.

use std::{collections::BTreeMap, fmt, time::Duration};

use http::Uri;
use schemars::{SchemaGenerator, generate::SchemaSettings};

use super::{
    definitions,
    model::{
        Ack, Argument, ArgumentKind, Catalogue, Contact, Delivery, Event, Events, License,
        Namespace, Offline, Server, ValueType,
    },
};
use crate::{
    proto::OfflinePolicy,
    schema::{
        AckDescriptor, ArgumentDescriptor, ArgumentKind as Kind, EventDescriptor, EventTypes,
        ExportNamespace, ExportedType, NamespaceDescriptor, Schema, SchemaDescriptor,
    },
};

/// Collects the namespaces of a service. Made by [`Catalogue::builder`].
#[must_use = "nothing is made before `build`"]
pub struct CatalogueBuilder {
    catalogue: Catalogue,
    received: SchemaGenerator,
    sent: SchemaGenerator,
}

/// Which way a value travels, seen from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Received,
    Sent,
}

impl Catalogue {
    /// Begins the catalogue of a service, by its name and the version of its contract.
    pub fn builder(title: impl Into<String>, version: impl Into<String>) -> CatalogueBuilder {
        CatalogueBuilder {
            catalogue: Self {
                format: Self::FORMAT,
                title: title.into(),
                version: version.into(),
                description: String::new(),
                servers: Vec::new(),
                contact: None,
                license: None,
                namespaces: Vec::new(),
                definitions: BTreeMap::new(),
                #[cfg(feature = "typescript")]
                typescript: super::TypeScriptTypes::default(),
            },
            received: SchemaSettings::draft07().for_deserialize().into_generator(),
            sent: SchemaSettings::draft07().for_serialize().into_generator(),
        }
    }
}

impl CatalogueBuilder {
    /// What the service is, in Markdown. Default: nothing.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.catalogue.description = description.into();
        self
    }

    /// Adds a server, under a name of your own: `https://chat.example.com`, or, where the endpoint
    /// is not `/socket.io/`, with its path.
    ///
    /// # Panics
    /// If the URL has no scheme or host.
    #[track_caller]
    pub fn server(mut self, name: impl Into<String>, url: impl Into<String>) -> Self {
        let url = url.into();
        let parsed: Uri = url.parse().unwrap_or_else(|error| panic!("`{url}`: {error}"));
        assert!(parsed.scheme().is_some(), "`{url}` has no scheme such as `https://`");
        self.catalogue.servers.push(Server { name: name.into(), url });
        self
    }

    /// Whom to ask about the service: a name, and a URL or an email address.
    pub fn contact(mut self, name: impl Into<String>, address: impl Into<String>) -> Self {
        self.catalogue.contact = Some(Contact { name: name.into(), address: address.into() });
        self
    }

    /// Under which terms the contract may be used: the licence's name, and where to read it.
    pub fn license(mut self, name: impl Into<String>, url: impl Into<String>) -> Self {
        self.catalogue.license = Some(License { name: name.into(), url: url.into() });
        self
    }

    /// Adds a namespace.
    pub fn namespace<N: ExportNamespace>(mut self) -> Self {
        let NamespaceDescriptor { name, path, docs, auth, refusal } = N::DESCRIPTOR;
        let namespace = Namespace {
            path: path.to_owned(),
            ident: name.to_owned(),
            docs: docs.to_owned(),
            auth: auth.zip(N::AUTH).map(|(rust, ty)| self.value(rust, ty, Way::Sent)),
            refusal: refusal.zip(N::REFUSAL).map(|(rust, ty)| self.value(rust, ty, Way::Received)),
            listens: self.events(N::Listens::DESCRIPTOR, N::LISTENS, Way::Received),
            emits: self.events(N::Emits::DESCRIPTOR, N::EMITS, Way::Sent),
        };
        self.catalogue.namespaces.push(namespace);
        self
    }

    /// The catalogue.
    ///
    /// # Panics
    /// If two namespaces have one path.
    #[must_use]
    #[track_caller]
    pub fn build(self) -> Catalogue {
        let Self { mut catalogue, mut received, mut sent } = self;
        catalogue.servers.sort_by(|a, b| a.name.cmp(&b.name));
        catalogue.namespaces.sort_by(|a, b| a.path.cmp(&b.path));
        for pair in catalogue.namespaces.windows(2) {
            let [one, other] = [&pair[0], &pair[1]];
            assert!(
                one.path != other.path,
                "the namespaces `{}` and `{}` have one path, `{}`",
                one.ident,
                other.ident,
                one.path,
            );
        }
        let (received, sent) = (received.take_definitions(true), sent.take_definitions(true));
        definitions::merge(&mut catalogue, received, sent);
        catalogue
    }

    fn events(
        &mut self,
        schema: SchemaDescriptor,
        types: &[EventTypes],
        way: Way,
    ) -> Option<Events> {
        if schema.events.is_empty() && schema.retired.is_empty() {
            return None;
        }
        let types = |event: &EventDescriptor| {
            let types = types.iter().find(|types| types.index == event.index);
            types.expect("the macros export every event")
        };
        let mut events: Vec<_> = schema
            .events
            .iter()
            .map(|event| self.event(event, types(event).arguments, types(event).ack, way))
            .collect();
        events.sort_by(|a, b| a.name.cmp(&b.name));
        let mut retired: Vec<_> = schema.retired.iter().copied().map(str::to_owned).collect();
        retired.sort();
        let (ident, docs) = (schema.name.to_owned(), schema.docs.to_owned());
        Some(Events { ident, docs, retired, events })
    }

    fn event(
        &mut self,
        event: &EventDescriptor,
        arguments: &[ExportedType],
        ack: &[ExportedType],
        way: Way,
    ) -> Event {
        let arguments = event.arguments.iter().zip(arguments);
        let arguments = arguments.map(|(argument, ty)| self.argument(argument, *ty, way)).collect();
        let mut values = ack.iter().copied();
        let mut value = |rust: &str| {
            let ty = values.next().expect("the macros export every value");
            self.value(rust, ty, way.back())
        };
        let ack = match event.ack {
            AckDescriptor::None => None,
            AckDescriptor::Values(types) => {
                Some(Ack::Values(types.iter().map(|rust| value(rust)).collect()))
            }
            AckDescriptor::ErrorFirst { value: ok, error } => {
                Some(Ack::ErrorFirst { value: value(ok), error: value(error) })
            }
        };
        let millis = |time: Option<Duration>| {
            time.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
        };
        let example = |json: Option<&str>| {
            json.map(|json| serde_json::from_str(json).expect("the macros write JSON"))
        };
        Event {
            name: event.name.to_owned(),
            ident: event.ident.to_owned(),
            docs: event.docs.to_owned(),
            deprecated: event.deprecated.map(str::to_owned),
            arguments,
            ack,
            delivery: Delivery {
                volatile: event.is_volatile,
                timeout_ms: millis(event.timeout),
                offline: event.offline.map(|policy| match policy {
                    OfflinePolicy::Buffer => Offline::Buffer,
                    OfflinePolicy::Drop => Offline::Drop,
                    OfflinePolicy::Reject => Offline::Reject,
                }),
                time_to_live_ms: millis(event.time_to_live),
                retries: event.retries,
                idempotency_key: event.has_idempotency_key,
            },
            example: example(event.example),
            ack_example: example(event.ack_example),
        }
    }

    fn argument(&mut self, argument: &ArgumentDescriptor, ty: ExportedType, way: Way) -> Argument {
        Argument {
            name: argument.name.to_owned(),
            kind: match argument.kind {
                Kind::Required => ArgumentKind::Required,
                Kind::Optional => ArgumentKind::Optional,
                Kind::Rest => ArgumentKind::Rest,
            },
            docs: argument.docs.to_owned(),
            ty: self.value(argument.ty, ty, way),
        }
    }

    fn value(&mut self, rust: &str, ty: ExportedType, way: Way) -> ValueType {
        let generator = match way {
            Way::Received => &mut self.received,
            Way::Sent => &mut self.sent,
        };
        ValueType {
            rust: rust.to_owned(),
            schema: (ty.json_schema)(generator).to_value(),
            #[cfg(feature = "typescript")]
            typescript: (ty.typescript)(&mut self.catalogue.typescript),
        }
    }
}

impl Way {
    /// The way of the answer.
    fn back(self) -> Self {
        match self {
            Self::Received => Self::Sent,
            Self::Sent => Self::Received,
        }
    }
}

impl fmt::Debug for CatalogueBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CatalogueBuilder")
            .field("catalogue", &self.catalogue)
            .finish_non_exhaustive()
    }
}
