//! What is compared is the same: both sides write the same bytes, and read the same values.

use socketio_runtime::{Bytes, unstable::Messages};

use crate::{
    FileMetadata, Message, OPERATIONS, file, history, limit, limit_operation,
    many_events::{ManyEvents, ManyEventsEvent},
    message,
    operations::{ANSWER, LAST_OF_MANY},
    our_operation,
    ours::{Event, Ours},
};

fn text(text: &str) -> Messages {
    Messages { text: text.into(), ..Messages::default() }
}

#[test]
fn both_sides_write_the_same_packets() {
    let ours = Ours::default();
    let (message, history, (metadata, content)) = (message(), history(), file());
    let text = limit::encode_message(&message);
    assert_eq!(&*ours.encode(Event::Message, &(&message,)).text, text);
    assert!((200..300).contains(&text.len()), "{}", text.len());

    let text = limit::encode_history(&history);
    assert_eq!(&*ours.encode(Event::History, &(&history,)).text, text);
    assert!((10_000..11_000).contains(&text.len()), "{}", text.len());

    let (text, attachment) = limit::encode_file(&metadata, &content);
    let packet = ours.encode(Event::File, &(&metadata, &content));
    assert_eq!(&*packet.text, text);
    assert_eq!(packet.attachments, [attachment.into_inner()]);
}

#[test]
fn both_sides_read_the_same_values() {
    let mut ours = Ours::default();
    let packet = ours.encode(Event::Message, &(message(),));
    assert_eq!(limit::decode_message(&packet.text), message());
    assert_eq!(ours.decode::<(Message,)>(packet), (message(),));

    let packet = ours.encode(Event::History, &(history(),));
    assert_eq!(limit::decode_history(&packet.text), history());
    assert_eq!(ours.decode::<(Vec<Message>,)>(packet), (history(),));

    let (metadata, content) = file();
    let packet = ours.encode(Event::File, &(metadata, content.clone()));
    assert_eq!(limit::decode_file(&packet.text, &[content]), file());
    assert_eq!(ours.decode::<(FileMetadata, Bytes)>(packet), file());

    let answer = ours.decode_answer::<(String, bool)>(text(ANSWER));
    assert_eq!(answer, limit::decode_answer(ANSWER));
    assert_eq!(answer, (message().id, true));
}

#[test]
fn an_event_is_found_among_many() {
    let event = Ours::default().dispatch::<ManyEvents>(text(LAST_OF_MANY));
    assert!(matches!(event, ManyEventsEvent::ServiceRestarting { id: 7 }), "{event:?}");
}

#[test]
fn each_operation_runs() {
    for name in OPERATIONS {
        our_operation(name).expect("each is there")();
        match limit_operation(name) {
            Some(mut operation) => operation(),
            None => assert_eq!(name, "dispatch"),
        }
    }
}
