//! The service that every crate declares: its payloads and its two hundred events.
//!
//! Must not know: the libraries.

use std::fmt::Write as _;

pub const EVENTS_EACH_WAY: usize = 100;

/// Payload structs. Events share them, as the events of a real service do.
const PAYLOADS: usize = 20;

/// Events a function of user code, which nobody writes with a hundred calls.
pub const EVENTS_A_FUNCTION: usize = 10;

/// One event, and one method to the libraries that have methods.
pub struct Event {
    pub index: usize,
    pub arguments: Vec<Argument>,
    pub ack: Option<Type>,
}

pub struct Argument {
    pub name: &'static str,
    pub ty: Type,
}

#[derive(Clone, Copy)]
pub enum Type {
    Text,
    Number,
    Flag,
    OptionalText,
    Payload(usize),
    Payloads(usize),
}

/// The events of one direction. The ten kinds that are repeated are the mix: three of ten are
/// acknowledged; they have 0 to 3 arguments, 1.4 on average.
pub fn events() -> Vec<Event> {
    (0..EVENTS_EACH_WAY).map(event).collect()
}

fn event(index: usize) -> Event {
    use Type::{Flag, Number, OptionalText, Payload, Payloads, Text};
    let payload = index % PAYLOADS;
    let (types, ack): (&[Type], _) = match index % 10 {
        0 => (&[], None),
        1 => (&[Text], None),
        2 => (&[Payload(payload)], None),
        3 => (&[Payload(payload)], Some(Payload(payload))),
        4 => (&[Text, Number], None),
        5 => (&[Payload(payload), OptionalText], None),
        6 => (&[Payloads(payload)], None),
        7 => (&[Text], Some(Flag)),
        8 => (&[Text, Number, Flag], None),
        _ => (&[Payload(payload), Number], Some(Payload(payload))),
    };
    let name = |ty| match ty {
        Text => "room",
        Number => "count",
        Flag => "urgent",
        OptionalText => "reason",
        Payload(_) => "item",
        Payloads(_) => "items",
    };
    let arguments = types.iter().map(|&ty| Argument { name: name(ty), ty }).collect();
    Event { index, arguments, ack }
}

impl Event {
    /// The function's name.
    pub fn function(&self) -> String {
        format!("item_{}", self.index)
    }

    pub fn type_name(&self) -> String {
        format!("Item{}", self.index)
    }

    /// The name on the wire.
    pub fn wire_name(&self) -> String {
        format!("item:{}", self.index)
    }

    pub fn docs(&self) -> String {
        format!("/// Says what became of item {} in the room.", self.index)
    }

    /// `room, count`
    pub fn names(&self) -> String {
        self.list(|argument| argument.name.to_owned())
    }

    /// `take((room, count))`: what is done with the arguments that were received.
    pub fn taken(&self) -> String {
        match &*self.arguments {
            [argument] => format!("take({})", argument.name),
            _ => format!("take(({}))", self.names()),
        }
    }

    /// `room: String, count: u64`
    pub fn parameters(&self, ty: fn(Type) -> String) -> String {
        self.list(|argument| format!("{}: {}", argument.name, ty(argument.ty)))
    }

    pub fn values(&self, value: fn(Type) -> String) -> String {
        self.list(|argument| value(argument.ty))
    }

    fn list(&self, text: impl Fn(&Argument) -> String) -> String {
        self.arguments.iter().map(text).collect::<Vec<_>>().join(", ")
    }
}

impl Type {
    pub fn owned(self) -> String {
        match self {
            Self::Text => "String".to_owned(),
            Self::Number => "u64".to_owned(),
            Self::Flag => "bool".to_owned(),
            Self::OptionalText => "Option<String>".to_owned(),
            Self::Payload(index) => format!("Payload{index}"),
            Self::Payloads(index) => format!("Vec<Payload{index}>"),
        }
    }

    pub fn borrowed(self) -> String {
        match self {
            Self::Text => "&str".to_owned(),
            Self::OptionalText => "Option<&str>".to_owned(),
            Self::Payload(index) => format!("&Payload{index}"),
            Self::Payloads(index) => format!("&[Payload{index}]"),
            copied => copied.owned(),
        }
    }

    pub fn owned_value(self) -> String {
        match self {
            Self::Text => "\"lobby\".to_owned()".to_owned(),
            Self::OptionalText => "Some(\"late\".to_owned())".to_owned(),
            Self::Payload(index) => format!("Payload{index}::default()"),
            Self::Payloads(index) => format!("Vec::from([Payload{index}::default()])"),
            copied => copied.borrowed_value(),
        }
    }

    pub fn borrowed_value(self) -> String {
        match self {
            Self::Text => "\"lobby\"".to_owned(),
            Self::Number => "7".to_owned(),
            Self::Flag => "true".to_owned(),
            Self::OptionalText => "Some(\"late\")".to_owned(),
            Self::Payload(index) => format!("&Payload{index}::default()"),
            Self::Payloads(index) => format!("&[Payload{index}::default()]"),
        }
    }
}

/// `payload.rs`, the same for every library.
pub fn payloads() -> String {
    let mut code = String::from("use serde::{Deserialize, Serialize};\n");
    for index in 0..PAYLOADS {
        let _ = write!(
            code,
            "
/// What an event carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = \"camelCase\")]
pub struct Payload{index} {{
    pub id: String,
    pub room_id: u64,
    pub title: Option<String>,
    pub tags: Vec<String>,
    pub is_urgent: bool,
}}
"
        );
    }
    code
}
