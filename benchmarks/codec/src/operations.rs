//! Everything that is measured, by name.
//!
//! Must not know: who measures it, and how.

use std::hint::black_box;

use socketio_runtime::{Bytes, unstable::Messages};

use crate::{
    FileMetadata, Message, file, history, limit,
    many_events::ManyEvents,
    message,
    ours::{Event, Ours},
};

/// Writes or reads one packet, and drops it.
pub type Operation = Box<dyn FnMut()>;

/// The names of all operations.
pub const OPERATIONS: [&str; 8] = [
    "encode-200-b",
    "decode-200-b",
    "encode-10-kb",
    "decode-10-kb",
    "encode-attachment",
    "decode-attachment",
    "decode-answer",
    "dispatch",
];

/// By this project's codec; `None` if there is none of this name.
pub fn our_operation(name: &str) -> Option<Operation> {
    let mut ours = Ours::default();
    Some(match name {
        "encode-200-b" => {
            let message = message();
            operation(move || ours.encode(Event::Message, black_box(&(&message,))))
        }
        "decode-200-b" => {
            let packet = ours.encode(Event::Message, &(message(),));
            operation(move || ours.decode::<(Message,)>(black_box(&packet).clone()))
        }
        "encode-10-kb" => {
            let history = history();
            operation(move || ours.encode(Event::History, black_box(&(&history,))))
        }
        "decode-10-kb" => {
            let packet = ours.encode(Event::History, &(history(),));
            operation(move || ours.decode::<(Vec<Message>,)>(black_box(&packet).clone()))
        }
        "encode-attachment" => {
            let (metadata, content) = file();
            operation(move || ours.encode(Event::File, black_box(&(&metadata, &content))))
        }
        "decode-attachment" => {
            let packet = ours.encode(Event::File, &file());
            operation(move || ours.decode::<(FileMetadata, Bytes)>(black_box(&packet).clone()))
        }
        "decode-answer" => {
            let packet = Messages { text: ANSWER.into(), ..Messages::default() };
            operation(move || ours.decode_answer::<(String, bool)>(black_box(&packet).clone()))
        }
        "dispatch" => {
            let packet = Messages { text: LAST_OF_MANY.into(), ..Messages::default() };
            operation(move || ours.dispatch::<ManyEvents>(black_box(&packet).clone()))
        }
        _ => return None,
    })
}

/// The same as the limit does it; `None` where it knows what comes.
pub fn limit_operation(name: &str) -> Option<Operation> {
    Some(match name {
        "encode-200-b" => {
            let message = message();
            operation(move || limit::encode_message(black_box(&message)))
        }
        "decode-200-b" => {
            let text = limit::encode_message(&message());
            operation(move || limit::decode_message(black_box(&text)))
        }
        "encode-10-kb" => {
            let history = history();
            operation(move || limit::encode_history(black_box(&history)))
        }
        "decode-10-kb" => {
            let text = limit::encode_history(&history());
            operation(move || limit::decode_history(black_box(&text)))
        }
        "encode-attachment" => {
            let (metadata, content) = file();
            operation(move || limit::encode_file(black_box(&metadata), &content))
        }
        "decode-attachment" => {
            let (metadata, content) = file();
            let (text, content) = limit::encode_file(&metadata, &content);
            let attachments = [content];
            operation(move || limit::decode_file(black_box(&text), &attachments))
        }
        "decode-answer" => operation(|| limit::decode_answer(black_box(ANSWER))),
        _ => return None,
    })
}

fn operation<R>(mut call: impl FnMut() -> R + 'static) -> Operation {
    Box::new(move || drop(black_box(call())))
}

pub(crate) const ANSWER: &str = r#"43/chat,12["01JD8Z3C5W8QK2V7N4M6T9R1XF",true]"#;
pub(crate) const LAST_OF_MANY: &str = r#"42/chat,["service:restarting",7]"#;
