//! The limit: what a program pays that knows beforehand which packet it writes and reads, and
//! leaves everything to `serde_json`.
//!
//! Must not know: the project's codec.

use serde::{Deserialize, Serialize};
use socketio_runtime::Bytes;

use crate::{ACK, FileMetadata, Message, NAMESPACE};

/// The text of `value`, in an allocation of a size that fits.
fn encode(kind: &str, size: usize, value: &impl Serialize) -> String {
    let mut text = Vec::with_capacity(size);
    text.extend_from_slice(kind.as_bytes());
    text.extend_from_slice(NAMESPACE.as_bytes());
    text.push(b',');
    serde_json::to_writer(&mut text, &ACK).expect("a number serialises");
    serde_json::to_writer(&mut text, value).expect("the inputs serialise");
    String::from_utf8(text).expect("serde_json writes UTF-8")
}

pub(crate) fn encode_message(message: &Message) -> String {
    encode("42", 256, &("message:received", message))
}

pub(crate) fn encode_history(messages: &[Message]) -> String {
    encode("42", 12 << 10, &("history:received", messages))
}

pub(crate) fn encode_file(metadata: &FileMetadata, content: &Bytes) -> (String, Bytes) {
    let placeholder = Placeholder { is_placeholder: true, num: 0 };
    (encode("451-", 256, &("file:received", metadata, placeholder)), content.clone())
}

pub(crate) fn decode_message(text: &str) -> Message {
    let (event, message) = decode::<(&str, _)>(text, "42");
    assert_eq!(event, "message:received");
    message
}

pub(crate) fn decode_history(text: &str) -> Vec<Message> {
    let (event, messages) = decode::<(&str, _)>(text, "42");
    assert_eq!(event, "history:received");
    messages
}

pub(crate) fn decode_file(text: &str, attachments: &[Bytes]) -> (FileMetadata, Bytes) {
    let (event, metadata, Placeholder { num, .. }) = decode::<(&str, _, _)>(text, "451-");
    assert_eq!(event, "file:received");
    (metadata, attachments[num].clone())
}

pub(crate) fn decode_answer(text: &str) -> (String, bool) {
    decode(text, "43")
}

fn decode<'t, V: Deserialize<'t>>(text: &'t str, kind: &str) -> V {
    let text = text.strip_prefix(kind).expect("this type");
    let text = text.strip_prefix(NAMESPACE).and_then(|text| text.strip_prefix(','));
    let values = text.expect("this namespace").trim_start_matches(|c: char| c.is_ascii_digit());
    serde_json::from_str(values).expect("these values")
}

#[derive(Deserialize, Serialize)]
struct Placeholder {
    #[serde(rename = "_placeholder")]
    is_placeholder: bool,
    num: usize,
}
